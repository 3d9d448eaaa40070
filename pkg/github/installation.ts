import { StsError } from '#pkg/errors'
import { isJsonObject, isPositiveInteger, malformed, readJson, readStringMap } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'

/** A repository by its names, as a request or a policy gives them. GitHub compares both without case. */
export interface RepositoryName {
  readonly owner: string
  readonly repository: string
}

/** Where an App is installed. https://docs.github.com/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app */
export interface Installation {
  readonly id: number
  readonly account: { readonly login: string; readonly id: number }
  /** What the owner has granted to the App: the most that a token can have. */
  readonly permissions: Readonly<Record<string, string>>
  readonly repositorySelection: 'all' | 'selected'
  readonly suspended: boolean
  /** When GitHub last confirmed it, in milliseconds since the epoch. */
  readonly confirmedAt: number
}

/**
 * A name can pass to someone else. What was read and decided for the account of `known` does not hold for theirs.
 *
 * @throws StsError `installation_missing` when `found` belongs to another account than `known`.
 */
export function requireSameAccount(known: Installation, found: Installation): void {
  if (found.account.id === known.account.id) return
  throw new StsError('installation_missing', { detail: { problem: 'the owner is another account now' } })
}

/** The key of caches for an owner, or for a repository of theirs. */
export function cacheKey(owner: string, repository?: string): string {
  return (repository === undefined ? owner : `${owner}/${repository}`).toLowerCase()
}

/**
 * The installation in a 200 of GitHub.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readInstallation(answer: GitHubAnswer, confirmedAt: number): Installation {
  const body = readJson(answer, 'find_installation')
  if (!isJsonObject(body) || !isJsonObject(body['account'])) {
    throw malformed('find_installation', 'not an installation')
  }
  const { id, repository_selection: selection, suspended_at: suspendedAt } = body
  const { login, id: accountId } = body['account']
  const permissions = readStringMap(body['permissions'])
  if (
    !isPositiveInteger(id) ||
    !isPositiveInteger(accountId) ||
    typeof login !== 'string' ||
    (selection !== 'all' && selection !== 'selected') ||
    permissions === undefined
  ) {
    throw malformed('find_installation', 'not an installation')
  }
  return {
    id,
    account: { login, id: accountId },
    permissions,
    repositorySelection: selection,
    suspended: suspendedAt !== undefined && suspendedAt !== null,
    confirmedAt,
  }
}
