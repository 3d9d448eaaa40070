import { StsError } from '#pkg/errors'
import { readToken } from '#pkg/jwt'

/** A token of this identity, and until when it may be used. */
export interface IdentityToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number
}

/**
 * Reads what the metadata server gave as a token for `audience`. Its signature is the receiver's to verify; checked is
 * that it is a JWT (RFC 7519), for this audience alone, and not yet expired at `now`.
 *
 * @throws StsError `identity_token_unavailable`.
 */
export function readIdentityToken(text: string, audience: string, now: number): IdentityToken {
  const token = text.trim()
  const claims = claimsOf(token)
  // A token for someone else, or for all, must not be sent to this receiver.
  if (claims['aud'] !== audience) throw refused('audience')
  const { exp } = claims
  if (typeof exp !== 'number' || !(exp * 1000 > now)) throw refused('expiry')
  return { token, expiresAtMs: exp * 1000 }
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return readToken(token).claims
  } catch {
    // Without the cause: it is about a secret.
    throw refused('shape')
  }
}

function refused(problem: 'audience' | 'expiry' | 'shape'): StsError {
  return new StsError('identity_token_unavailable', { detail: { problem } })
}
