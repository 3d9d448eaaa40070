import { classHas } from '../expression/character-class.ts'
import { partsOf, type ExpressionNode } from '../expression/expression-syntax.ts'

const SLASH = '/'.charCodeAt(0)

/**
 * Whether octo-sts refuses an issuer pattern for a `/` that it may match at more than one place. It looks at the tree
 * that Go makes of the pattern, in which the branches of an alternation have given up their common beginning; and it
 * regards any alternation as loose, also one that is the whole pattern. The names of Unicode classes must exist.
 *
 * `unknown` where it depends on beginnings that Go takes out in some cases: repetitions, groups, letters in any case.
 */
export function judgeSlashes(root: ExpressionNode): 'accepts' | 'rejects' | 'unknown' {
  if (!spansHost(root, isSameSingle)) return 'accepts'
  return spansHost(root, isSimilar) ? 'rejects' : 'unknown'
}

type Equality = (a: ExpressionNode | undefined, b: ExpressionNode | undefined) => boolean

function spansHost(root: ExpressionNode, isSame: Equality): boolean {
  const pending = [{ node: root, loose: false }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, loose } = next
    if (matchesSlash(node, loose)) return true
    if (node.kind === 'alternation') {
      const { beginning, endings } = factor(flattenBranches(node), isSame)
      for (const part of beginning) pending.push({ node: part, loose })
      for (const part of endings.flat()) pending.push({ node: part, loose: true })
    } else {
      for (const part of partsOf(node))
        pending.push({ node: part, loose: loose || node.kind === 'repetition' })
    }
  }
  return false
}

function matchesSlash(node: ExpressionNode, loose: boolean): boolean {
  if (node.kind === 'any') return true
  if (node.kind === 'class') return classHas(node.class, '/')
  return loose && node.kind === 'literal' && node.codePoint === SLASH
}

type Sequence = readonly ExpressionNode[]

/** The branches as sequences, with those of alternations that are a branch by themselves. */
function flattenBranches(alternation: ExpressionNode): Sequence[] {
  const branches: Sequence[] = []
  const pending = [...partsOf(alternation)].reverse()
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const inner = withoutGroup(node)
    if (inner.kind === 'alternation') pending.push(...[...inner.nodes].reverse())
    else branches.push(flattenSequence(inner))
  }
  return branches
}

function flattenSequence(root: ExpressionNode): Sequence {
  const parts: ExpressionNode[] = []
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const inner = withoutGroup(node)
    if (inner.kind === 'concatenation') pending.push(...[...inner.nodes].reverse())
    else if (inner.kind !== 'empty') parts.push(inner)
  }
  return parts
}

/** Groups that capture nothing are no part of Go's tree. */
function withoutGroup(node: ExpressionNode): ExpressionNode {
  let inner = node
  while (inner.kind === 'group' && !inner.capturing) inner = inner.node
  return inner
}

interface Factored {
  readonly beginning: Sequence
  readonly endings: readonly Sequence[]
}

function factor(branches: readonly Sequence[], isSame: Equality): Factored {
  const [model = []] = branches
  let length = 0
  while (branches.every((branch) => isSame(branch[length], model[length]))) length += 1
  return { beginning: model.slice(0, length), endings: branches.map((branch) => branch.slice(length)) }
}

/** Whether both are the same character, or the same class. */
function isSameSingle(a: ExpressionNode | undefined, b: ExpressionNode | undefined): boolean {
  if (a?.kind === 'literal' && b?.kind === 'literal') {
    return a.codePoint === b.codePoint && (a.ignoreCase === b.ignoreCase || !hasCase(a.codePoint))
  }
  return a?.kind === 'class' && b?.kind === 'class' && JSON.stringify(a.class) === JSON.stringify(b.class)
}

function hasCase(codePoint: number): boolean {
  const character = String.fromCodePoint(codePoint)
  return character.toLowerCase() !== character.toUpperCase()
}

/** Whether both may be the same to Go. */
function isSimilar(a: ExpressionNode | undefined, b: ExpressionNode | undefined): boolean {
  return a !== undefined && b !== undefined && describeFolded(a) === describeFolded(b)
}

function describeFolded(node: ExpressionNode): string {
  return JSON.stringify(node, (name, value: unknown) => {
    return name === 'codePoint' && typeof value === 'number'
      ? String.fromCodePoint(value).toLowerCase()
      : value
  })
}
