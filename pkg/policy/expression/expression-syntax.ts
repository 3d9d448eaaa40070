import type { CharacterClass } from './character-class.ts'

/**
 * A parsed expression. What does not change which texts match is left out (names of groups, greediness), but groups
 * stay, because some rules ask how a pattern was written.
 */
export type ExpressionNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'literal'; readonly codePoint: number; readonly ignoreCase: boolean }
  /** `.`, with or without the line feed. */
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly class: CharacterClass }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'group'; readonly capturing: boolean; readonly node: ExpressionNode }
  /** `max` is undefined for no upper bound; `*` is 0 and no bound, `+` 1 and no bound, `?` 0 and 1. */
  | {
      readonly kind: 'repetition'
      readonly node: ExpressionNode
      readonly min: number
      readonly max: number | undefined
    }
  | { readonly kind: 'concatenation'; readonly nodes: readonly ExpressionNode[] }
  | { readonly kind: 'alternation'; readonly nodes: readonly ExpressionNode[] }

/** What must hold between two characters. */
export type Assertion =
  'start_of_text' | 'end_of_text' | 'start_of_line' | 'end_of_line' | 'word_boundary' | 'no_word_boundary'

/** The direct parts of a node, in order. */
export function partsOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'group':
    case 'repetition':
      return [node.node]
    case 'concatenation':
    case 'alternation':
      return node.nodes
    default:
      return []
  }
}

/**
 * All nodes of a tree, parts before the node they are part of. A loop, not a recursion: a pattern of 4,096
 * characters can nest thousands of levels deep.
 */
export function listNodes(root: ExpressionNode): ExpressionNode[] {
  const nodes: ExpressionNode[] = []
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node)
    pending.push(...partsOf(node))
  }
  return nodes.reverse()
}
