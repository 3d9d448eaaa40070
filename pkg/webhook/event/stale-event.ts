import { isOwnerName, isRepositoryName } from '#pkg/policy'
import { objectAt, textAt, type Fields } from './payload.ts'
import type { StaleNotice } from './stale-notice.ts'

/** What a delivery about installations, accounts and repositories makes stale; nothing for all others. */
export function readStaleNotices(event: string, payload: Fields): readonly StaleNotice[] {
  switch (event) {
    case 'installation':
    case 'installation_repositories':
      return owners(objectAt(payload, 'installation', 'account'))
    case 'installation_target':
      return [...owners(objectAt(payload, 'account')), ...previousOwner(payload)]
    case 'organization':
      return textAt(payload, 'action') === 'renamed'
        ? [...owners(objectAt(payload, 'organization')), ...previousOwner(payload)]
        : []
    case 'repository':
      return ofRepository(payload)
    default:
      return []
  }
}

/** A repository that has a new name or owner, is gone, has come, or reads its policies from another branch. */
function ofRepository(payload: Fields): readonly StaleNotice[] {
  const repository = objectAt(payload, 'repository')
  const owner = textAt(objectAt(repository, 'owner'), 'login')
  const name = textAt(repository, 'name')
  const changes = objectAt(payload, 'changes')
  switch (textAt(payload, 'action')) {
    case 'renamed':
      return [
        ...repositoryNamed(owner, name),
        ...repositoryNamed(owner, textAt(objectAt(changes, 'repository', 'name'), 'from')),
      ]
    case 'transferred': {
      const from = objectAt(changes, 'owner', 'from')
      const previous = textAt(objectAt(from, 'organization') ?? objectAt(from, 'user'), 'login')
      return [...repositoryNamed(owner, name), ...repositoryNamed(previous, name)]
    }
    case 'created':
    case 'deleted':
      return repositoryNamed(owner, name)
    case 'edited':
      return objectAt(changes, 'default_branch') === undefined
        ? []
        : repositoryNamed(owner, name).map((notice) => ({ ...notice, kind: 'policies' }))
    default:
      return []
  }
}

function previousOwner(payload: Fields): readonly StaleNotice[] {
  return ownerNamed(textAt(objectAt(payload, 'changes', 'login'), 'from'))
}

function owners(account: Fields | undefined): readonly StaleNotice[] {
  return ownerNamed(textAt(account, 'login'))
}

function ownerNamed(owner: string | undefined): readonly StaleNotice[] {
  return owner !== undefined && isOwnerName(owner) ? [{ kind: 'owner', owner }] : []
}

function repositoryNamed(
  owner: string | undefined,
  repository: string | undefined,
): readonly Extract<StaleNotice, { kind: 'repository' }>[] {
  if (owner === undefined || !isOwnerName(owner)) return []
  if (repository === undefined || !isRepositoryName(repository)) return []
  return [{ kind: 'repository', owner, repository }]
}
