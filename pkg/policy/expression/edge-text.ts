import type { ExpressionNode } from './expression-syntax.ts'

/** Text at one edge of what an expression matches. `open`: there may be more between it and the other edge. */
export interface EdgeText {
  readonly text: string
  readonly open: boolean
}

export type Edge = 'start' | 'end'

/** Alternatives are kept apart up to this many texts at a time; beyond, the text ends where they begin. */
const TEXTS_MAX = 64

/** Nesting is followed this deep; below, anything may follow. */
const DEPTH_MAX = 100

const EMPTY: EdgeText = { text: '', open: false }
const ANYTHING: EdgeText = { text: '', open: true }

/**
 * The texts that everything an expression matches starts (or ends) with: always one of them, in lower case.
 * `repo:acme/(a|b):.*` starts with `repo:acme/a:` or `repo:acme/b:`, both open.
 */
export function edgeTexts(root: ExpressionNode, edge: Edge): readonly EdgeText[] {
  return walk(root, edge, 0)
}

function walk(node: ExpressionNode, edge: Edge, depth: number): readonly EdgeText[] {
  if (depth > DEPTH_MAX) return [ANYTHING]
  switch (node.kind) {
    case 'empty':
    case 'assertion':
      return [EMPTY]
    case 'literal':
      return [{ text: String.fromCodePoint(node.codePoint).toLowerCase(), open: false }]
    case 'any':
    case 'class':
      return [ANYTHING]
    case 'group':
      return walk(node.node, edge, depth + 1)
    case 'repetition':
      return repeat(walk(node.node, edge, depth + 1), node.min, node.max)
    case 'alternation': {
      const texts = node.nodes.flatMap((branch) => walk(branch, edge, depth + 1))
      return texts.length > TEXTS_MAX ? [ANYTHING] : texts
    }
    case 'concatenation':
      return concatenate(node.nodes, edge, depth + 1)
  }
}

function repeat(once: readonly EdgeText[], min: number, max: number | undefined): readonly EdgeText[] {
  if (max === 0) return [EMPTY]
  // Behind one copy there may be another, so only a single copy ends where its text ends.
  const texts = max === 1 ? once : once.map(({ text }) => ({ text, open: true }))
  return min === 0 ? [EMPTY, ...texts] : texts
}

function concatenate(nodes: readonly ExpressionNode[], edge: Edge, depth: number): readonly EdgeText[] {
  let texts: readonly EdgeText[] = [EMPTY]
  for (const node of edge === 'start' ? nodes : nodes.toReversed()) {
    if (texts.every(({ open }) => open)) break
    const further = walk(node, edge, depth)
    const joined = texts.flatMap((text) =>
      text.open ? [text] : further.map((next) => join(text, next, edge)),
    )
    texts = joined.length > TEXTS_MAX ? texts.map(({ text }) => ({ text, open: true })) : joined
  }
  return texts
}

function join(near: EdgeText, far: EdgeText, edge: Edge): EdgeText {
  return { text: edge === 'start' ? near.text + far.text : far.text + near.text, open: far.open }
}
