import { classHas } from './character-class.ts'
import type { ExpressionNode } from './expression-syntax.ts'

/** Alternatives are kept apart up to this many examples. */
const EXAMPLES_MAX = 64

/** Nesting is followed this deep. */
const DEPTH_MAX = 100

/** Where a class or `.` needs one member, the first of these that it has. */
const CANDIDATES = Array.from('a1A-_./:@')

/**
 * Some texts that an expression is likely to match, each repetition taken as few times as it can, but once. A wider
 * answer than the expression gives is possible (case variants, assertions): ask the expression before relying on one.
 */
export function exampleTexts(root: ExpressionNode): readonly string[] {
  return walk(root, 0)
}

function walk(node: ExpressionNode, depth: number): readonly string[] {
  if (depth > DEPTH_MAX) return ['']
  switch (node.kind) {
    case 'empty':
    case 'assertion':
      return ['']
    case 'literal':
      return [String.fromCodePoint(node.codePoint)]
    case 'any':
      return [CANDIDATES[0] ?? '']
    case 'class':
      return [CANDIDATES.find((character) => classHas(node.class, character)) ?? '']
    case 'group':
      return walk(node.node, depth + 1)
    case 'repetition':
      return walk(node.node, depth + 1).map((text) =>
        node.max === 0 ? '' : text.repeat(Math.max(1, node.min)),
      )
    case 'alternation':
      return node.nodes.flatMap((branch) => walk(branch, depth + 1)).slice(0, EXAMPLES_MAX)
    case 'concatenation':
      return node.nodes.reduce<readonly string[]>(
        (texts, part) => {
          const next = walk(part, depth + 1)
          return texts.flatMap((text) => next.map((more) => text + more)).slice(0, EXAMPLES_MAX)
        },
        [''],
      )
  }
}
