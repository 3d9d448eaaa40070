import { LRUCache } from 'lru-cache'
import { StsError } from '#pkg/errors'
import type { GitHubApp } from '../github-app.ts'
import { cacheKey, requireSameAccount, type RepositoryName } from '../installation.ts'
import type { GitHubLimits } from '../quota/github-limits.ts'
import type { RankedApp } from '../quota/rank-apps.ts'
import type { AppFinder, InstalledApp, InstalledApps } from './app-finder.ts'
import { worseFailure } from './pool-failure.ts'

const READERS_MAX = 20_000

/** One question about a repository, as each App would ask it. */
export interface PoolRead<T> {
  readonly place: RepositoryName
  readonly ask: (candidate: InstalledApp) => Promise<T>
  readonly signal: AbortSignal
}

/** The Apps that an owner was found to have. */
export interface OpenedApps extends InstalledApps {
  /** Through which they were found. */
  readonly target: RepositoryName
}

/** Reads as one what any of several Apps may be able to see. */
export interface PoolReader {
  /**
   * What the first App says that can see the repository; the others are asked only when one cannot. `unreadable`: no App
   * of the owner can, and none failed otherwise.
   *
   * @throws StsError the most telling failure.
   */
  read<T extends { readonly kind: string }>(opened: OpenedApps, read: PoolRead<T>): Promise<T>
}

export interface PoolReaderOptions {
  readonly finder: AppFinder
  readonly limits: GitHubLimits
  /** The order in which to try Apps whose answers bring figures. */
  readonly rank: (candidates: readonly InstalledApp[]) => readonly RankedApp<InstalledApp>[]
}

export function createPoolReader({ finder, limits, rank }: PoolReaderOptions): PoolReader {
  /** By repository: the App that read it last has a token for it, and its ETags. Not by `max`, which takes its room at once. */
  const readers = new LRUCache<string, string>({ maxSize: READERS_MAX, sizeCalculation: () => 1 })

  /** Whoever read before goes first, once a figure is known of everyone. */
  function order(candidates: readonly InstalledApp[], before: string | undefined): readonly InstalledApp[] {
    const ranked = rank(candidates).map(({ candidate }) => candidate)
    const reader = ranked.find(({ appId }) => appId === before)
    const isKnown = candidates.every(({ installationId }) => limits.quotaOf(installationId) !== undefined)
    if (reader === undefined || !isKnown || limits.blockedMs(reader) > 0) return ranked
    return [reader, ...ranked.filter((each) => each !== reader)]
  }

  return {
    async read<T extends { readonly kind: string }>(
      opened: OpenedApps,
      { place, ask, signal }: PoolRead<T>,
    ): Promise<T> {
      const key = cacheKey(place.owner, place.repository)
      let unreadable: T | undefined
      let worst: StsError | undefined

      /** Undefined when none of them can see it. */
      async function readBy({ apps, unasked }: InstalledApps): Promise<T | undefined> {
        // An App that could not say where it is installed may be the one that can see it.
        for (const { error } of unasked) worst = worseFailure(worst, error)
        for (const candidate of order(apps, readers.get(key))) {
          try {
            requireUnblocked(limits, candidate)
            const found = await ask(candidate)
            if (found.kind !== 'unreadable') {
              readers.set(key, candidate.appId)
              return found
            }
            unreadable = found
          } catch (error) {
            signal.throwIfAborted()
            if (!(error instanceof StsError)) throw error
            worst = worseFailure(worst, error)
          }
        }
        return undefined
      }

      const isTarget = cacheKey(place.repository) === cacheKey(opened.target.repository)
      // Elsewhere all are asked again: what kept one from being asked was about one caller, or another repository.
      const found =
        (await readBy(isTarget ? opened : { ...opened, unasked: [] })) ??
        (isTarget ? undefined : await readBy(await findOthers(opened, place, signal)))
      if (found !== undefined) return found
      // Not installed any more: that App says nothing of the repository.
      const isMissing = worst?.reason === 'installation_missing'
      if (worst !== undefined && !(isMissing && unreadable !== undefined)) throw worst
      if (unreadable === undefined) throw new StsError('installation_missing')
      return unreadable
    },
  }

  /** An App that has only some repositories is not found through one that it does not have. */
  async function findOthers(
    opened: OpenedApps,
    place: RepositoryName,
    signal: AbortSignal,
  ): Promise<InstalledApps> {
    const { apps, unasked } = await finder.find(place, { signal, retryAbsent: true })
    for (const { installation } of apps) {
      for (const known of opened.apps) requireSameAccount(known.installation, installation)
    }
    const asked = new Set<GitHubApp>(opened.apps.map(({ app }) => app))
    return { apps: apps.filter(({ app }) => !asked.has(app)), unasked }
  }
}

/**
 * Leaves an App alone that GitHub has told to wait.
 *
 * @throws StsError `github_rate_limited`
 */
export function requireUnblocked(limits: GitHubLimits, candidate: InstalledApp): void {
  const blockedMs = limits.blockedMs(candidate)
  if (blockedMs > 0) throw new StsError('github_rate_limited', { retryAfterMs: blockedMs })
}
