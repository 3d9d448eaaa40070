import type { Installation, RepositoryName } from './installation.ts'

/** A repository that a delivery is about, with the installation and the account that the delivery names. */
export interface ReviewTarget extends RepositoryName {
  readonly installationId: number
  /** Of the owner of the repository. */
  readonly accountId: number
}

/**
 * The installation that a delivery names. Nothing else is known of it, and nothing is taken for confirmed: what a mint
 * for it answers shows whether it covers the repository.
 */
export function namedInstallation({ owner, installationId, accountId }: ReviewTarget): Installation {
  return {
    id: installationId,
    account: { login: owner, id: accountId },
    permissions: {},
    repositorySelection: 'selected',
    suspended: false,
    confirmedAt: Number.NEGATIVE_INFINITY,
  }
}
