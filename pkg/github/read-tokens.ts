import { StsError } from '#pkg/errors'
import { createSegmentedCache } from '#pkg/store'
import type { CacheResult } from '#pkg/telemetry'
import type { MintedToken } from './minted-token.ts'
import { createGrant } from './grant.ts'
import { cacheKey, type Installation, type RepositoryName } from './installation.ts'
import {
  createRepositoryTokens,
  type RepositoryTokens,
  type RepositoryTokensOptions,
} from './repository-tokens.ts'
import type { TokenMinter } from './token-minter.ts'

/** That the App cannot read a repository is remembered this long. */
const UNREADABLE_MS = 60_000

/** Of each part of the cache. */
const UNREADABLE_MAX = 10_000
const UNREADABLE_BYTES = 128

export interface ReadTokenOptions {
  readonly signal: AbortSignal
  /** Asks GitHub again although the repository was not visible a moment ago. */
  readonly retryUnreadable?: boolean
  /** See `ReadFileOptions.isGuess`. */
  readonly isGuess?: boolean
}

/** The tokens by which policies are read, each limited to one repository and `contents: read`. */
export interface ReadTokens extends Pick<RepositoryTokens, 'drop' | 'forget' | 'protect' | 'close'> {
  /**
   * Undefined when GitHub refuses a token for this repository (422): it does not exist, is not covered by the
   * installation, or the App may not read contents.
   *
   * @throws StsError as `TokenMinter.mint`
   */
  get(
    installation: Installation,
    target: RepositoryName,
    options: ReadTokenOptions,
  ): Promise<MintedToken | undefined>
}

export interface ReadTokensOptions extends RepositoryTokensOptions {
  readonly minter: TokenMinter
  readonly onLookup?: ((result: CacheResult) => void) | undefined
}

export function createReadTokens(options: ReadTokensOptions): ReadTokens {
  const { minter, now, onLookup } = options
  const tokens = createRepositoryTokens(options)
  const unreadable = createSegmentedCache<{ readonly until: number }>({
    maxEntries: UNREADABLE_MAX,
    maxBytes: UNREADABLE_MAX * UNREADABLE_BYTES,
  })

  return {
    ...tokens,
    async get(installation, target, { signal, retryUnreadable = false, isGuess }) {
      const kept = tokens.find(target)
      if (kept?.installation.id === installation.id) {
        onLookup?.('hit')
        return kept
      }
      const key = cacheKey(target.owner, target.repository)
      const known = unreadable.get(key)
      if (known !== undefined && now() < known.until && !retryUnreadable) {
        onLookup?.('negative')
        return undefined
      }
      onLookup?.('miss')
      try {
        const token = await tokens.mint(target, { flight: String(installation.id), signal }, (flight) => {
          const grant = createGrant({ contents: 'read' }, [target.repository])
          const request = { operation: 'mint_read_token', target, installation, grant, isGuess } as const
          return minter.mint({ ...request, signal: flight })
        })
        unreadable.delete(key)
        return token
      } catch (error) {
        if (!(error instanceof StsError) || error.reason !== 'permission_not_granted') throw error
        unreadable.set(key, { until: now() + UNREADABLE_MS }, UNREADABLE_BYTES)
        return undefined
      }
    },
    forget(target) {
      tokens.forget(target)
      unreadable.delete(cacheKey(target.owner, target.repository))
    },
  }
}
