import { classHas } from './expression/character-class.ts'
import { measureExpression } from './expression/expression.ts'
import { partsOf, type ExpressionNode } from './expression/expression-syntax.ts'
import { isLongerThan } from './text-length.ts'

/** The longest pattern of an issuer list, in characters (code points). */
export const ISSUER_PATTERN_MAX_CHARACTERS = 256

/** What an issuer pattern has that could match text of an attacker's host in front of the trusted one. */
export type HostEscape =
  /** A `.` that is not escaped. */
  | 'any_character'
  /** A character class that has `/`. */
  | 'class_with_slash'
  /** A `/` that need not be there exactly once: in a repetition, or in one branch of an alternation. */
  | 'loose_slash'

const SLASH = '/'.charCodeAt(0)

const ESCAPE_PROBLEMS: Readonly<Record<HostEscape, string>> = {
  any_character:
    'has a . that matches any character, also /: write \\. for a dot, or [^/] for any character of a host',
  class_with_slash: 'has a character class that matches /: exclude / from it, as in [^/]',
  loose_slash:
    'has a / inside a repetition, an optional group or an alternation: write each / once, outside of them',
}

/**
 * Whether a pattern may stand in an issuer list: within its length, RE2, and unable to reach past the host. The
 * names of Unicode classes are not judged: compile it first.
 */
export function checkIssuerPattern(
  pattern: string,
): { readonly ok: true } | { readonly ok: false; readonly problem: string } {
  if (isLongerThan(pattern, ISSUER_PATTERN_MAX_CHARACTERS)) {
    return { ok: false, problem: `has more than ${ISSUER_PATTERN_MAX_CHARACTERS} characters` }
  }
  const measure = measureExpression(pattern)
  if (!measure.ok) return { ok: false, problem: measure.problem.message }
  const escape = findHostEscape(measure.syntax)
  return escape === undefined ? { ok: true } : { ok: false, problem: ESCAPE_PROBLEMS[escape] }
}

/**
 * What lets an issuer pattern reach past the host, if anything does.
 *
 * In `https://.*\.example\.com` the `.*` also matches `evil.test/x`, so anybody's host would do. A pattern is safe
 * where every `/` is written out, once. An alternation that is the whole pattern, or all of one group around it, is
 * a list of patterns, and each branch is judged by itself.
 */
export function findHostEscape(root: ExpressionNode): HostEscape | undefined {
  const pending = listBranches(root).map((node) => ({ node, loose: false }))
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next
    const escape = escapeOf(node, next.loose)
    if (escape !== undefined) return escape
    const loose = next.loose || node.kind === 'repetition' || node.kind === 'alternation'
    for (const part of partsOf(node)) pending.push({ node: part, loose })
  }
  return undefined
}

/** The patterns that a pattern is an alternation of, and theirs, if it is as a whole one. */
function listBranches(root: ExpressionNode): ExpressionNode[] {
  const branches: ExpressionNode[] = []
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const alternation = node.kind === 'group' ? node.node : node
    if (alternation.kind === 'alternation') pending.push(...alternation.nodes)
    else branches.push(node)
  }
  return branches
}

/** `loose`: whether the node is inside something that need not match exactly once. */
function escapeOf(node: ExpressionNode, loose: boolean): HostEscape | undefined {
  switch (node.kind) {
    case 'any':
      return 'any_character'
    case 'class':
      return classHas(node.class, '/') ? 'class_with_slash' : undefined
    case 'literal':
      return loose && node.codePoint === SLASH ? 'loose_slash' : undefined
    default:
      return undefined
  }
}
