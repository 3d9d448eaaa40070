import { NOT_BEFORE_LEEWAY_MS } from '#pkg/jwt'
import { claimOf, type Claims, type CompiledTrustPolicy, type MatchContext } from '#pkg/policy'
import type { Note } from './check-report.ts'

/** The last moment that a `Date` can tell, in milliseconds (ECMA-262, section 21.4.1.1). */
const DATE_MAX_MS = 8.64e15

/** What a reader has to know about a token that nobody verified. `now` is in milliseconds. */
export function notesOnToken(
  kind: 'token' | 'claims',
  claims: Claims | undefined,
  now: number,
): readonly Note[] {
  const what = kind === 'token' ? 'the token' : 'the token of these claims'
  const how = kind === 'token' ? 'the token is decoded, not verified' : 'the claims are taken as they are'
  const notes: Note[] = [
    { code: 'not_verified', message: `${how}: an exchange also judges signature and times` },
  ]
  if (claims === undefined) return notes
  const expiry = timeOf(claimOf(claims, 'exp'))
  if (kind === 'token' && expiry === undefined) {
    const message = `${what} has no time at which it expires: an exchange would refuse it`
    notes.push({ code: 'no_expiry', message })
  }
  if (expiry !== undefined && expiry <= now) {
    const message = `${what} expired at ${new Date(expiry).toISOString()}: an exchange would refuse it`
    notes.push({ code: 'expired', message })
  }
  const start = timeOf(claimOf(claims, 'nbf'))
  if (start !== undefined && start - NOT_BEFORE_LEEWAY_MS > now) {
    const from = new Date(start - NOT_BEFORE_LEEWAY_MS).toISOString()
    const message = `${what} is not valid yet: an exchange would refuse it until ${from}`
    notes.push({ code: 'not_yet_valid', message })
  }
  return notes
}

/** What of the policy could not be judged as an exchange would. */
export function notesOnPolicy(policy: CompiledTrustPolicy, context: MatchContext): readonly Note[] {
  const notes: Note[] = []
  if (policy.audience === undefined && context.domain === undefined) {
    const message =
      'the policy names no audience, so the domain of the service is demanded: write --domain DOMAIN'
    notes.push({ code: 'no_domain', message })
  }
  if (policy.source.origin !== undefined && context.repository === undefined) {
    notes.push({ code: 'origin_not_judged', message: 'origin is not judged: write --repo OWNER/NAME' })
  }
  return notes
}

/** A NumericDate (RFC 7519, section 2) in milliseconds. */
function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value * 1000) <= DATE_MAX_MS ? value * 1000 : undefined
}
