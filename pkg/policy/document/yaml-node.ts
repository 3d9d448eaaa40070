import type { Position } from './diagnostic.ts'

/** A document without its syntax: what the readers of policies and issuer lists work on. */
export type YamlNode = YamlScalar | YamlList | YamlMap

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly text: string
  /** Whether it was written without quotes and not as a block, so that its text may mean something else. */
  readonly plain: boolean
  readonly position: Position
}

export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly position: Position
}

export interface YamlMap {
  readonly kind: 'map'
  /** In the author's order; no two with the same key. */
  readonly entries: readonly YamlEntry[]
  readonly position: Position
}

export interface YamlEntry {
  readonly key: YamlScalar
  readonly value: YamlNode
}

/** What a diagnostic calls a node that is not what was expected. */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'scalar' && node.plain && node.text === '') return 'nothing'
  return node.kind === 'list' ? 'a list' : 'a single value'
}
