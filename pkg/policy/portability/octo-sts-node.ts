import type { Position } from '../document/diagnostic.ts'
import type { OctoStsScalarType } from './octo-sts-scalar.ts'

/** A YAML document as octo-sts reads it, before it knows what for. */
export type OctoStsNode = OctoStsScalar | OctoStsList | OctoStsMap | OctoStsAlias

export interface OctoStsScalar {
  readonly kind: 'scalar'
  readonly type: OctoStsScalarType
  /** What it means as text: `true` for `yes`, `8` for `010`. */
  readonly text: string
  /** Whether it is `<<` where that is no text. As a key it adds the entries of other maps. */
  readonly merges: boolean
  readonly position: Position
}

export interface OctoStsList {
  readonly kind: 'list'
  readonly items: readonly OctoStsNode[]
  readonly position: Position
}

export interface OctoStsMap {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: OctoStsNode; readonly value: OctoStsNode }[]
  readonly position: Position
}

/** What an alias stands for may contain the alias. */
export interface OctoStsAlias {
  readonly kind: 'alias'
  readonly target: OctoStsNode
  readonly position: Position
}

/** What an alias stands for, or the node itself. No alias stands for an alias. */
export function targetOf(node: OctoStsNode): Exclude<OctoStsNode, OctoStsAlias> {
  let target = node
  while (target.kind === 'alias') target = target.target
  return target
}
