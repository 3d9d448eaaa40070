import { LRUCache } from 'lru-cache'
import { StsError, toStsError } from '#pkg/errors'
import { abortable, createSingleFlight } from '#pkg/store'
import type { CacheResult, IssuerFetchOutcome } from '#pkg/telemetry'
import { errorOf, failureOf, type Failure } from './fetch-failure.ts'
import { createIssuerCache, type IssuerCacheLimits, type IssuerEntry } from './issuer-cache.ts'
import type { IssuerKeys, KeySource } from './key-source.ts'

/** The keys of every issuer that is in use, kept fresh by being used. */
export interface IssuerDirectory {
  /**
   * The keys of an issuer, fetched if need be. All who ask at the same time share one fetch; when the
   * last of them has given up, it ends.
   *
   * Rejects with the StsError of the fetch, its own or one just before, or with the signal's reason.
   */
  keysOf(issuer: string, signal: AbortSignal): Promise<IssuerKeys>
  /**
   * Newer keys than `used`, for a token that `used` has no key for; `used` itself if there are none, or
   * if the issuer has been asked too recently. Rejects as `keysOf`.
   */
  newerKeysOf(issuer: string, used: IssuerKeys, signal: AbortSignal): Promise<IssuerKeys>
  /** A token has verified with the keys of `issuer`. */
  markVerified(issuer: string): void
  /** A token of `issuer` has served a grant. */
  vouch(issuer: string): void
  /** Ends all fetches. */
  close(): void
}

export interface IssuerDirectoryOptions {
  readonly source: KeySource
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly limits: IssuerCacheLimits
  readonly observer?: IssuerObserver | undefined
}

/** What the metrics learn of issuers. No member may throw or wait. */
export interface IssuerObserver {
  /** Of every request for keys: what was known before it. */
  lookedUp(result: CacheResult): void
  /** Of every fetch of keys. */
  fetched(outcome: IssuerFetchOutcome): void
}

/** From this part of its freshness on, a key set that is used is refetched behind the caller's back. */
const REFETCH_FROM_FRESHNESS_PART = 0.8
/** How long keys are used after they were fetched while newer ones cannot be had. */
const STALE_MAX_MS = 24 * 60 * 60_000
/** How long a caller waits for newer keys than those that are past their freshness. */
const REFETCH_PATIENCE_MS = 3_000
/** A failure is answered from memory for this time; nothing is fetched. */
const FAILURE_MEMORY_MS = 5_000
/** While the last failure is not older, stale keys are used without waiting. */
const FAILURE_EXCUSES_MS = 30_000
/** Between two fetches of one issuer's keys because of a token that they have no key for. */
const UNKNOWN_KEY_INTERVAL_MS = 30_000
/** Issuers whose failure is remembered. */
const FAILURES_MAX = 1_000
/** Issuers that are being fetched for the first time, all in all. */
const FIRST_FETCHES_MAX = 128

/**
 * Freshness, so that a key which its issuer has removed stops to verify when the set's freshness ends:
 * until 80 % of it keys are used as they are; then they are used and refetched in the background; past
 * it callers wait for the refetch. Only if that fails, or takes longer than 3 s, the old keys go on
 * being used, for at most 24 h in all.
 */
export function createIssuerDirectory({
  source,
  now,
  limits,
  observer,
}: IssuerDirectoryOptions): IssuerDirectory {
  const cache = createIssuerCache(limits)
  const failures = new LRUCache<string, Failure>({ max: FAILURES_MAX })
  const firstFetches = createSingleFlight<IssuerKeys>()
  const fetches = new Set<AbortController>()

  return {
    async keysOf(issuer, signal) {
      const entry = cache.get(issuer)
      if (entry === undefined) return firstKeys(issuer, signal)
      const age = now() - entry.fetchedAt
      if (age >= STALE_MAX_MS) {
        cache.delete(issuer)
        return firstKeys(issuer, signal)
      }
      const { freshForMs } = entry.keys
      if (age < freshForMs * REFETCH_FROM_FRESHNESS_PART) {
        observer?.lookedUp('hit')
        return entry.keys
      }
      observer?.lookedUp('stale')
      if (age < freshForMs || failedWithin(entry, FAILURE_EXCUSES_MS)) {
        if (!failedWithin(entry, FAILURE_MEMORY_MS)) void refetch(entry)
      } else {
        await withPatience(refetch(entry), signal)
      }
      return entry.keys
    },

    async newerKeysOf(issuer, used, signal) {
      const entry = cache.get(issuer)
      if (entry === undefined) return used
      if (entry.keys !== used) return entry.keys
      if (entry.refetch !== undefined || now() >= entry.refetchAllowedAt) {
        await abortable(refetch(entry), signal)
      }
      // The key may be in the set that could not be had: that is no verdict about the token.
      if (entry.failure !== undefined) throw errorOf(entry.failure, FAILURE_MEMORY_MS)
      return entry.keys
    },

    markVerified(issuer) {
      const entry = cache.get(issuer)
      if (entry === undefined || entry.verified) return
      cache.promote(entry)
      // Its first rotation need not wait; an issuer that never signed anything is not worth a second fetch.
      entry.refetchAllowedAt = 0
    },

    vouch: (issuer) => {
      cache.vouch(issuer)
    },

    close() {
      for (const fetch of fetches) fetch.abort(new StsError('issuer_unavailable'))
    },
  }

  async function firstKeys(issuer: string, signal: AbortSignal): Promise<IssuerKeys> {
    const failure = failures.get(issuer)
    if (failure !== undefined) {
      const memoryLeft = failure.at + FAILURE_MEMORY_MS - now()
      if (memoryLeft > 0) {
        observer?.lookedUp('negative')
        throw errorOf(failure, memoryLeft)
      }
      failures.delete(issuer)
    }
    observer?.lookedUp('miss')
    return firstFetches.run(issuer, signal, async (flightSignal) => {
      if (firstFetches.size >= FIRST_FETCHES_MAX) {
        throw new StsError('issuer_unavailable', { retryAfterMs: FAILURE_MEMORY_MS })
      }
      try {
        const keys = await fetchKeys(issuer, flightSignal)
        flightSignal.throwIfAborted()
        const refetchAllowedAt = now() + UNKNOWN_KEY_INTERVAL_MS
        const state = { failure: undefined, refetch: undefined, verified: false }
        cache.set({ issuer, keys, fetchedAt: now(), refetchAllowedAt, ...state })
        return keys
      } catch (thrown) {
        if (!flightSignal.aborted) failures.set(issuer, failureOf(thrown, now()))
        throw thrown
      }
    })
  }

  /** Fetches the keys of a known issuer again, or joins those who do. The old keys stay if it fails. */
  function refetch(entry: IssuerEntry): Promise<void> {
    entry.refetch ??= replaceKeys(entry).finally(() => {
      entry.refetch = undefined
    })
    return entry.refetch
  }

  async function replaceKeys(entry: IssuerEntry): Promise<void> {
    entry.refetchAllowedAt = now() + UNKNOWN_KEY_INTERVAL_MS
    try {
      entry.keys = await fetchKeys(entry.issuer)
      entry.fetchedAt = now()
      entry.failure = undefined
      if (cache.get(entry.issuer) === entry) cache.set(entry)
    } catch (thrown) {
      entry.failure = failureOf(thrown, now())
    }
  }

  async function fetchKeys(issuer: string, signal?: AbortSignal): Promise<IssuerKeys> {
    const fetch = new AbortController()
    const stop = (): void => {
      fetch.abort(signal?.reason)
    }
    fetches.add(fetch)
    signal?.addEventListener('abort', stop)
    try {
      signal?.throwIfAborted()
      const keys = await source(issuer, fetch.signal)
      observer?.fetched('ok')
      return keys
    } catch (thrown) {
      observer?.fetched(toStsError(thrown).reason)
      throw thrown
    } finally {
      fetches.delete(fetch)
      signal?.removeEventListener('abort', stop)
    }
  }

  function failedWithin(entry: IssuerEntry, ms: number): boolean {
    return entry.failure !== undefined && now() - entry.failure.at < ms
  }
}

/** Waits for `work`, which never rejects, but not for long. Rejects with the signal's reason. */
async function withPatience(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, REFETCH_PATIENCE_MS)
  })
  try {
    await abortable(Promise.race([work, patience]), signal)
  } finally {
    clearTimeout(timer)
  }
}
