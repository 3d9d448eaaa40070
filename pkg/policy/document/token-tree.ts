import type { CST } from 'yaml'
import { NESTING_MAX_LEVELS, TOO_DEEP } from './nesting.ts'
import { problemOfToken, type TokenProblem } from './token-problem.ts'

/** The most keys a document may have, in all its maps together. */
const DOCUMENT_MAX_KEYS = 200

/**
 * The first problem in the tree of tokens: a construct that is not allowed, or too much of what is. A loop, because
 * the tree may be deeper than its limit.
 */
export function findProblem(root: CST.Document, text: string): TokenProblem | undefined {
  let keys = 0
  const pending: Visit[] = [{ token: root, depth: 0 }]
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { token } = visit
    const depth = visit.depth + ('items' in token ? 1 : 0)
    if (depth > NESTING_MAX_LEVELS) return { ...TOO_DEEP, offset: token.offset }
    for (const item of 'items' in token ? token.items : []) {
      if (isEntry(item, token)) keys += 1
      if (keys > DOCUMENT_MAX_KEYS) return { ...TOO_MANY_KEYS, offset: item.key?.offset ?? token.offset }
    }
    const problem = problemOfToken(token, text)
    if (problem !== undefined) return problem
    for (const part of partsOf(token).toReversed()) pending.push({ token: part, depth })
  }
  return undefined
}

interface Visit {
  readonly token: CST.Token
  /** How many collections the token is in. */
  readonly depth: number
}

const TOO_MANY_KEYS = { code: 'too_many_keys', message: `more than ${DOCUMENT_MAX_KEYS} keys` } as const

type Item = CST.BlockMap['items'][number] | CST.BlockSequence['items'][number] | CST.CollectionItem

function isEntry(item: Item, parent: CST.Token): boolean {
  if (item.sep !== undefined || item.start.some(({ type }) => type === 'explicit-key-ind')) return true
  const isMap = parent.type === 'flow-collection' && parent.start.type === 'flow-map-start'
  return isMap && (item.key !== undefined || item.value !== undefined)
}

function partsOf(token: CST.Token): CST.Token[] {
  switch (token.type) {
    case 'document':
      return [...token.start, ...present(token.value), ...(token.end ?? [])]
    case 'block-map':
    case 'block-seq':
      return token.items.flatMap(partsOfItem)
    case 'flow-collection':
      return [...token.items.flatMap(partsOfItem), ...token.end]
    case 'block-scalar':
      return token.props
    case 'alias':
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      return 'end' in token ? (token.end ?? []) : []
    default:
      return []
  }
}

function partsOfItem(item: Item): CST.Token[] {
  return [...item.start, ...present(item.key), ...(item.sep ?? []), ...present(item.value)]
}

function present(token: CST.Token | null | undefined): CST.Token[] {
  return token === null || token === undefined ? [] : [token]
}
