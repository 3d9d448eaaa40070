/**
 * Milliseconds that a service asks its callers to wait, in seconds (RFC 9110, section 10.2.3). A date is passed over: none of
 * the services sends one.
 */
export function readRetryAfter(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}
