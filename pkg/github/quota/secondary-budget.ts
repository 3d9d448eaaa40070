import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** A second more than GitHub's minute: calls do not arrive as evenly as they are sent. */
const MINUTE_MS = 61_000

/** An hour, with as much more in seconds as a call may take. */
const HOUR_MS = 3_610_000

/** 900 points a minute for one endpoint, at 5 points for a request that changes something. */
const MINTS_PER_MINUTE = 180

/** Requests that create content. */
const CONTENT_PER_MINUTE = 80
const CONTENT_PER_HOUR = 500

/** Of more installations, those that were used last are remembered. */
const INSTALLATIONS_MAX = 10_000

/** What GitHub limits besides the primary rate limit: making tokens, and making content such as check runs. */
export type SecondaryLimit = 'mint' | 'content'

/**
 * Keeps each installation below GitHub's secondary limits, which are not told in answers before they are exceeded.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export interface SecondaryBudget {
  /** Milliseconds until `take` succeeds; 0: now. */
  waitMs(limit: SecondaryLimit, installationId: number): number
  /** Counts one request, and gives 0; or, when the budget is spent, counts nothing and gives what `waitMs` does. */
  take(limit: SecondaryLimit, installationId: number): number
}

/** @param now - milliseconds since the epoch. */
export function createSecondaryBudget(now: () => number): SecondaryBudget {
  const windows: Readonly<Record<SecondaryLimit, Map<number, readonly SlidingWindow[]>>> = {
    mint: new Map(),
    content: new Map(),
  }

  function waitOf(used: readonly SlidingWindow[] | undefined, time: number): number {
    return used === undefined ? 0 : Math.max(...used.map((window) => window.waitMs(time)))
  }

  return {
    waitMs: (limit, installationId) => waitOf(windows[limit].get(installationId), now()),
    take(limit, installationId) {
      const ofLimit = windows[limit]
      const time = now()
      const used = ofLimit.get(installationId) ?? createWindows(limit)
      const wait = waitOf(used, time)
      if (wait > 0) return wait
      for (const window of used) window.count(time)
      // A map keeps its order, so the one that was not used for longest stands first.
      ofLimit.delete(installationId)
      ofLimit.set(installationId, used)
      if (ofLimit.size > INSTALLATIONS_MAX) {
        for (const oldest of ofLimit.keys()) {
          ofLimit.delete(oldest)
          break
        }
      }
      return 0
    },
  }
}

function createWindows(limit: SecondaryLimit): readonly SlidingWindow[] {
  if (limit === 'mint') return [createSlidingWindow(MINTS_PER_MINUTE, MINUTE_MS)]
  return [createSlidingWindow(CONTENT_PER_MINUTE, MINUTE_MS), createSlidingWindow(CONTENT_PER_HOUR, HOUR_MS)]
}
