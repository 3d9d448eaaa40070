/** At most so many events within any `windowMs`. */
export interface SlidingWindow {
  /** Milliseconds until one more event is allowed; 0: now. */
  waitMs(time: number): number
  /** Counts an event at `time`, which `waitMs` has allowed. */
  count(time: number): void
}

/**
 * Exact: remembers the time of each of the last `limit` events, so memory is bounded by the limit, and grows only with use.
 *
 * @param limit - positive.
 */
export function createSlidingWindow(limit: number, windowMs: number): SlidingWindow {
  const times: number[] = []
  /** Where the oldest of `limit` events stands, which the next one takes. */
  let next = 0

  return {
    waitMs(time) {
      const oldest = times[next]
      if (oldest === undefined) return 0
      // A clock set back would make it longer than a window.
      return Math.min(windowMs, Math.max(0, oldest + windowMs - time))
    },
    count(time) {
      times[next] = time
      next = (next + 1) % limit
    },
  }
}
