import { StsError } from '#pkg/errors'
import { createGrant, notGranted } from './grant.ts'
import type { InstallationDirectory } from './installation-directory.ts'
import { requireSameAccount } from './installation.ts'
import type { MintedToken } from './minted-token.ts'
import {
  createRepositoryTokens,
  type RepositoryTokens,
  type RepositoryTokensOptions,
} from './repository-tokens.ts'
import { namedInstallation, type ReviewTarget } from './review-target.ts'
import type { TokenMinter } from './token-minter.ts'

/** All that a review does with a repository. */
const PERMISSIONS = { checks: 'write', contents: 'read' } as const

/** The tokens by which policies are reviewed, each limited to one repository, `checks: write` and `contents: read`. */
export interface ReviewTokens extends Pick<RepositoryTokens, 'drop' | 'forget' | 'close'> {
  /**
   * A token for `target`, minted with the installation that the delivery names: it is looked up only when GitHub
   * refuses.
   *
   * @throws StsError `permission_not_granted` with what is lacking in its detail; `installation_missing` also for a
   * repository that is not there or that the installation does not cover; and as `TokenMinter.mint`.
   */
  get(target: ReviewTarget, options: { readonly signal: AbortSignal }): Promise<MintedToken>
}

export interface ReviewTokensOptions extends RepositoryTokensOptions {
  readonly minter: TokenMinter
  readonly directory: InstallationDirectory
}

export function createReviewTokens(options: ReviewTokensOptions): ReviewTokens {
  const { minter, directory } = options
  const tokens = createRepositoryTokens(options)

  async function mint(target: ReviewTarget, signal: AbortSignal): Promise<MintedToken> {
    const installation = namedInstallation(target)
    const grant = createGrant(PERMISSIONS, [target.repository])
    try {
      return await minter.mint({ operation: 'mint_review_token', target, installation, grant, signal })
    } catch (error) {
      if (!(error instanceof StsError) || error.reason !== 'permission_not_granted') throw error
    }
    // What the installation has was never asked, so that it is not known yet what is lacking.
    const found = await directory.find(target, { signal, maxAgeMs: 0 })
    requireSameAccount(installation, found)
    throw notGranted(grant, found.permissions)
  }

  return {
    ...tokens,
    async get(target, { signal }) {
      const kept = tokens.find(target)
      // By account, not by installation: a delivery may name an installation that has been replaced since.
      if (kept?.installation.account.id === target.accountId) return kept
      const flight = `${target.installationId} ${target.accountId}`
      return await tokens.mint(target, { flight, signal }, (shared) => mint(target, shared))
    },
  }
}
