import type { GitHubApp } from '#pkg/github'
import type { Delivery, DeliveryResult, Validator } from '#pkg/webhook'

/** The validators of all Apps, as one: each works what GitHub delivers to its App. */
export interface Validators extends Pick<Validator, 'work' | 'start' | 'stop' | 'depth'> {
  /** Takes over which Apps there are now: those that are gone finish what is in hand within `graceMs`. */
  refresh(graceMs: number): void
}

/** @param create - makes the validator of an App; it is kept as long as the App is. */
export function createValidators(
  apps: () => readonly GitHubApp[],
  create: (app: GitHubApp) => Validator,
): Validators {
  const made = new Map<GitHubApp, Validator>()
  const leaving = new Set<Promise<void>>()
  let isStarted = false

  function validatorOf(app: GitHubApp): Validator {
    const known = made.get(app)
    if (known !== undefined) return known
    const validator = create(app)
    made.set(app, validator)
    if (isStarted) validator.start()
    return validator
  }

  function current(): readonly Validator[] {
    return apps().map(validatorOf)
  }

  /** A delivery names its App by number. With one App it is that one's, whatever the header says: the secret is its own. */
  function appOf({ targetId }: Delivery): GitHubApp | undefined {
    const [only, ...others] = apps()
    if (others.length === 0) return only
    return targetId === undefined ? undefined : apps().find(({ numericId }) => numericId === targetId)
  }

  function whoseIsIt({ targetId }: Delivery): DeliveryResult {
    const isUnsure = targetId !== undefined && apps().some(({ numericId }) => numericId === undefined)
    // GitHub has not told the number of every App yet: it delivers again what is refused.
    return isUnsure
      ? { kind: 'failed', reason: 'github_unavailable' }
      : { kind: 'ignored', reason: 'not of an App that is served here' }
  }

  return {
    async work(delivery): Promise<DeliveryResult> {
      const app = appOf(delivery)
      return app === undefined ? whoseIsIt(delivery) : await validatorOf(app).work(delivery)
    },
    start() {
      isStarted = true
      for (const validator of current()) validator.start()
    },
    refresh(graceMs) {
      current()
      const kept = new Set(apps())
      for (const [app, validator] of made) {
        if (kept.has(app)) continue
        // The App may be named again before the end.
        made.delete(app)
        const end = validator.stop(graceMs).finally(() => leaving.delete(end))
        leaving.add(end)
      }
    },
    async stop(graceMs) {
      await Promise.all([...leaving, ...[...made.values()].map((validator) => validator.stop(graceMs))])
    },
    get depth() {
      let depth = 0
      for (const validator of made.values()) depth += validator.depth
      return depth
    },
  }
}
