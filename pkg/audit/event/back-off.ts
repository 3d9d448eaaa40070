const FIRST_MS = 250
const MAX_MS = 30_000
/** A receiver that asks for more is asked earlier than it wants. */
const RETRY_AFTER_MAX_MS = 5 * 60_000

/** What the wait before the next attempt depends on. */
export interface BackOff {
  /** Attempts in a row that failed, at least 1. */
  readonly failures: number
  /** What the receiver asked for. */
  readonly retryAfterMs: number | undefined
  /** From 0 to 1. */
  readonly random: () => number
}

/** How long to wait, in milliseconds: twice as long after each failure up to 30 s, of which the half by chance. */
export function backOff({ failures, retryAfterMs, random }: BackOff): number {
  const longest = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  const own = longest * (1 + random()) * 0.5
  return Math.max(own, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS))
}
