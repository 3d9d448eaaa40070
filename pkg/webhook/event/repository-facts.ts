import type { ReviewTarget } from '#pkg/github'
import { isOwnerName, isRepositoryName } from '#pkg/policy'
import { isBranchName } from './branch-name.ts'
import { idAt, objectAt, textAt, timeAt, type Fields } from './payload.ts'

/** What every payload about a repository says of it. */
export interface RepositoryFacts {
  readonly target: ReviewTarget
  readonly repositoryId: number
  readonly defaultBranch: string
  /** Milliseconds since the epoch; undefined when it is not said. */
  readonly pushedAt: number | undefined
}

/** Undefined when the payload lacks any of it, as one that was not sent to an App lacks the installation. */
export function readRepositoryFacts(payload: Fields): RepositoryFacts | undefined {
  const repository = objectAt(payload, 'repository')
  const account = objectAt(repository, 'owner')
  const owner = textAt(account, 'login')
  const name = textAt(repository, 'name')
  const accountId = idAt(account, 'id')
  const repositoryId = idAt(repository, 'id')
  const installationId = idAt(objectAt(payload, 'installation'), 'id')
  const defaultBranch = textAt(repository, 'default_branch')
  if (owner === undefined || !isOwnerName(owner) || name === undefined || !isRepositoryName(name))
    return undefined
  if (accountId === undefined || repositoryId === undefined || installationId === undefined) return undefined
  if (defaultBranch === undefined || !isBranchName(defaultBranch)) return undefined
  return {
    target: { owner, repository: name, installationId, accountId },
    repositoryId,
    defaultBranch,
    pushedAt: timeAt(repository, 'pushed_at'),
  }
}
