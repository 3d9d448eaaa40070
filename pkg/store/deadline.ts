import { abortable } from './abortable.ts'

export interface Deadline {
  /** Milliseconds until `work` is given up. */
  readonly ms: number
  /** Ends it before that. */
  readonly signal: AbortSignal
  /** Makes what it is rejected with when the time has passed. */
  readonly late: () => unknown
}

/**
 * What `work` resolves with, or a rejection when its time has passed or `signal` aborts; its own signal aborts then.
 *
 * `AbortSignal.any` is used nowhere: the garbage collector takes a time-out in it before it fires, and on Node 24 and 26
 * sources that have aborted (https://github.com/nodejs/node/issues/57736, https://github.com/nodejs/node/issues/65995).
 */
export async function withDeadline<T>(
  { ms, signal, late }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort(signal.reason)
  }
  const timer = setTimeout(() => {
    controller.abort(late())
  }, ms)
  signal.addEventListener('abort', stop)
  try {
    return await abortable(work(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
