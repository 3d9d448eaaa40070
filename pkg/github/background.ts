import { setMaxListeners } from 'node:events'

/** Work that goes on after an answer, such as revoking a token. Its end can be waited for at shutdown. */
export interface Background {
  /** Starts `task` and gives its result; its signal aborts when the time for shutting down is over. */
  run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Waits until everything has ended, but at most `graceMs`. */
  drain(graceMs: number): Promise<void>
}

export function createBackground(): Background {
  const controller = new AbortController()
  // At shutdown thousands of tokens are revoked under this one signal; that is no leak.
  setMaxListeners(0, controller.signal)
  const tasks = new Set<Promise<unknown>>()
  return {
    async run(task) {
      const running = task(controller.signal)
      tasks.add(running)
      try {
        return await running
      } finally {
        tasks.delete(running)
      }
    },
    async drain(graceMs) {
      const timer = setTimeout(() => {
        controller.abort()
      }, graceMs)
      // A task may start another one as it ends.
      while (tasks.size > 0) await Promise.allSettled(tasks)
      clearTimeout(timer)
    },
  }
}
