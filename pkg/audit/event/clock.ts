/** Time, so that an hour of it can pass in a test. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` after `ms` milliseconds, unless what is returned is called before. */
  after(ms: number, run: () => void): () => void
}

export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => {
      clearTimeout(timer)
    }
  },
} satisfies Clock)
