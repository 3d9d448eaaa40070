import { setTimeout } from 'node:timers/promises'

/** Waits `ms` milliseconds, or rejects with the reason of `signal` when that aborts first. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export const pause: Pause = async (ms, signal) => {
  try {
    await setTimeout(ms, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
