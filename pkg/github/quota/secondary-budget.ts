import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** A second more than GitHub's minute: calls do not arrive as evenly as they are sent. */
const MINUTE_MS = 61_000

/** An hour, with as much more in seconds as a call may take. */
const HOUR_MS = 3_610_000

/** 900 points a minute for one endpoint, at 5 points for a request that changes something. */
const MINTS_PER_MINUTE = 180

/**
 * Those of the mints that may be caused by strangers' guesses, a half: who makes up repositories causes as many as he likes, and
 * the other half is left to exchanges and to policies that are known.
 */
const GUESSED_MINTS_PER_MINUTE = 90

/** Requests that create content. */
const CONTENT_PER_MINUTE = 80
const CONTENT_PER_HOUR = 500

/** Of more installations, those that were used last are remembered. */
const INSTALLATIONS_MAX = 10_000

/**
 * What GitHub limits besides the primary rate limit: making tokens, and making content such as check runs. `guessed_mint`: a
 * token to read a repository with that a stranger may have made up; it counts as a `mint` too.
 */
export type SecondaryLimit = 'mint' | 'guessed_mint' | 'content'

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
    guessed_mint: new Map(),
    content: new Map(),
  }

  function waitMs(limit: SecondaryLimit, installationId: number): number {
    const time = now()
    const used = COUNTED_IN[limit].flatMap((each) => windows[each].get(installationId) ?? [])
    return Math.max(0, ...used.map((window) => window.waitMs(time)))
  }

  function count(limit: SecondaryLimit, installationId: number): void {
    const ofLimit = windows[limit]
    const used = ofLimit.get(installationId) ?? createWindows(limit)
    for (const window of used) window.count(now())
    // A map keeps its order, so the one that was not used for longest stands first.
    ofLimit.delete(installationId)
    ofLimit.set(installationId, used)
    if (ofLimit.size <= INSTALLATIONS_MAX) return
    for (const oldest of ofLimit.keys()) {
      ofLimit.delete(oldest)
      break
    }
  }

  return {
    waitMs,
    take(limit, installationId) {
      const wait = waitMs(limit, installationId)
      if (wait === 0) for (const each of COUNTED_IN[limit]) count(each, installationId)
      return wait
    },
  }
}

/** The limits that a request uses up. */
const COUNTED_IN: Readonly<Record<SecondaryLimit, readonly SecondaryLimit[]>> = {
  mint: ['mint'],
  guessed_mint: ['guessed_mint', 'mint'],
  content: ['content'],
}

function createWindows(limit: SecondaryLimit): readonly SlidingWindow[] {
  switch (limit) {
    case 'mint':
      return [createSlidingWindow(MINTS_PER_MINUTE, MINUTE_MS)]
    case 'guessed_mint':
      return [createSlidingWindow(GUESSED_MINTS_PER_MINUTE, MINUTE_MS)]
    case 'content':
      return [
        createSlidingWindow(CONTENT_PER_MINUTE, MINUTE_MS),
        createSlidingWindow(CONTENT_PER_HOUR, HOUR_MS),
      ]
  }
}
