import { StsError } from '#pkg/errors'
import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import type { MintedToken } from './minted-token.ts'
import type { Background } from './background.ts'
import { createGrant } from './grant.ts'
import { cacheKey, type Installation, type RepositoryName } from './installation.ts'
import type { TokenMinter } from './token-minter.ts'
import type { TokenRevoker } from './token-revoker.ts'

/** A read token is not used in the last minutes of its hour, so that no read meets its end. */
const READ_TOKEN_MARGIN_MS = 5 * 60_000

/** That the App cannot read a repository is remembered this long. */
const UNREADABLE_MS = 60_000

/** Of each part of the cache. */
const READ_TOKENS_MAX = 5_000
const READ_TOKEN_BYTES = 1024
const UNREADABLE_MAX = 10_000
const UNREADABLE_BYTES = 128

export interface ReadTokenOptions {
  readonly signal: AbortSignal
  /** Asks GitHub again although the repository was not visible a moment ago. */
  readonly retryUnreadable?: boolean
}

/**
 * The tokens by which policies are read, each limited to one repository and `contents: read`. They serve many
 * exchanges and never leave this service; dropped ones are revoked.
 */
export interface ReadTokens {
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
  /** Forgets a token that is of no use, and revokes it unless it is dead already. */
  drop(target: RepositoryName, token: MintedToken, isDead: boolean): void
  /** Keeps the token of a repository that has been served from being displaced by others. */
  protect(target: RepositoryName): void
  /** Revokes all of them, and those still to come, in the background. */
  close(): void
}

interface Entry {
  readonly key: string
  readonly token: MintedToken
  /** There is nothing left to revoke. */
  isDead: boolean
}

export interface ReadTokensOptions {
  readonly minter: TokenMinter
  readonly revoker: TokenRevoker
  readonly background: Background
  readonly now: () => number
  /** Of each part of the cache. */
  readonly maxTokens?: number | undefined
}

export function createReadTokens(options: ReadTokensOptions): ReadTokens {
  const { minter, revoker, background, now, maxTokens = READ_TOKENS_MAX } = options
  const flights = createSingleFlight<MintedToken | undefined>()
  const entries = createSegmentedCache<Entry>({
    maxEntries: maxTokens,
    maxBytes: maxTokens * READ_TOKEN_BYTES,
    onRemove({ token, isDead }) {
      if (!isDead && now() < token.expiresAtMs) void revoker.revoke(token)
    },
  })
  const unreadable = createSegmentedCache<{ readonly until: number }>({
    maxEntries: UNREADABLE_MAX,
    maxBytes: UNREADABLE_MAX * UNREADABLE_BYTES,
  })

  let isClosed = false

  async function mint(
    key: string,
    installation: Installation,
    target: RepositoryName,
    signal: AbortSignal,
  ): Promise<MintedToken | undefined> {
    const grant = createGrant({ contents: 'read' }, [target.repository])
    try {
      const token = await minter.mint({ operation: 'mint_read_token', target, installation, grant, signal })
      if (isClosed) void revoker.revoke(token)
      else entries.set(key, { key, token, isDead: false }, READ_TOKEN_BYTES)
      unreadable.delete(key)
      return token
    } catch (error) {
      if (!(error instanceof StsError) || error.reason !== 'permission_not_granted') throw error
      unreadable.set(key, { until: now() + UNREADABLE_MS }, UNREADABLE_BYTES)
      return undefined
    }
  }

  return {
    async get(installation, target, { signal, retryUnreadable = false }) {
      const key = cacheKey(target.owner, target.repository)
      const token = entries.get(key)?.token
      const isUsable =
        token?.installation.id === installation.id && now() < token.expiresAtMs - READ_TOKEN_MARGIN_MS
      if (isUsable) return token
      const known = unreadable.get(key)
      if (known !== undefined && now() < known.until && !retryUnreadable) return undefined
      return await flights.run(`${installation.id} ${key}`, signal, (flight) =>
        // Nobody may be waiting any more when the token comes; then a shutdown still has to wait and revoke it.
        background.run(() => mint(key, installation, target, flight)),
      )
    },
    drop(target, token, isDead) {
      const key = cacheKey(target.owner, target.repository)
      const entry = entries.get(key)
      if (entry?.token !== token) return
      entry.isDead = isDead
      entries.delete(key)
    },
    protect(target) {
      entries.protect(cacheKey(target.owner, target.repository))
    },
    close() {
      isClosed = true
      for (const { key } of [...entries.values()]) entries.delete(key)
    },
  }
}
