import { readToken } from '#pkg/jwt'

import type { TokenCall, TokenSource } from './token-source.ts'

/** After its end, so that the clocks of issuer and service do not matter. */
const EXPIRED_MARGIN_MS = 2 * 60_000

interface KeptToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * For sources that make no expired tokens: one of an earlier call is kept until it has expired, and then given as such.
 * It is replaced by a later one whenever that has expired too, so that its key is not long retired.
 */
export function keepForExpiry(
  obtain: TokenSource['token'],
  now: () => number,
): Pick<TokenSource, 'token' | 'expired'> {
  // By audience: two entries at most, for nobody asks for others.
  const waiting = new Map<string, KeptToken>()
  const expired = new Map<string, KeptToken>()

  function settle(audience: string): void {
    const kept = waiting.get(audience)
    if (kept === undefined || now() < kept.expiresAt + EXPIRED_MARGIN_MS) return
    expired.set(audience, kept)
    waiting.delete(audience)
  }

  return {
    async token(audience: string, call: TokenCall) {
      const token = await obtain(audience, call)
      settle(audience)
      const expiresAt = expiryOf(token)
      if (expiresAt !== undefined && !waiting.has(audience)) waiting.set(audience, { token, expiresAt })
      return token
    },
    expired(audience) {
      settle(audience)
      return Promise.resolve(expired.get(audience)?.token)
    },
  }
}

/** Undefined for what is no JWT, which the service is going to say. */
function expiryOf(token: string): number | undefined {
  try {
    const { exp } = readToken(token).claims
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined
  } catch {
    return undefined
  }
}
