import type { ExpressionNode } from '../expression/expression-syntax.ts'
import type { Expression } from '../expression/expression.ts'
import { accepts, syntaxOf } from '../lint/lint-rule.ts'
import type { Matcher } from '../trust-policy.ts'
import type { Language } from './language/automaton.ts'
import { findOverlap, isIncluded, type TextDomain } from './language/compare-languages.ts'
import type { ComparisonWork } from './language/comparison-work.ts'

/**
 * How what a matcher takes differs from what it took before.
 *
 * - `same`, `narrower`: proven to take nothing that it did not take.
 * - `wider`: takes all that it took, and more.
 * - `different`: anything else, also what could not be decided.
 */
export type MatcherRelation = 'same' | 'narrower' | 'wider' | 'different'

/** Compares two versions of a matcher. The bound on the length of values is not regarded: it is that of both. */
export function compareMatchers(
  before: Matcher,
  after: Matcher,
  domain: TextDomain,
  work: ComparisonWork,
): MatcherRelation {
  if (textOf(before) === textOf(after) && before.kind === after.kind) return 'same'
  const takesNoMore = isPart(after, [before], domain, work)
  const takesNoLess = isPart(before, [after], domain, work)
  if (takesNoMore === 'included') return takesNoLess === 'included' ? 'same' : 'narrower'
  // One text and its pattern are hardly ever the same, so that a gain need not be proven.
  const isGain = takesNoMore === 'not_included' || before.kind === 'exact'
  return takesNoLess === 'included' && isGain ? 'wider' : 'different'
}

/** Whether each value that a matcher takes is taken by one of `others` at least. */
export function isPart(
  matcher: Matcher,
  others: readonly Matcher[],
  domain: TextDomain,
  work: ComparisonWork,
): 'included' | 'not_included' | 'undecided' {
  if (matcher.kind === 'exact') {
    return others.some((other) => accepts(other, matcher.value)) ? 'included' : 'not_included'
  }
  if (others.some((other) => other.kind === 'pattern' && textOf(other) === textOf(matcher))) return 'included'
  return isIncluded(languageOf(matcher), unionOf(others.map(languageOf)), domain, work)
}

/** Whether some value is taken by both expressions. */
export function compareOverlap(
  a: Expression,
  b: Expression,
  domain: TextDomain,
  work: ComparisonWork,
): ReturnType<typeof findOverlap> {
  return findOverlap(languageOfPattern(a), languageOfPattern(b), domain, work)
}

function textOf(matcher: Matcher): string {
  return matcher.kind === 'exact' ? matcher.value : matcher.expression.pattern
}

function languageOf(matcher: Matcher): Language {
  return matcher.kind === 'exact'
    ? { syntax: spell(matcher.value), maySwitchDot: false, mayHideClass: false }
    : languageOfPattern(matcher.expression)
}

function languageOfPattern(expression: Expression): Language {
  const { pattern } = expression
  return {
    syntax: syntaxOf(expression),
    // Both also hold for some texts that only look so, as in \Q...\E: then less is proven.
    maySwitchDot: /\(\?[A-Za-z-]*s/.test(pattern),
    mayHideClass: pattern.includes('[^'),
  }
}

function spell(text: string): ExpressionNode {
  const nodes = Array.from(text, (character): ExpressionNode => {
    return { kind: 'literal', codePoint: character.codePointAt(0) ?? 0, ignoreCase: false }
  })
  return { kind: 'concatenation', nodes }
}

function unionOf(languages: readonly Language[]): Language {
  return {
    syntax: { kind: 'alternation', nodes: languages.map(({ syntax }) => syntax) },
    maySwitchDot: languages.some(({ maySwitchDot }) => maySwitchDot),
    mayHideClass: languages.some(({ mayHideClass }) => mayHideClass),
  }
}
