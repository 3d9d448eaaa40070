import type { Reason } from '#pkg/errors'
import { audiencesOf, claimOf, describeValue, someMatch, someMayMatch, type Claims } from './claims.ts'
import { createMatchWork, type MatchWork } from './match-work.ts'
import { isSameName } from './names.ts'
import { suggestSubjectLine } from './github-subject.ts'
import type { ClaimMatcher, CompiledTrustPolicy, Matcher } from './trust-policy.ts'

/** Why a token does not satisfy a policy: one reason for each kind of check. */
export type MismatchReason = Extract<
  Reason,
  | 'issuer_mismatch'
  | 'subject_mismatch'
  | 'audience_mismatch'
  | 'claim_mismatch'
  | 'claim_forbidden'
  | 'lifetime_exceeded'
  | 'origin_mismatch'
>

/** One thing that a policy demands, held against a token. */
export interface Check {
  readonly ok: boolean
  /** What a failure of it is called. */
  readonly reason: MismatchReason
  /** `issuer`, `subject`, `audience`, `claim_pattern.workflow`, `max_token_lifetime`, ... */
  readonly field: string
  /** What the token has, for people; undefined when it has nothing there. */
  readonly actual: string | undefined
  /** What the policy wants, as written there; undefined when nothing would do. */
  readonly expected: string | undefined
  /** A line of the policy that would match, where only the form of GitHub's subject differs. `explainToken` alone. */
  readonly hint?: string | undefined
}

export type MatchResult = { readonly ok: true } | (Check & { readonly ok: false })

export interface MatchContext {
  /** The audience of a policy that names none: the service's own. Undefined: such a policy matches nothing. */
  readonly domain: string | undefined
  /** `owner/repository` that the policy was read from. Undefined: its `origin` is not judged. */
  readonly repository?: string | undefined
}

/**
 * Holds a token against a policy: issuer, subject, audience, claims, forbidden claims, lifetime, origin. The first
 * check that fails is the answer. The token must be verified already, and have passed `checkTokenSyntax`.
 */
export function matchToken(policy: CompiledTrustPolicy, claims: Claims, context: MatchContext): MatchResult {
  for (const check of checksOf(policy, claims, context)) {
    if (!check.ok) return { ...check, ok: false, actual: check.actual() }
  }
  return { ok: true }
}

/** As `matchToken`, but every check is made: all of them in their order, with what was expected and found. */
export function explainToken(policy: CompiledTrustPolicy, claims: Claims, context: MatchContext): Check[] {
  return Array.from(checksOf(policy, claims, context), (check) => ({
    ...check,
    actual: check.actual(),
    hint: check.reason === 'subject_mismatch' && !check.ok ? subjectHint(policy, claims) : undefined,
  }))
}

function subjectHint(policy: CompiledTrustPolicy, claims: Claims): string | undefined {
  const subject = claimOf(claims, 'sub')
  return typeof subject === 'string' ? suggestSubjectLine(policy.subject, subject) : undefined
}

/** A check that describes what it found only when asked: a warm exchange does not. */
interface LazyCheck extends Omit<Check, 'actual'> {
  readonly actual: () => string | undefined
}

function* checksOf(
  policy: CompiledTrustPolicy,
  claims: Claims,
  context: MatchContext,
): Generator<LazyCheck, void, undefined> {
  const work = createMatchWork()
  yield checkText('issuer', 'issuer_mismatch', policy.issuer, claimOf(claims, 'iss'), work)
  yield checkText('subject', 'subject_mismatch', policy.subject, claimOf(claims, 'sub'), work)
  yield checkAudiences(policy.audience, claims, context, work)
  for (const matcher of policy.claims) yield checkClaim(matcher, claims, work)
  for (const matcher of policy.forbiddenClaims) yield checkForbiddenClaim(matcher, claims, work)
  const { max_token_lifetime: lifetime, origin } = policy.source
  if (lifetime !== undefined) yield checkLifetime(lifetime, claims)
  if (origin !== undefined && context.repository !== undefined) yield checkOrigin(origin, context.repository)
}

function checkText(
  field: string,
  reason: MismatchReason,
  matcher: Matcher,
  value: unknown,
  work: MatchWork,
): LazyCheck {
  return {
    ok: typeof value === 'string' && fits(matcher, value, work),
    reason,
    field,
    actual: () => describeValue(value),
    expected: textOfMatcher(matcher),
  }
}

function checkAudiences(
  matcher: Matcher | undefined,
  claims: Claims,
  { domain }: MatchContext,
  work: MatchWork,
): LazyCheck {
  const wanted: Matcher | undefined =
    matcher ?? (domain === undefined ? undefined : { kind: 'exact', value: domain })
  return {
    ok:
      wanted !== undefined &&
      audiencesOf(claims).some((audience) => typeof audience === 'string' && fits(wanted, audience, work)),
    reason: 'audience_mismatch',
    field: 'audience',
    actual: () => describeValue(claimOf(claims, 'aud')),
    expected: wanted === undefined ? undefined : textOfMatcher(wanted),
  }
}

function checkClaim({ claim, expression }: ClaimMatcher, claims: Claims, work: MatchWork): LazyCheck {
  const value = claimOf(claims, claim)
  return {
    ok: someMatch(value, (text) => work.match(expression, text) === 'match'),
    reason: 'claim_mismatch',
    field: `claim_pattern.${claim}`,
    actual: () => describeValue(value),
    expected: expression.pattern,
  }
}

function checkForbiddenClaim(
  { claim, expression }: ClaimMatcher,
  claims: Claims,
  work: MatchWork,
): LazyCheck {
  const value = claimOf(claims, claim)
  return {
    ok: value === undefined || !someMayMatch(value, (text) => work.match(expression, text) !== 'no_match'),
    reason: 'claim_forbidden',
    field: `forbidden_claim_pattern.${claim}`,
    actual: () => describeValue(value),
    expected: expression.pattern,
  }
}

/** RFC 7519, sections 4.1.4 to 4.1.6. A time that is there but is no number proves nothing. */
function checkLifetime(maxSeconds: number, claims: Claims): LazyCheck {
  const lifetime = lifetimeOf(claims)
  return {
    ok: lifetime !== undefined && lifetime <= maxSeconds,
    reason: 'lifetime_exceeded',
    field: 'max_token_lifetime',
    actual: () => lifetime?.toString(),
    expected: maxSeconds.toString(),
  }
}

/** The longer of the times from `nbf` and from `iat` to `exp`, in seconds. */
function lifetimeOf(claims: Claims): number | undefined {
  const expiry = claimOf(claims, 'exp')
  const starts = [claimOf(claims, 'nbf'), claimOf(claims, 'iat')].filter((start) => start !== undefined)
  if (!isTime(expiry) || starts.length === 0 || !starts.every(isTime)) return undefined
  return expiry - Math.min(...starts)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function checkOrigin(origin: string, repository: string): LazyCheck {
  return {
    ok: isSameName(origin, repository),
    reason: 'origin_mismatch',
    field: 'origin',
    actual: () => repository,
    expected: origin,
  }
}

function fits(matcher: Matcher, value: string, work: MatchWork): boolean {
  return matcher.kind === 'exact'
    ? matcher.value === value
    : work.match(matcher.expression, value) === 'match'
}

function textOfMatcher(matcher: Matcher): string {
  return matcher.kind === 'exact' ? matcher.value : matcher.expression.pattern
}
