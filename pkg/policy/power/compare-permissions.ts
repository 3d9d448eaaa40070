import { isBeyondRepositories } from '../permission-catalogue.ts'
import type { CompiledTrustPolicy, PermissionLevel } from '../trust-policy.ts'
import { describeSubject } from './describe-subject.ts'
import type { PowerChange } from './power-difference.ts'
import { code, type PowerText } from './power-text.ts'
import { describeReach, reachOf, type PolicyPlace } from './reach.ts'

/** Each level allows what those before it allow. */
const LEVELS: readonly PermissionLevel[] = ['read', 'write', 'admin']

/** What became of the permissions. */
export function comparePermissions(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  place: PolicyPlace | undefined,
): readonly PowerChange[] {
  const changes: PowerChange[] = []
  const had = new Map(Object.entries(before.source.permissions))
  for (const [name, level] of Object.entries(after.source.permissions)) {
    const field = `permissions.${name}`
    const previous = had.get(name)
    had.delete(name)
    if (previous === level) continue
    if (previous === undefined) {
      const grant = describeGrant(after, name, level, place)
      changes.push({ effect: 'gain', field, text: ['adds ', ...grant, ' for ', ...describeSubject(after)] })
      continue
    }
    const isRaised = LEVELS.indexOf(level) > LEVELS.indexOf(previous)
    const verb = isRaised ? 'raises ' : 'lowers '
    const text = [verb, ...code(name), ` from ${previous} to ${level}`]
    changes.push({ effect: isRaised ? 'gain' : 'loss', field, text })
  }
  for (const [name, level] of had) {
    const text = ['no longer grants ', ...code(`${name}: ${level}`)]
    changes.push({ effect: 'loss', field: `permissions.${name}`, text })
  }
  return changes
}

/** The permissions of a policy as changes: of a new one, or of one that is deleted. */
export function listPermissions(
  policy: CompiledTrustPolicy,
  effect: 'gain' | 'loss',
  place: PolicyPlace | undefined,
): readonly PowerChange[] {
  const verb = effect === 'gain' ? 'grants ' : 'no longer grants '
  return Object.entries(policy.source.permissions).map(([name, level]) => ({
    effect,
    field: `permissions.${name}`,
    text: [verb, ...describeGrant(policy, name, level, place)],
  }))
}

/** GitHub does not narrow permissions on the organization by repository. */
function describeGrant(
  policy: CompiledTrustPolicy,
  name: string,
  level: PermissionLevel,
  place: PolicyPlace | undefined,
): PowerText {
  const where: PowerText = isBeyondRepositories(name)
    ? ['the organization']
    : describeReach(reachOf(policy, place), place)
  return [...code(`${name}: ${level}`), ' on ', ...where]
}
