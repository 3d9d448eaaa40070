import type { ExpressionNode } from '../expression/expression-syntax.ts'
import { syntaxOf } from '../lint/lint-rule.ts'
import type { Matcher } from '../trust-policy.ts'

/** Nesting is followed this deep. */
const DEPTH_MAX = 20

/** The one value that a matcher takes: exact, or a pattern without signs but escapes. Undefined for any other. */
export function literalText(matcher: Matcher): string | undefined {
  if (matcher.kind === 'exact') return matcher.value
  const text = spelledBy(syntaxOf(matcher.expression), 0)
  return text !== undefined && matcher.expression.matches(text) ? text : undefined
}

function spelledBy(node: ExpressionNode, depth: number): string | undefined {
  if (depth > DEPTH_MAX) return undefined
  switch (node.kind) {
    case 'literal':
      return node.ignoreCase ? undefined : String.fromCodePoint(node.codePoint)
    case 'group':
      return spelledBy(node.node, depth + 1)
    case 'concatenation': {
      const parts = node.nodes.map((part) => spelledBy(part, depth + 1))
      return parts.every((part) => part !== undefined) ? parts.join('') : undefined
    }
    default:
      return undefined
  }
}
