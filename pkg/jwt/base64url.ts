/**
 * The bytes of a base64url text without padding, or undefined if it is not the one canonical spelling
 * of them (RFC 7515, section 2 and appendix C; RFC 4648, section 3.5).
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Node's decoder skips what it does not know; only the canonical spelling survives the way back.
  return bytes.toString('base64url') === text ? bytes : undefined
}
