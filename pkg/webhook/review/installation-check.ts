import { lackingPermissions, type Installation } from '#pkg/github'
import { type CompiledTrustPolicy, type Diagnostic } from '#pkg/policy'

const START = { line: 1, column: 1 }

/** Errors for permissions that the App has not been granted where the policy is, so that GitHub would refuse the token. */
export function findLackingPermissions(
  policy: CompiledTrustPolicy,
  { permissions: granted, account }: Pick<Installation, 'permissions' | 'account'>,
): readonly Diagnostic[] {
  // Every App may read metadata.
  const all = { metadata: 'read', ...granted }
  return lackingPermissions(policy.source.permissions, all).map(
    ({ permission: name, wanted, granted: most }) => {
      const has = most === undefined ? `nothing of ${name}` : `${name}: ${most} alone`
      const message = `the App has been granted ${has} by ${account.login}, so no token can have ${name}: ${wanted}: have an owner grant it in the settings of the installation, or grant less here`
      return errorAt(policy, `permissions.${name}`, 'permission_not_granted', message)
    },
  )
}

/** Errors for the repositories that the policy names and the App cannot see. */
export function findUnseenEntries(
  policy: CompiledTrustPolicy,
  owner: string,
  unseen: ReadonlySet<string>,
): readonly Diagnostic[] {
  const { repositories = [] } = policy.source
  return repositories.flatMap((name, index): readonly Diagnostic[] => {
    if (!unseen.has(name.toLowerCase())) return []
    const message = `the App cannot see ${owner}/${name}, so no token can be made: correct the name, have an owner add the repository to the installation, or remove it here`
    return [errorAt(policy, entryPath(policy, index), 'repository_not_visible', message)]
  })
}

/** Repetitions are dropped when a policy is read; where there were any, entries are not where they are counted. */
function entryPath({ positions, source }: CompiledTrustPolicy, index: number): string {
  const { repositories = [] } = source
  const isCounted = positions.has(`repositories.${repositories.length - 1}`)
  const isShifted = positions.has(`repositories.${repositories.length}`)
  return isCounted && !isShifted ? `repositories.${index}` : 'repositories'
}

function errorAt(policy: CompiledTrustPolicy, path: string, code: string, message: string): Diagnostic {
  const { line, column } = policy.positions.get(path) ?? START
  return { severity: 'error', code, message, line, column }
}
