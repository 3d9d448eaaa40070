import { isSameName } from '../names.ts'
import type { CompiledTrustPolicy } from '../trust-policy.ts'
import type { PowerChange } from './power-difference.ts'
import { code, enumerate, type PowerText } from './power-text.ts'

/** The repository that a policy sits in. */
export interface PolicyPlace {
  readonly owner: string
  readonly repository: string
}

/** The repositories that a granted token reaches; `own`: the one that the policy sits in, where that is not known. */
export type Reach =
  | { readonly kind: 'all' }
  | { readonly kind: 'own' }
  | { readonly kind: 'names'; readonly names: readonly string[] }

/** Names beyond these are counted. */
const LISTED_MAX = 3

/** The most repositories that a policy gives a token for, whichever scope is asked for. */
export function reachOf({ level, source }: CompiledTrustPolicy, place: PolicyPlace | undefined): Reach {
  if (level === 'organization') {
    return source.repositories === undefined ? { kind: 'all' } : { kind: 'names', names: source.repositories }
  }
  return place === undefined ? { kind: 'own' } : { kind: 'names', names: [place.repository] }
}

/** The repositories in words: a few by name, more as their number. */
export function describeReach(reach: Reach, place: PolicyPlace | undefined): PowerText {
  switch (reach.kind) {
    case 'all':
      return ['all repositories of the installation']
    case 'own':
      return ['this repository']
    case 'names':
      return reach.names.length > LISTED_MAX
        ? [`${reach.names.length} repositories`]
        : enumerate(
            reach.names.map((name) => showName(name, place)),
            'and',
          )
  }
}

/** All repositories by name. */
export function listReach(reach: Reach, place: PolicyPlace | undefined): PowerText {
  return reach.kind === 'names'
    ? enumerate(
        reach.names.map((name) => showName(name, place)),
        'and',
      )
    : describeReach(reach, place)
}

/** What became of the repositories. */
export function compareReach(
  before: Reach,
  after: Reach,
  place: PolicyPlace | undefined,
): readonly PowerChange[] {
  const field = 'repositories'
  const [was, is] = [describeReach(before, place), describeReach(after, place)]
  if (before.kind === 'names' && after.kind === 'names') {
    const gained = without(after.names, before.names)
    const lost = without(before.names, after.names)
    const changes: PowerChange[] = []
    if (gained.length > 0) {
      const names = describeReach({ kind: 'names', names: gained }, place)
      changes.push({ effect: 'gain', field, text: ['reaches ', ...names, ' too'] })
    }
    if (lost.length > 0) {
      const names = describeReach({ kind: 'names', names: lost }, place)
      changes.push({ effect: 'loss', field, text: ['no longer reaches ', ...names] })
    }
    return changes
  }
  if (before.kind === after.kind) return []
  if (after.kind === 'all')
    return [{ effect: 'gain', field, text: ['reaches ', ...is, ' instead of ', ...was] }]
  if (before.kind === 'all') {
    return [{ effect: 'loss', field, text: ['reaches only ', ...is, ' instead of ', ...was] }]
  }
  return [{ effect: 'change', field, text: ['reaches ', ...is, ' instead of ', ...was] }]
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.some((other) => isSameName(name, other)))
}

function showName(name: string, place: PolicyPlace | undefined): PowerText {
  return code(place === undefined ? name : `${place.owner}/${name}`)
}
