import { StsError } from '#pkg/errors'
import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import type { CacheResult } from '#pkg/telemetry'
import { refused } from './answer.ts'
import type { AppCaller } from './app-caller.ts'
import { cacheKey, readInstallation, type Installation, type RepositoryName } from './installation.ts'
import { resourcePath } from './resource-path.ts'
import { isUnanswered } from './unanswered.ts'

/** An installation is believed this long without asking again. */
const INSTALLATION_FRESH_MS = 3_600_000

/** While GitHub cannot be asked, an installation that was known is kept for as long again. */
const INSTALLATION_KEPT_MS = 2 * INSTALLATION_FRESH_MS

/** A missing or suspended installation is remembered this long. */
const ABSENCE_MS = 60_000

/** Of each part of each cache. */
const CACHE_MAX_ENTRIES = 10_000
const CACHE_MAX_BYTES = 8 * 1024 * 1024

/** A rough size of an entry, in bytes. */
const INSTALLATION_BYTES = 1024
const ABSENCE_BYTES = 256

export interface FindOptions {
  readonly signal: AbortSignal
  /** The answer is no older than this, in milliseconds, even while GitHub cannot be asked. */
  readonly maxAgeMs?: number
  /** Asks again where an installation was missing a moment ago. Default: false. */
  readonly retryAbsent?: boolean
  /**
   * Called before GitHub is asked, unless somebody else is asking the same; may throw `miss_budget_spent` to prevent it. What
   * it gives is called when there was an installation, or no answer.
   */
  readonly guess?: (() => () => void) | undefined
}

/**
 * Knows where the App is installed. An installation belongs to an owner, so one that was found through one
 * repository serves all of the owner's; whether it covers a repository shows when a token for it is minted.
 */
export interface InstallationDirectory {
  /**
   * The installation of the owner, found by one call through `target` when it is not known.
   *
   * @throws StsError `installation_missing` (also when the repository has been renamed or belongs to someone
   * else now), `installation_suspended`; a failure to ask is never an absence.
   */
  find(target: RepositoryName, options: FindOptions): Promise<Installation>
  /** Drops what is known of an owner, absence too. */
  forget(owner: string): void
  /** Keeps the entry of an owner who has been served from being displaced by others. */
  protect(owner: string): void
}

interface Absence {
  readonly key: string
  readonly owner: string
  readonly error: StsError
  readonly until: number
}

export interface InstallationDirectoryOptions {
  readonly caller: AppCaller
  readonly now: () => number
  readonly onLookup?: ((result: CacheResult) => void) | undefined
}

export function createInstallationDirectory(options: InstallationDirectoryOptions): InstallationDirectory {
  const { caller, now, onLookup } = options
  const bounds = { maxEntries: CACHE_MAX_ENTRIES, maxBytes: CACHE_MAX_BYTES }
  const installations = createSegmentedCache<Installation>(bounds)
  // By repository: with selected repositories, one that is not covered says nothing about the others.
  const absences = createSegmentedCache<Absence>(bounds)
  const flights = createSingleFlight<Installation>()

  async function lookUp(target: RepositoryName, signal: AbortSignal): Promise<Installation> {
    const { owner, repository } = target
    const answer = await caller.call({
      operation: 'find_installation',
      method: 'GET',
      path: resourcePath('repos', owner, repository, 'installation'),
      repeatable: true,
      signal,
    })
    if (answer.status === 404) throw absent(target, new StsError('installation_missing'))
    // A redirect means that the name belongs to something else now. It never changes what a token is for.
    if (answer.status >= 300 && answer.status < 400) throw absent(target, renamed())
    if (answer.status !== 200) throw refused('find_installation', answer)
    const installation = readInstallation(answer, now())
    if (cacheKey(installation.account.login) !== cacheKey(owner)) throw absent(target, renamed())
    if (installation.suspended) {
      const detail = { installation: installation.id }
      throw absent(target, new StsError('installation_suspended', { detail }))
    }
    absences.delete(cacheKey(owner, repository))
    installations.set(cacheKey(owner), installation, INSTALLATION_BYTES)
    return installation
  }

  /** Remembers that `target` cannot be served, and why. */
  function absent({ owner, repository }: RepositoryName, error: StsError): StsError {
    const key = cacheKey(owner, repository)
    absences.set(key, { key, owner: cacheKey(owner), error, until: now() + ABSENCE_MS }, ABSENCE_BYTES)
    // The suspension of an installation concerns all repositories of its owner.
    if (error.reason === 'installation_suspended') installations.delete(cacheKey(owner))
    return error
  }

  return {
    async find(target, { signal, maxAgeMs = INSTALLATION_FRESH_MS, retryAbsent = false, guess }) {
      const known = installations.get(cacheKey(target.owner))
      const age = known === undefined ? Infinity : now() - known.confirmedAt
      if (known !== undefined && age < maxAgeMs) {
        onLookup?.('hit')
        return known
      }

      const key = cacheKey(target.owner, target.repository)
      const absence = absences.get(key)
      if (absence !== undefined && now() < absence.until && !retryAbsent) {
        onLookup?.('negative')
        throw absence.error
      }
      onLookup?.(known === undefined ? 'miss' : 'stale')
      let wasNoMiss: (() => void) | undefined
      try {
        if (!flights.has(key)) wasNoMiss = guess?.()
        const installation = await flights.run(key, signal, (flight) => lookUp(target, flight))
        wasNoMiss?.()
        return installation
      } catch (error) {
        // Whoever leaves does not know; else one could ask and hang up without end.
        if (!signal.aborted && isUnanswered(error)) wasNoMiss?.()
        const kept = known !== undefined && age < INSTALLATION_KEPT_MS && maxAgeMs >= INSTALLATION_FRESH_MS
        if (kept && isOutage(error)) return known
        throw error
      }
    },
    forget(owner) {
      installations.delete(cacheKey(owner))
      for (const absence of [...absences.values()]) {
        if (absence.owner === cacheKey(owner)) absences.delete(absence.key)
      }
    },
    protect(owner) {
      installations.protect(cacheKey(owner))
    },
  }
}

function renamed(): StsError {
  return new StsError('installation_missing', { detail: { problem: 'the owner or repository was renamed' } })
}

/** Whether GitHub could not be asked, as opposed to having answered. */
function isOutage(error: unknown): boolean {
  return error instanceof StsError && (error.code === 'RATE_LIMITED' || error.code === 'UPSTREAM_UNAVAILABLE')
}
