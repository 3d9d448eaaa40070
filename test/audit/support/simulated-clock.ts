import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../../pkg/audit/event/clock.ts'

/** Time that passes when a test says so. */
export interface SimulatedClock extends Clock {
  /** Lets `ms` milliseconds pass; what is due runs in its order, with all that follows from it. */
  pass(ms: number): Promise<void>
  /** Timers that are set. */
  readonly timers: number
}

export function createSimulatedClock(start = Date.parse('2026-01-01T00:00:00Z')): SimulatedClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = start

  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    get timers() {
      return timers.size
    },
    async pass(ms) {
      const end = now + ms
      for (;;) {
        await setImmediate()
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        now = Math.max(now, next.at)
        timers.delete(next)
        next.run()
      }
      now = end
      await setImmediate()
    },
  }
}
