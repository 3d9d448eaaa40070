/** A clock that stands until it is moved, and the timers on it. */
export interface VirtualClock {
  readonly now: () => number
  /** As `ReviewQueueOptions.schedule`. */
  readonly schedule: (ms: number, run: () => void) => () => void
  /** Milliseconds until each timer is due, soonest first. */
  readonly due: () => readonly number[]
  /** Moves on, and runs what is due by then, in its order. */
  readonly advance: (ms: number) => void
  /** Moves on to the next timer and runs it; false when there is none. */
  readonly next: () => boolean
}

export function createVirtualClock(start = Date.parse('2026-08-01T12:00:00Z')): VirtualClock {
  interface Timer {
    readonly at: number
    readonly run: () => void
  }
  let time = start
  const timers = new Set<Timer>()
  const sorted = (): readonly Timer[] => [...timers].sort((a, b) => a.at - b.at)

  function advance(ms: number): void {
    const end = time + ms
    for (;;) {
      const [timer] = sorted()
      if (timer === undefined || timer.at > end) break
      timers.delete(timer)
      time = Math.max(time, timer.at)
      timer.run()
    }
    time = end
  }

  return {
    now: () => time,
    schedule(ms, run) {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    due: () => sorted().map(({ at }) => at - time),
    advance,
    next() {
      const [timer] = sorted()
      if (timer === undefined) return false
      advance(Math.max(0, timer.at - time))
      return true
    },
  }
}
