import { setImmediate } from 'node:timers/promises'

/**
 * Lets pieces of work that take the process come one after another, each in a round of the event loop of its own: what
 * else is to be done gets its turn in between, however many wait. Compiling the worst policy takes some 150 ms.
 */
export function createTurns(): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return async () => {
    const turn = last.then(() => setImmediate())
    last = turn
    await turn
  }
}
