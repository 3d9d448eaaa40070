import type { Position } from '../document/diagnostic.ts'
import type { OctoStsModel } from './octo-sts-model.ts'
import { targetOf, type OctoStsMap, type OctoStsNode, type OctoStsScalar } from './octo-sts-node.ts'

/** An entry of a map, as JSON has it between octo-sts's two parsers. */
export interface OctoStsEntry {
  readonly name: string
  readonly position: Position
  readonly value: Exclude<OctoStsNode, { readonly kind: 'alias' }>
}

/** So many nodes of maps are looked at; aliases may make many of few. */
const VISITS_MAX = 10_000

interface Merging {
  readonly entries: Map<string, OctoStsEntry>
  readonly model: OctoStsModel
  /** The maps that are being merged: one that is in itself is refused. */
  readonly open: Set<OctoStsMap>
  visits: number
}

/**
 * The entries of a map with those that it merges, in the order of their names. Undefined when octo-sts refuses the
 * map, or the model gives up: which, is in `model`.
 */
export function readOctoStsMap(map: OctoStsMap, model: OctoStsModel): readonly OctoStsEntry[] | undefined {
  const merging: Merging = { entries: new Map(), model, open: new Set(), visits: 0 }
  if (!addEntries(map, merging)) return undefined
  const entries = [...merging.entries.values()]
  const names = entries.map(({ name }) => name)
  // 1 and '1' are two keys of YAML and one of JSON: either may win.
  const isOnly = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name)
  for (const { name, position } of entries) if (!isOnly(name)) model.doubts.push(position)
  return entries.filter(({ name }) => isOnly(name)).toSorted((a, b) => compareCodePoints(a.name, b.name))
}

function addEntries(map: OctoStsMap, merging: Merging): boolean {
  const { model, open, entries } = merging
  if (open.has(map)) return refuse(map.position, model)
  open.add(map)
  for (const { key, value } of map.entries) {
    merging.visits += 1
    if (merging.visits > VISITS_MAX) {
      model.doubts.push(map.position)
      return false
    }
    if (key.kind === 'scalar' && key.merges) {
      if (!mergeFrom(value, merging)) return false
      continue
    }
    const target = targetOf(key)
    if (target.kind !== 'scalar' || !isKey(target)) return refuse(key.position, model)
    const identity = identityOf(target)
    if (entries.has(identity)) {
      // Floats of 64 bits that differ may have the same text, which has 32.
      if (target.type !== 'float') return refuse(key.position, model)
      model.doubts.push(key.position)
    }
    entries.set(identity, { name: nameOf(target), position: key.position, value: targetOf(value) })
  }
  open.delete(map)
  return true
}

/** A merge key takes a map or a list of maps, by alias or not. */
function mergeFrom(value: OctoStsNode, merging: Merging): boolean {
  const sources = value.kind === 'list' ? value.items : [value]
  for (const source of sources) {
    merging.visits += 1
    const map = targetOf(source)
    if (map.kind !== 'map') return refuse(source.position, merging.model)
    if (!addEntries(map, merging)) return false
  }
  return true
}

function refuse(position: Position, model: OctoStsModel): false {
  model.refusals.push({ code: 'octo_sts_refuses_document', position })
  return false
}

function isKey({ type }: OctoStsScalar): boolean {
  return type !== 'null' && type !== 'large_integer'
}

/** Keys of different types are different keys of YAML. */
function identityOf({ type, text }: OctoStsScalar): string {
  return `${type} ${text}`
}

/** As a key, an infinite float keeps its spelling of YAML. */
function nameOf({ type, text }: OctoStsScalar): string {
  return type === 'float' ? (INFINITE_NAMES.get(text) ?? text) : text
}

const INFINITE_NAMES: ReadonlyMap<string, string> = new Map([
  ['+Inf', '.inf'],
  ['-Inf', '-.inf'],
  ['NaN', '.nan'],
])

function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0) ?? 0)
  const right = Array.from(b, (character) => character.codePointAt(0) ?? 0)
  const index = left.findIndex((codePoint, at) => codePoint !== right[at])
  if (index === -1) return left.length - right.length
  return (left[index] ?? -1) - (right[index] ?? -1)
}
