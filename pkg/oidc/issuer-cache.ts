import { createSegmentedCache } from '#pkg/store'
import type { IssuerKeys } from './key-source.ts'
import type { Failure } from './fetch-failure.ts'

/** What is known of an issuer whose keys have been fetched at least once. */
export interface IssuerEntry {
  readonly issuer: string
  keys: IssuerKeys
  /** When `keys` were fetched, in milliseconds since the epoch. */
  fetchedAt: number
  /** The last refetch, if it failed. */
  failure: Failure | undefined
  /** The refetch under way; never rejects. */
  refetch: Promise<void> | undefined
  /** From when on an unknown `kid` may cause a refetch. */
  refetchAllowedAt: number
  /** Whether a token has verified with its keys. */
  verified: boolean
}

/**
 * Issuers in three ranks that cannot push out one another: fetched only (anyone can name an issuer),
 * has verified a token (anyone can run an issuer), has served a grant.
 */
export interface IssuerCache {
  get(issuer: string): IssuerEntry | undefined
  /** Stores a new issuer, or new keys of a known one. */
  set(entry: IssuerEntry): void
  delete(issuer: string): void
  /** Raises an issuer to those that have verified a token. */
  promote(entry: IssuerEntry): void
  /** Raises an issuer that has verified a token to those that have served a grant. */
  vouch(issuer: string): void
  readonly size: number
}

/** Of each rank. */
export interface IssuerCacheLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

export function createIssuerCache(limits: IssuerCacheLimits): IssuerCache {
  const fetched = createSegmentedCache<IssuerEntry>(limits)
  const verified = createSegmentedCache<IssuerEntry>(limits)

  return {
    get size() {
      return fetched.size + verified.size
    },
    get: (issuer) => verified.get(issuer) ?? fetched.get(issuer),
    set(entry) {
      const rank = entry.verified ? verified : fetched
      rank.set(entry.issuer, entry, entry.keys.bytes)
    },
    delete(issuer) {
      fetched.delete(issuer)
      verified.delete(issuer)
    },
    promote(entry) {
      entry.verified = true
      fetched.delete(entry.issuer)
      verified.set(entry.issuer, entry, entry.keys.bytes)
    },
    vouch(issuer) {
      verified.protect(issuer)
    },
  }
}
