import { StsError } from '#pkg/errors'
import { readToken } from '#pkg/jwt'

/**
 * `token` with one bit of its signature flipped: as long, and as well formed, and signed by nobody.
 *
 * @throws StsError (TOKEN_MALFORMED) for what is no JWT, or has no signature.
 */
export function breakSignature(token: string): string {
  const { signature, signingInput } = readToken(token)
  if (signature.length === 0) throw new StsError('token_not_compact')
  const broken = Buffer.from(signature)
  // Not at an edge, where the encoding has bits that mean nothing.
  const middle = broken.length >> 1
  broken.writeUInt8(broken.readUInt8(middle) ^ 1, middle)
  return `${signingInput.toString('latin1')}.${broken.toString('base64url')}`
}
