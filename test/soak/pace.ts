import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'

export interface Pace {
  /** Attempts begun a second, whether or not earlier ones have ended. */
  readonly perSecond: number
  /** Default: no end. */
  readonly atMost?: number | undefined
  /** Attempts at a time; while there are as many, the next ones wait. Default: no bound. */
  readonly atOnce?: number
  /** Ends the beginning of new attempts. */
  readonly signal: AbortSignal
}

/** Between two looks whether there is room for another attempt. */
const FULL_WAIT_MS = 5

/** Begins attempts at a fixed rate; resolves when the last one has ended. `attempt` never rejects. */
export async function pace(
  { perSecond, atMost = Infinity, atOnce = Infinity, signal }: Pace,
  attempt: (n: number) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const startedAt = performance.now()
  for (let n = 0; n < atMost; n++) {
    const earlyMs = startedAt + (n * 1000) / perSecond - performance.now()
    // Who is late must not keep everything else from happening.
    await (earlyMs > 0 ? sleep(earlyMs, signal) : nextTurn())
    while (running.size >= atOnce && !signal.aborted) await sleep(FULL_WAIT_MS, signal)
    if (signal.aborted) break
    const one = attempt(n).finally(() => running.delete(one))
    running.add(one)
  }
  await Promise.all(running)
}

/** Resolves after `ms` milliseconds, or when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}
