import type { ExpressionNode } from '../expression/expression-syntax.ts'
import { listNodes } from '../expression/expression-syntax.ts'
import { findHostEscape } from '../issuer-pattern.ts'
import { listPatterns, syntaxOf, type LintFinding, type LintRule } from './lint-rule.ts'

/** Two letters at least: what follows the dot in `example.com`. */
const DOMAIN_LABEL_MIN = 2

/** An audience pattern that takes all of these takes any audience: they have nothing in common. */
const UNRELATED_AUDIENCES = ['zqxjk', 'https://vwpbf.test/8', 'A0']

/** Signs of an expression, or of a glob, in a value that is compared as it is. */
const EXPRESSION_SIGNS = /[\\^$*[\](){}]|\.[+?]/

/** A dot that is not escaped in front of a name: `example.com` also matches `exampleXcom`. */
export const findUnescapedDots: LintRule = (policy) =>
  listPatterns(policy)
    .filter(({ expression }) => listNodes(syntaxOf(expression)).some(hasUnescapedDot))
    .map(({ path }) => ({
      code: 'unescaped_dot',
      path,
      message: 'a . in front of a name matches any character: write \\. to mean a dot',
    }))

/** `refs/tags/v*` means something else in an expression than in a shell. */
export const findGlobs: LintRule = (policy) =>
  listPatterns(policy)
    .filter(({ expression }) => listNodes(syntaxOf(expression)).some(isGlob))
    .map(({ path }) => ({
      code: 'glob_in_pattern',
      path,
      message:
        'a * repeats the character before it, as often as it likes or not at all: write .* or [^/]* instead',
    }))

/** An expression in a field that is compared as it is never matches what its author had in mind. */
export const findExpressionsInExactValues: LintRule = ({ source }) => {
  const findings: LintFinding[] = []
  for (const field of ['issuer', 'subject', 'audience'] as const) {
    const value = source[field]
    if (value === undefined || !EXPRESSION_SIGNS.test(value)) continue
    const message = `${field} is compared as it is: for an expression, use ${field}_pattern`
    findings.push({ code: 'regex_in_exact', path: field, message })
  }
  return findings
}

/** An issuer pattern that somebody else's host can satisfy. */
export const findIssuersPastHost: LintRule = ({ issuer }) => {
  if (issuer.kind === 'exact' || findHostEscape(syntaxOf(issuer.expression)) === undefined) return []
  const message =
    'the pattern can match a / where a host is meant, so that other hosts pass: use \\. and [^/], and write each / once'
  return [{ code: 'issuer_past_host', path: 'issuer_pattern', message }]
}

/** An audience pattern that does not look at the audience. */
export const findAnyAudience: LintRule = ({ audience }) => {
  if (
    audience?.kind !== 'pattern' ||
    !UNRELATED_AUDIENCES.every((value) => audience.expression.matches(value))
  ) {
    return []
  }
  const message =
    'the pattern takes any audience, also tokens that were made for other services: name the audience, or leave the field out'
  return [{ code: 'any_audience', path: 'audience_pattern', message }]
}

function hasUnescapedDot(node: ExpressionNode): boolean {
  if (node.kind !== 'concatenation') return false
  return node.nodes.some((part, index) => {
    const label = node.nodes.slice(index + 1, index + 1 + DOMAIN_LABEL_MIN)
    return part.kind === 'any' && index > 0 && label.length === DOMAIN_LABEL_MIN && label.every(isLetter)
  })
}

function isLetter(node: ExpressionNode): boolean {
  return node.kind === 'literal' && /^[A-Za-z]$/.test(String.fromCodePoint(node.codePoint))
}

function isGlob(node: ExpressionNode): boolean {
  return (
    node.kind === 'repetition' && node.min === 0 && node.max === undefined && node.node.kind === 'literal'
  )
}
