import { StsError } from '#pkg/errors'
import { createSegmentedCache } from '#pkg/store'
import { createGrant, lackingPermissions, notGranted, type Grant } from './grant.ts'
import type { InstallationDirectory } from './installation-directory.ts'
import { cacheKey, requireSameAccount, type Installation } from './installation.ts'
import type { MintedToken } from './minted-token.ts'
import {
  createRepositoryTokens,
  type RepositoryTokens,
  type RepositoryTokensOptions,
} from './repository-tokens.ts'
import { namedInstallation, type ReviewTarget } from './review-target.ts'
import type { TokenMinter } from './token-minter.ts'

/** What a review does with a repository that has no pull requests to be read. */
const NEEDED = { checks: 'write', contents: 'read' } as const

/** The one permission that a review can do without. */
const OPTIONAL = 'pull_requests'

/** That an owner has not granted the optional permission is remembered this long. */
const LIMITED_MS = 3_600_000

/** Of each part of the cache. */
const LIMITED_MAX = 10_000
const LIMITED_BYTES = 128

/**
 * The tokens by which policies are reviewed, each limited to one repository, `checks: write`, `contents: read` and
 * `pull_requests: read`; without the last where the owner has not granted it.
 */
export interface ReviewTokens extends Pick<RepositoryTokens, 'drop' | 'forget' | 'close'> {
  /**
   * A token for `target`, minted with the installation that the delivery names: it is looked up only when GitHub
   * refuses.
   *
   * @throws StsError `permission_not_granted` with what is lacking in its detail: `checks` or `contents`;
   * `installation_missing` also for a repository that is not there or that the installation does not cover; and as
   * `TokenMinter.mint`.
   */
  get(target: ReviewTarget, options: { readonly signal: AbortSignal }): Promise<MintedToken>
  /** Forgets what an owner has not granted. */
  forgetOwner(owner: string): void
}

export interface ReviewTokensOptions extends RepositoryTokensOptions {
  readonly minter: TokenMinter
  readonly directory: InstallationDirectory
}

export function createReviewTokens(options: ReviewTokensOptions): ReviewTokens {
  const { minter, directory, now } = options
  const tokens = createRepositoryTokens(options)
  const limited = createSegmentedCache<{ readonly until: number }>({
    maxEntries: LIMITED_MAX,
    maxBytes: LIMITED_MAX * LIMITED_BYTES,
  })

  function isLimited(owner: string): boolean {
    const known = limited.get(cacheKey(owner))
    return known !== undefined && now() < known.until
  }

  function isUsable(token: MintedToken, target: ReviewTarget): boolean {
    // By account, not by installation: a delivery may name an installation that has been replaced since.
    if (token.installation.account.id !== target.accountId) return false
    return Object.hasOwn(token.permissions, OPTIONAL) || isLimited(target.owner)
  }

  async function mintWidest(target: ReviewTarget, signal: AbortSignal): Promise<MintedToken> {
    const send = (installation: Installation, grant: Grant): Promise<MintedToken> =>
      minter.mint({ operation: 'mint_review_token', target, installation, grant, signal })
    const wanted = grantFor(target, isLimited(target.owner))
    const named = namedInstallation(target)
    try {
      return await send(named, wanted)
    } catch (error) {
      if (!(error instanceof StsError) || error.reason !== 'permission_not_granted') throw error
    }
    const found = await directory.find(target, { signal, maxAgeMs: 0 })
    requireSameAccount(named, found)
    const lacking = lackingPermissions(wanted, found.permissions)
    if (lacking.length !== 1 || lacking[0]?.permission !== OPTIONAL)
      throw notGranted(wanted, found.permissions)
    return await send(found, grantFor(target, true))
  }

  async function mint(target: ReviewTarget, signal: AbortSignal): Promise<MintedToken> {
    const token = await mintWidest(target, signal)
    if (!Object.hasOwn(token.permissions, OPTIONAL) && !isLimited(target.owner)) {
      limited.set(cacheKey(target.owner), { until: now() + LIMITED_MS }, LIMITED_BYTES)
    }
    return token
  }

  return {
    ...tokens,
    async get(target, { signal }) {
      const kept = tokens.find(target)
      if (kept !== undefined && isUsable(kept, target)) return kept
      const flight = `${target.installationId} ${target.accountId}`
      return await tokens.mint(target, { flight, signal }, (shared) => mint(target, shared))
    },
    forgetOwner(owner) {
      limited.delete(cacheKey(owner))
    },
  }
}

function grantFor({ repository }: ReviewTarget, isLimited: boolean): Grant {
  return createGrant(isLimited ? NEEDED : { ...NEEDED, [OPTIONAL]: 'read' }, [repository])
}
