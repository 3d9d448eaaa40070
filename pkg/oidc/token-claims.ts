import { StsError } from '#pkg/errors'
import { checkAudience, checkSubject } from '#pkg/policy'
import { NOT_BEFORE_LEEWAY_MS, type TokenRecord } from '#pkg/jwt'

/** The registered claims that count (RFC 7519, section 4.1), read and of the right shape. */
export interface RegisteredClaims {
  readonly subject: string
  /** As in the token; empty if it names none. */
  readonly audiences: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Milliseconds since the epoch. */
  readonly issuedAt: number | undefined
  /** Milliseconds since the epoch. */
  readonly notBefore: number | undefined
}

/** ECMA-262, section 21.4.1.1: later than this is no time. */
const TIME_MAX_MS = 8.64e15

/**
 * Reads the registered claims: `exp` and `sub` are required, `aud` is a string or a list of strings if
 * present, `nbf` and `iat` are numbers if present.
 *
 * @throws StsError (TOKEN_INVALID) `token_claims_malformed`, `token_subject_syntax`, `token_audience_syntax`.
 */
export function readRegisteredClaims(claims: TokenRecord): RegisteredClaims {
  const { sub: subject, aud: audience, exp, nbf, iat } = claims
  const audiences: readonly unknown[] = Array.isArray(audience)
    ? audience
    : audience === undefined
      ? []
      : [audience]
  const isNumberIfPresent = (value: unknown): value is number | undefined =>
    value === undefined || Number.isFinite(value)
  if (
    typeof subject !== 'string' ||
    !audiences.every((value) => typeof value === 'string') ||
    typeof exp !== 'number' ||
    !(exp * 1000 <= TIME_MAX_MS) ||
    !isNumberIfPresent(nbf) ||
    !isNumberIfPresent(iat)
  ) {
    throw new StsError('token_claims_malformed')
  }
  const subjectSyntax = checkSubject(subject)
  if (!subjectSyntax.ok)
    throw new StsError('token_subject_syntax', { detail: { problem: subjectSyntax.problem } })
  for (const value of audiences) {
    const syntax = checkAudience(value)
    if (!syntax.ok) throw new StsError('token_audience_syntax', { detail: { problem: syntax.problem } })
  }
  return {
    subject,
    audiences,
    expiresAt: exp * 1000,
    issuedAt: iat === undefined ? undefined : iat * 1000,
    notBefore: nbf === undefined ? undefined : nbf * 1000,
  }
}

/**
 * Whether a token is within its time: `exp` after `now`, without leeway; `nbf` at most five minutes ahead.
 *
 * @param now - milliseconds since the epoch.
 * @throws StsError (TOKEN_INVALID) `token_expired`, `token_not_yet_valid`.
 */
export function checkTimes(claims: RegisteredClaims, now: number): void {
  if (claims.expiresAt <= now) throw new StsError('token_expired')
  if (claims.notBefore !== undefined && claims.notBefore > now + NOT_BEFORE_LEEWAY_MS) {
    throw new StsError('token_not_yet_valid')
  }
}

/**
 * Refuses a token that lives longer than `maxMs`, or that does not say when its life began.
 *
 * @throws StsError (TOKEN_INVALID) `token_lives_too_long`.
 */
export function checkLifetime({ expiresAt, issuedAt }: RegisteredClaims, maxMs: number | undefined): void {
  if (maxMs === undefined) return
  if (issuedAt === undefined || expiresAt - issuedAt > maxMs) throw new StsError('token_lives_too_long')
}
