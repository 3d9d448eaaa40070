import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import type { Background } from './background.ts'
import { cacheKey, type RepositoryName } from './installation.ts'
import type { MintedToken } from './minted-token.ts'
import type { TokenRevoker } from './token-revoker.ts'

/** A kept token is not used in the last minutes of its hour, so that no call meets its end. */
const TOKEN_MARGIN_MS = 5 * 60_000

/** Of each part of the cache. */
const TOKENS_MAX = 5_000
const TOKEN_BYTES = 1024

export interface MintOnce {
  /** Callers at the same time whose tokens would be the same name the same flight. */
  readonly flight: string
  readonly signal: AbortSignal
}

/**
 * Tokens of this service's own, one for a repository. They serve many calls and never leave this service; dropped ones
 * are revoked.
 */
export interface RepositoryTokens {
  /** The token that is kept for `target`, unless it nears its end. */
  find(target: RepositoryName): MintedToken | undefined
  /** A new token by `work`, which takes the place of a kept one. Rejects as `work` does. */
  mint(
    target: RepositoryName,
    once: MintOnce,
    work: (signal: AbortSignal) => Promise<MintedToken>,
  ): Promise<MintedToken>
  /** Forgets a token that is of no use, and revokes it unless it is dead already. */
  drop(target: RepositoryName, token: MintedToken, isDead: boolean): void
  /** Forgets and revokes whatever token is kept for `target`. */
  forget(target: RepositoryName): void
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

export interface RepositoryTokensOptions {
  readonly revoker: TokenRevoker
  readonly background: Background
  readonly now: () => number
  /** Of each part of the cache. Default: 5,000. */
  readonly maxTokens?: number | undefined
}

export function createRepositoryTokens(options: RepositoryTokensOptions): RepositoryTokens {
  const { revoker, background, now, maxTokens = TOKENS_MAX } = options
  const flights = createSingleFlight<MintedToken>()
  const entries = createSegmentedCache<Entry>({
    maxEntries: maxTokens,
    maxBytes: maxTokens * TOKEN_BYTES,
    onRemove({ token, isDead }) {
      if (!isDead && now() < token.expiresAtMs) void revoker.revoke(token)
    },
  })
  let isClosed = false

  return {
    find(target) {
      const token = entries.get(keyOf(target))?.token
      return token !== undefined && now() < token.expiresAtMs - TOKEN_MARGIN_MS ? token : undefined
    },
    mint(target, { flight, signal }, work) {
      const key = keyOf(target)
      return flights.run(`${flight} ${key}`, signal, (shared) =>
        // Nobody may be waiting any more when the token comes; then a shutdown still has to wait and revoke it.
        background.run(async () => {
          const token = await work(shared)
          if (isClosed) void revoker.revoke(token)
          else entries.set(key, { key, token, isDead: false }, TOKEN_BYTES)
          return token
        }),
      )
    },
    drop(target, token, isDead) {
      const key = keyOf(target)
      const entry = entries.get(key)
      if (entry?.token !== token) return
      entry.isDead = isDead
      entries.delete(key)
    },
    forget(target) {
      entries.delete(keyOf(target))
    },
    protect(target) {
      entries.protect(keyOf(target))
    },
    close() {
      isClosed = true
      for (const { key } of [...entries.values()]) entries.delete(key)
    },
  }
}

function keyOf({ owner, repository }: RepositoryName): string {
  return cacheKey(owner, repository)
}
