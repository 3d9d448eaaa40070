import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import { createExpiries } from './expiries.ts'
import type { FilePlace, FileReader } from './policy-files.ts'

/** The listing of one folder, until it is told anew: of the folders of repositories in which something was missed. */
const FOLDERS_MAX = 5_000
const FOLDERS_MAX_BYTES = 16 * 1024 * 1024
const NAME_OVERHEAD_BYTES = 64
const LISTING_TIMEOUT_MS = 10_000

/**
 * What is in the folders of policies. After the first name that is not there the folder is listed once, and further names
 * are answered from the listing: whoever makes up identities costs one call, however many they are.
 *
 * A listing proves only that something is absent; what it has is read as always.
 */
export interface PolicyFolders {
  /** `unknown`: there is no fresh listing, or none that is complete. */
  lookUp(place: FilePlace, accountId: number): 'listed' | 'absent' | 'unknown'
  /** `place` was not there: has its folder listed behind the caller's back, unless that was done just now. */
  missed(place: FilePlace, reader: FileReader): void
  /** Forgets what is known of a repository, or of all of an owner. */
  expire(owner: string, repository?: string): void
  forgetAll(): void
}

export interface PolicyFoldersOptions {
  /** How long a listing counts, in milliseconds. */
  readonly freshForMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

interface Listing {
  readonly accountId: number
  /** Undefined: nothing can be told from it. */
  readonly paths: ReadonlySet<string> | undefined
  readonly until: number
  /** When it was asked for: see `Expiries.moment`. */
  readonly moment: number
}

export function createPolicyFolders({ freshForMs, now }: PolicyFoldersOptions): PolicyFolders {
  const listings = createSegmentedCache<Listing>({ maxEntries: FOLDERS_MAX, maxBytes: FOLDERS_MAX_BYTES })
  const flights = createSingleFlight<Listing>()
  const expiries = createExpiries()

  function freshListing(place: FilePlace, accountId: number): Listing | undefined {
    const listing = listings.get(keyOf(place))
    if (listing?.accountId !== accountId || now() >= listing.until) return undefined
    return expiries.isExpired(place.owner, place.repository, listing.moment) ? undefined : listing
  }

  async function list(place: FilePlace, reader: FileReader, signal: AbortSignal): Promise<Listing> {
    const moment = expiries.moment()
    const paths = await reader.list({ ...place, path: folderOf(place.path) }, signal)
    const listing = { accountId: reader.accountId, paths, until: now() + freshForMs, moment }
    listings.set(keyOf(place), listing, bytesOf(paths))
    return listing
  }

  return {
    lookUp(place, accountId) {
      const paths = freshListing(place, accountId)?.paths
      if (paths === undefined) return 'unknown'
      return paths.has(place.path) ? 'listed' : 'absent'
    },
    missed(place, reader) {
      if (freshListing(place, reader.accountId) !== undefined) return
      const signal = AbortSignal.timeout(LISTING_TIMEOUT_MS)
      // A failure tells nothing; the next miss asks again.
      flights
        .run(`${reader.accountId} ${keyOf(place)}`, signal, (shared) => list(place, reader, shared))
        .catch(() => undefined)
    },
    expire(owner, repository) {
      expiries.expire(owner, repository)
    },
    forgetAll() {
      expiries.expireAll()
    },
  }
}

function keyOf({ owner, repository, path }: FilePlace): string {
  return `${owner}/${repository}/`.toLowerCase() + folderOf(path)
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function bytesOf(paths: ReadonlySet<string> | undefined): number {
  let bytes = NAME_OVERHEAD_BYTES
  for (const path of paths ?? []) bytes += NAME_OVERHEAD_BYTES + 2 * path.length
  return bytes
}
