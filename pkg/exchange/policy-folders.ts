import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import { keyPrefix, type FilePlace, type FileReader } from './policy-files.ts'

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
  readonly key: string
  readonly accountId: number
  /** Undefined: nothing can be told from it. */
  readonly paths: ReadonlySet<string> | undefined
  readonly until: number
}

export function createPolicyFolders({ freshForMs, now }: PolicyFoldersOptions): PolicyFolders {
  const listings = createSegmentedCache<Listing>({ maxEntries: FOLDERS_MAX, maxBytes: FOLDERS_MAX_BYTES })
  const flights = createSingleFlight<Listing>()
  /** How often something was expired: a listing that was asked for before may be from before, too. */
  let expiries = 0

  function freshListing(place: FilePlace, accountId: number): Listing | undefined {
    const listing = listings.get(keyOf(place))
    return listing?.accountId === accountId && now() < listing.until ? listing : undefined
  }

  async function list(place: FilePlace, reader: FileReader, signal: AbortSignal): Promise<Listing> {
    const before = expiries
    const paths = await reader.list({ ...place, path: folderOf(place.path) }, signal)
    const key = keyOf(place)
    const listing = { key, accountId: reader.accountId, paths, until: now() + freshForMs }
    if (expiries === before) listings.set(key, listing, bytesOf(paths))
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
      expiries += 1
      const prefix = keyPrefix(owner, repository)
      for (const { key } of [...listings.values()]) if (key.startsWith(prefix)) listings.delete(key)
    },
    forgetAll() {
      expiries += 1
      for (const { key } of [...listings.values()]) listings.delete(key)
    },
  }
}

function keyOf({ owner, repository, path }: FilePlace): string {
  return keyPrefix(owner, repository) + folderOf(path)
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function bytesOf(paths: ReadonlySet<string> | undefined): number {
  let bytes = NAME_OVERHEAD_BYTES
  for (const path of paths ?? []) bytes += NAME_OVERHEAD_BYTES + 2 * path.length
  return bytes
}
