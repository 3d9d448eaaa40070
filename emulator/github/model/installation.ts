import type { Account } from './account.ts'
import type { App } from './app.ts'
import type { Permissions } from './permission.ts'
import type { Repository } from './repository.ts'

/** An App's installation on an account. */
export interface Installation {
  readonly id: number
  readonly app: App
  readonly account: Account
  /** What the account granted; may be less than the App asks for by now. */
  permissions: Permissions
  /** The repositories selected, or 'all' of the account, those made later too. */
  selection: 'all' | Set<Repository>
  suspendedAt: number | null
  readonly createdAt: number
  updatedAt: number
}

/** True if the installation has access to the repository, where it is today. */
export function covers(installation: Installation, repository: Repository): boolean {
  if (repository.owner !== installation.account) return false
  return installation.selection === 'all' || installation.selection.has(repository)
}
