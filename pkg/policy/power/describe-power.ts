import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'
import { describeIssuer } from './describe-issuer.ts'
import { describeSubject } from './describe-subject.ts'
import { code, type PowerText } from './power-text.ts'
import { listReach, reachOf, type PolicyPlace } from './reach.ts'

/** What a policy allows, in words for a reviewer. */
export interface PolicyPower {
  /** Who issues the tokens. */
  readonly issuer: PowerText
  /** Whose tokens are let in. */
  readonly subject: PowerText
  /** What else is asked of a token. Empty: its audience is the service, and nothing more. */
  readonly conditions: readonly PowerText[]
  /** What is granted, each with its level: `contents: read`. */
  readonly permissions: readonly PowerText[]
  /** What the granted token reaches. At organization level up to 500 names: whoever shows it cuts it. */
  readonly repositories: PowerText
}

/** Says who may use a policy, and for what. `place` undefined: it is not known where the policy sits. */
export function describePower(policy: CompiledTrustPolicy, place: PolicyPlace | undefined): PolicyPower {
  return {
    issuer: describeIssuer(policy.issuer),
    subject: describeSubject(policy),
    conditions: listConditions(policy),
    permissions: Object.entries(policy.source.permissions).map(([name, level]) => code(`${name}: ${level}`)),
    repositories: listReach(reachOf(policy, place), place),
  }
}

/** The audience in words: undefined is the default of a policy that names none. */
export function describeAudience(audience: Matcher | undefined): PowerText {
  if (audience === undefined) return ['the domain of the service']
  return audience.kind === 'exact'
    ? code(audience.value)
    : ['audiences that match ', ...code(audience.expression.pattern)]
}

function listConditions({
  audience,
  claims,
  forbiddenClaims,
  source,
}: CompiledTrustPolicy): readonly PowerText[] {
  const conditions: PowerText[] = []
  if (audience !== undefined) conditions.push(['the audience is ', ...describeMatch(audience)])
  for (const { claim, expression } of claims) {
    conditions.push(['the claim ', ...code(claim), ' matches ', ...code(expression.pattern)])
  }
  for (const { claim, expression } of forbiddenClaims) {
    conditions.push(['the claim ', ...code(claim), ' does not match ', ...code(expression.pattern)])
  }
  const { max_token_lifetime: lifetime, origin } = source
  if (lifetime !== undefined) conditions.push([`the token lives for ${lifetime} seconds at most`])
  if (origin !== undefined) conditions.push(['the policy sits in ', ...code(origin)])
  return conditions
}

function describeMatch(matcher: Matcher): PowerText {
  return matcher.kind === 'exact'
    ? code(matcher.value)
    : ['one that matches ', ...code(matcher.expression.pattern)]
}
