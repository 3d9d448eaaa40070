import type { ClaimMatcher, CompiledTrustPolicy, Matcher } from '../trust-policy.ts'
import { compareMatchers, type MatcherRelation } from './compare-matchers.ts'
import type { TextDomain } from './language/compare-languages.ts'
import type { ComparisonWork } from './language/comparison-work.ts'
import type { PowerChange, PowerEffect } from './power-difference.ts'
import { code, type PowerText } from './power-text.ts'

/** These are printable in every token that gets as far as a policy (`checkTokenSyntax`). */
const PRINTABLE_CLAIMS: ReadonlySet<string> = new Set(['iss', 'sub', 'aud'])

const CONSEQUENCES: Readonly<Record<PowerEffect, string>> = {
  gain: ', which lets in more',
  change: ', which may let in others',
  loss: ', which lets in fewer',
}

/** What became of the claims that must match, and of those that must not. */
export function compareClaims(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  work: ComparisonWork,
): readonly PowerChange[] {
  return [
    ...compareEach(before.claims, after.claims, REQUIRED, work),
    ...compareEach(before.forbiddenClaims, after.forbiddenClaims, FORBIDDEN, work),
  ]
}

/** One of the two kinds of conditions on claims. */
interface ClaimRule {
  readonly field: 'claim_pattern' | 'forbidden_claim_pattern'
  readonly describe: (claim: string, pattern: string) => PowerText
  readonly describeRemoval: (claim: string, pattern: string) => PowerText
  /** What a change of the pattern does; undefined for nothing. */
  readonly effectOf: Readonly<Record<MatcherRelation, PowerEffect | undefined>>
}

const REQUIRED: ClaimRule = {
  field: 'claim_pattern',
  describe: (claim, pattern) => ['requires that the claim ', ...code(claim), ' matches ', ...code(pattern)],
  describeRemoval: (claim) => ['no longer requires the claim ', ...code(claim)],
  effectOf: { same: undefined, narrower: 'loss', wider: 'gain', different: 'change' },
}

const FORBIDDEN: ClaimRule = {
  field: 'forbidden_claim_pattern',
  describe: (claim, pattern) => [
    'refuses tokens whose claim ',
    ...code(claim),
    ' matches ',
    ...code(pattern),
  ],
  describeRemoval: (claim) => ['no longer refuses any token for its claim ', ...code(claim)],
  effectOf: { same: undefined, narrower: 'gain', wider: 'loss', different: 'change' },
}

function compareEach(
  before: readonly ClaimMatcher[],
  after: readonly ClaimMatcher[],
  rule: ClaimRule,
  work: ComparisonWork,
): readonly PowerChange[] {
  const changes: PowerChange[] = []
  const had = new Map(before.map((matcher) => [matcher.claim, matcher]))
  for (const { claim, expression } of after) {
    const field = `${rule.field}.${claim}`
    const text = rule.describe(claim, expression.pattern)
    const previous = had.get(claim)
    had.delete(claim)
    if (previous === undefined) {
      changes.push({ effect: 'loss', field, text: [...text, ' in addition'] })
      continue
    }
    const effect = rule.effectOf[compareExpressions(previous, { claim, expression }, work)]
    if (effect === undefined) continue
    const instead = [' instead of ', ...code(previous.expression.pattern), CONSEQUENCES[effect]]
    changes.push({ effect, field, text: [...text, ...instead] })
  }
  for (const { claim, expression } of had.values()) {
    const text = rule.describeRemoval(claim, expression.pattern)
    changes.push({ effect: 'gain', field: `${rule.field}.${claim}`, text })
  }
  return changes
}

function compareExpressions(
  before: ClaimMatcher,
  after: ClaimMatcher,
  work: ComparisonWork,
): MatcherRelation {
  const domain: TextDomain = { isPrintable: PRINTABLE_CLAIMS.has(after.claim) }
  const matcherOf = ({ expression }: ClaimMatcher): Matcher => ({ kind: 'pattern', expression })
  return compareMatchers(matcherOf(before), matcherOf(after), domain, work)
}
