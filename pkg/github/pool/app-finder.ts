import { LRUCache } from 'lru-cache'
import { StsError, toStsError } from '#pkg/errors'
import type { FindOptions } from '../installation-directory.ts'
import type { Installation, RepositoryName } from '../installation.ts'
import type { GitHubApp } from '../github-app.ts'
import type { AppCandidate } from '../quota/installation-quota.ts'
import { isGone, worseFailure } from './pool-failure.ts'

/** Once one App is found the others are waited for no longer than this, in milliseconds. */
const OTHERS_PATIENCE_MS = 500

/** An App that could not be asked is not asked again for this long, in milliseconds, or for as long as GitHub said. */
const FAILURE_PAUSE_MS = 5_000
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
  /** Those that could not be asked whether they are installed. */
  readonly unasked: readonly UnaskedApp[]
}

/** An App of which it is not known whether it is there, and why. */
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
  /** By App and owner: who could not be asked just now is not asked again by every exchange. */
  const failures = new LRUCache<string, { readonly error: StsError; readonly until: number }>({
    max: FAILURES_MAX,
  })

  async function findOne(
    app: GitHubApp,
    target: RepositoryName,
    options: FindOptions,
  ): Promise<InstalledApp> {
    const key = failureKey(app, target)
    const failed = failures.get(key)
    if (failed !== undefined && now() < failed.until) throw failed.error
    try {
      const found = installed(app, await app.findInstallation(target, options))
      failures.delete(key)
      onInstalled?.(found)
      return found
    } catch (thrown) {
      options.signal.throwIfAborted()
      const error = toStsError(thrown)
      if (!isGone(error) && error.reason !== 'miss_budget_spent') {
        leaveAlone(key, error)
      }
      throw error
    }
  }

  function leaveAlone(key: string, error: StsError): void {
    failures.set(key, { error, until: now() + (error.retryAfterMs ?? FAILURE_PAUSE_MS) })
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
        leaveAlone(failureKey(app, target), error)
      }
      const unasked = [...failed].flatMap(([{ appId }, error]) => (isGone(error) ? [] : [{ appId, error }]))
      // One that says so makes it a miss, however many cannot be asked.
      if (found.size > 0 || unasked.length === failed.size) guess.giveBack()
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

function failureKey({ appId }: GitHubApp, { owner }: RepositoryName): string {
  return `${appId} ${owner.toLowerCase()}`
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
