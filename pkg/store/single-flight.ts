import { abortable } from './abortable.ts'

/**
 * Shares one piece of work among all who ask for the same key at the same time.
 *
 * A waiter that gives up does not cancel the others; when the last one has given up, the work's
 * signal aborts. Nothing is kept after the work has ended: results belong into a cache.
 */
export interface SingleFlight<T> {
  /**
   * Joins the flight of `key`, or starts it with `work`.
   *
   * @param signal - this waiter's own; when it aborts, this call rejects with its reason.
   */
  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Whether a call of `run` would join a flight that is under way. */
  has(key: string): boolean
  /** Flights under way. */
  readonly size: number
}

interface Flight<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  waiters: number
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const end = (): void => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    const result = work(controller.signal).finally(end)
    // Every waiter may have left before the work fails; that must not be an unhandled rejection.
    result.catch(() => undefined)
    const flight: Flight<T> = { result, controller, waiters: 0 }
    flights.set(key, flight)
    return flight
  }

  return {
    get size() {
      return flights.size
    },
    has: (key) => flights.has(key),
    async run(key, signal, work) {
      signal.throwIfAborted()
      const flight = flights.get(key) ?? start(key, work)
      flight.waiters++
      try {
        return await abortable(flight.result, signal)
      } finally {
        flight.waiters--
        if (flight.waiters === 0 && flights.get(key) === flight) {
          // Nobody waits any more: whoever asks next must not join work that is being cancelled.
          flights.delete(key)
          flight.controller.abort(signal.reason)
        }
      }
    },
  }
}
