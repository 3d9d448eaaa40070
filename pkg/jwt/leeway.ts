/** How far ahead an issuer's clock may be, in milliseconds. A token is never used past its end. */
export const NOT_BEFORE_LEEWAY_MS = 5 * 60_000
