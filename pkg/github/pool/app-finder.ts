import { LRUCache } from 'lru-cache'
import { StsError, toStsError } from '#pkg/errors'
import type { FindOptions } from '../installation-directory.ts'
import { cacheKey, type Installation, type RepositoryName } from '../installation.ts'
import type { GitHubApp } from '../github-app.ts'
import type { AppCandidate } from '../quota/installation-quota.ts'
import { isUnanswered } from '../unanswered.ts'
import { isGone, worseFailure } from './pool-failure.ts'

/** Once one App is found the others are waited for no longer than this, in milliseconds. */
const OTHERS_PATIENCE_MS = 500

/** An App that could not be asked is not asked again for this long, in milliseconds, or for as long as GitHub said. */
const FAILURE_PAUSE_MS = 5_000
/** Nobody's word keeps an App out for longer, in milliseconds; a rate limit of GitHub's ends within an hour. */
const FAILURE_PAUSE_MAX_MS = 60_000
const RATE_LIMIT_PAUSE_MAX_MS = 3_600_000
const FAILURES_MAX = 5_000

/** An App and where the owner has it installed. */
export interface InstalledApp {
  readonly app: GitHubApp
  readonly appId: string
  readonly installationId: number
  readonly installation: Installation
}

/** Where an owner has which Apps, and why the others are left out. */
export interface InstalledApps {
  /** At least one; all of one account. */
  readonly apps: readonly InstalledApp[]
  /** Those that could not be asked whether they are installed, and those that are suspended. */
  readonly unasked: readonly UnaskedApp[]
}

/** An App that may see what the others do not, and why it cannot be asked. */
export interface UnaskedApp {
  readonly appId: string
  readonly error: StsError
}

export interface AppFinder {
  /**
   * Asks every App where the owner has it installed, all at once. An owner who is not known is guessed at once, however many
   * Apps are asked.
   *
   * @throws StsError `installation_missing` or `installation_suspended` when no App is there, and the failure to ask when
   * some could not be asked: that is no absence.
   */
  find(target: RepositoryName, options: FindOptions): Promise<InstalledApps>
}

/** Told where an App is installed, whenever that is found. */
export type InstallationObserver = (app: AppCandidate) => void

export interface AppFinderOptions {
  readonly apps: readonly GitHubApp[]
  readonly onInstalled?: InstallationObserver | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export function createAppFinder({ apps, now, onInstalled }: AppFinderOptions): AppFinder {
  /** Who could not be asked just now is not asked again by every exchange. */
  const failures = new LRUCache<string, Failure>({ maxSize: FAILURES_MAX, sizeCalculation: () => 1 })

  async function findOne(
    app: GitHubApp,
    target: RepositoryName,
    options: FindOptions,
  ): Promise<InstalledApp> {
    const { ofOwner, ofRepository } = failureKeys(app, target)
    for (const key of [ofOwner, ofRepository]) {
      const failed = failures.get(key)
      if (failed !== undefined && now() < failed.until) throw waitingUntil(failed.until, failed.error)
    }
    try {
      const found = installed(app, await app.findInstallation(target, options))
      failures.delete(ofOwner)
      failures.delete(ofRepository)
      onInstalled?.(found)
      return found
    } catch (thrown) {
      options.signal.throwIfAborted()
      const error = toStsError(thrown)
      if (!isGone(error) && error.reason !== 'miss_budget_spent') {
        // A refusal may be about the one name that was asked for: whoever picks such a name must not keep out the owner.
        leaveAlone(isUnanswered(error) ? ofOwner : ofRepository, error)
      }
      throw error
    }
  }

  /** As the first caller was told, with the wait that is left of it. */
  function waitingUntil(until: number, error: StsError): StsError {
    if (error.retryAfterMs === undefined) return error
    return new StsError(error.reason, {
      detail: error.detail,
      cause: error.cause,
      retryAfterMs: Math.max(0, until - now()),
    })
  }

  function leaveAlone(key: string, error: StsError): void {
    const longest = error.reason === 'github_rate_limited' ? RATE_LIMIT_PAUSE_MAX_MS : FAILURE_PAUSE_MAX_MS
    failures.set(key, { error, until: now() + Math.min(error.retryAfterMs ?? FAILURE_PAUSE_MS, longest) })
  }

  return {
    async find(target, options) {
      const [only, ...others] = apps
      if (only !== undefined && others.length === 0) {
        return { apps: [installed(only, await only.findInstallation(target, options))], unasked: [] }
      }
      const found = new Map<GitHubApp, InstalledApp>()
      const failed = new Map<GitHubApp, StsError>()
      const guess = createSharedGuess(options.guess)
      const asked = apps.map(async (app) => {
        try {
          found.set(app, await findOne(app, target, { ...options, guess: guess.take }))
        } catch (thrown) {
          options.signal.throwIfAborted()
          failed.set(app, toStsError(thrown))
        }
      })
      await settledOrLate(asked, () => found.size > 0)
      // Who has not answered by now is not waited for by the next exchanges either.
      for (const app of apps) {
        if (found.has(app) || failed.has(app)) continue
        const error = new StsError('github_timeout')
        failed.set(app, error)
        leaveAlone(failureKeys(app, target).ofOwner, error)
      }
      const unasked = [...failed].flatMap(([{ appId }, error]) =>
        error.reason === 'installation_missing' ? [] : [{ appId, error }],
      )
      // One that says so makes it a miss, however many cannot be asked.
      if (found.size > 0 || [...failed.values()].every(isUnanswered)) guess.giveBack()
      if (found.size === 0) {
        const worst = [...failed.values()].reduce<StsError | undefined>(worseFailure, undefined)
        throw worst ?? new StsError('installation_missing')
      }
      return { apps: ofOneAccount(apps.flatMap((app) => found.get(app) ?? [])), unasked }
    },
  }
}

/** Of two accounts that had the name one after the other the newer. */
function ofOneAccount(found: readonly InstalledApp[]): readonly InstalledApp[] {
  const { account } = found
    .map(({ installation }) => installation)
    .reduce((a, b) => (b.confirmedAt > a.confirmedAt ? b : a))
  return found.filter(({ installation }) => installation.account.id === account.id)
}

/** One guess for all Apps that have to make it. */
function createSharedGuess(guess: FindOptions['guess']): {
  readonly take: NonNullable<FindOptions['guess']>
  readonly giveBack: () => void
} {
  let wasThere: (() => void) | undefined
  return {
    take() {
      wasThere ??= guess?.()
      return () => undefined
    },
    giveBack() {
      wasThere?.()
    },
  }
}

interface Failure {
  readonly error: StsError
  /** Milliseconds since the epoch. */
  readonly until: number
}

function failureKeys({ appId }: GitHubApp, { owner, repository }: RepositoryName) {
  return {
    ofOwner: `${appId} ${cacheKey(owner)}`,
    ofRepository: `${appId} ${cacheKey(owner, repository)}`,
  }
}

function installed(app: GitHubApp, installation: Installation): InstalledApp {
  return { app, appId: app.appId, installationId: installation.id, installation }
}

/** Resolves when all have settled, or when `isEnough` and some more time has passed. Rejects when one rejects. */
async function settledOrLate(works: readonly Promise<void>[], isEnough: () => boolean): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve, reject) => {
    for (const work of works) {
      work.then(() => {
        if (isEnough()) timer ??= setTimeout(resolve, OTHERS_PATIENCE_MS)
      }, reject)
    }
  })
  try {
    await Promise.race([Promise.all(works), late])
  } finally {
    clearTimeout(timer)
  }
}
