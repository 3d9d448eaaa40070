import { RE2JS } from 're2js'
import {
  measureExpression,
  POLICY_MAX_CLASS_WORK,
  POLICY_MAX_INSTRUCTIONS,
} from '../expression/expression.ts'
import { listNodes, type ExpressionNode } from '../expression/expression-syntax.ts'

/** What octo-sts makes of a pattern, which it puts between `^` and `$` without a group. */
export interface OctoStsExpression {
  /** `unknown`: it is over the limits here and was not compiled, or names a Unicode class that re2js does not know. */
  readonly verdict: 'accepts' | 'rejects' | 'unknown'
  /** How the anchors leave a pattern open that matches whole values here. */
  readonly opening?: 'alternation' | 'lines'
}

const GROUP_NAME = /\(\?P?<\w+>/g

/** What may still be compiled for one document. */
export interface CompileBudget {
  size: number
  classWork: number
}

export function createCompileBudget(): CompileBudget {
  return { size: 2 * POLICY_MAX_INSTRUCTIONS, classWork: 2 * POLICY_MAX_CLASS_WORK }
}

/**
 * Reads a pattern of a trust policy as octo-sts does: Go's `regexp` on `^` + pattern + `$`. A pattern that is none by
 * itself may become one there (`*a`, `a\`), and a `|` or `(?m)` in it takes the anchors apart.
 */
export function readOctoStsExpression(pattern: string, budget: CompileBudget): OctoStsExpression {
  return readExpressionAs(closeQuotation(`^${pattern}$`), budget)
}

/** As `readOctoStsExpression`, for a pattern of an issuer list: it has to compile alone, and the anchors hold it. */
export function readOctoStsIssuerPattern(
  pattern: string,
  budget: CompileBudget,
): OctoStsExpression['verdict'] {
  return readExpressionAs(pattern, budget).verdict
}

function readExpressionAs(expression: string, budget: CompileBudget): OctoStsExpression {
  const measure = measureExpression(expression)
  if (!measure.ok) return { verdict: measure.problem.kind === 'syntax' ? 'rejects' : 'unknown' }
  budget.size -= measure.size
  budget.classWork -= measure.classWork
  if (budget.size < 0 || budget.classWork < 0) return { verdict: 'unknown' }
  if (propertiesOf(measure.syntax).some(isUnknownToGo)) return { verdict: 'rejects' }
  // Go lets groups share a name, and re2js does not.
  const unnamed = expression.replaceAll(GROUP_NAME, '(')
  if (!isCompilable(unnamed))
    return { verdict: propertiesOf(measure.syntax).length > 0 ? 'unknown' : 'rejects' }
  const opening = openingOf(measure.syntax)
  return opening === undefined ? { verdict: 'accepts' } : { verdict: 'accepts', opening }
}

/** A quotation that nothing closes ends with the pattern in Go, and is an error here. */
function closeQuotation(pattern: string): string {
  const closed = `${pattern}\\E`
  return !measureExpression(pattern).ok && measureExpression(closed).ok ? closed : pattern
}

function openingOf(root: ExpressionNode): OctoStsExpression['opening'] {
  const branches = root.kind === 'alternation' ? root.nodes : [root]
  const edges = branches.map((branch) => {
    const parts = branch.kind === 'concatenation' ? branch.nodes : [branch]
    return { first: assertionOf(parts.at(0)), last: assertionOf(parts.at(-1)) }
  })
  if (edges.every(({ first, last }) => first === 'start_of_text' && last === 'end_of_text')) return undefined
  if (branches.length > 1) return 'alternation'
  return edges.some(({ last }) => last === 'end_of_line') ? 'lines' : undefined
}

function assertionOf(node: ExpressionNode | undefined): string | undefined {
  return node?.kind === 'assertion' ? node.assertion : undefined
}

function propertiesOf(root: ExpressionNode): readonly string[] {
  return listNodes(root).flatMap((node) => {
    return node.kind === 'class' ? node.class.properties.map(({ name }) => name) : []
  })
}

/** What re2js 2.10 knows and Go 1.26 does not: no script whose name has two words, and none of after Unicode 15. */
function isUnknownToGo(name: string): boolean {
  return UNKNOWN_TO_GO.has(name) || (name.includes('_') && isCompilable(`\\p{${name}}`))
}

const UNKNOWN_TO_GO: ReadonlySet<string> = new Set([
  ...['Alphabetic', 'Dash', 'Emoji', 'Lowercase', 'Math', 'Uppercase', 'Unknown'],
  ...['Garay', 'Sidetic', 'SignWriting', 'Sunuwar', 'Todhri'],
])

function isCompilable(pattern: string): boolean {
  try {
    RE2JS.compile(pattern)
    return true
  } catch {
    return false
  }
}
