import { setTimeout } from 'node:timers/promises'
import { ClientError } from './client-error.ts'

const ATTEMPTS_MAX = 4

/** Before the second attempt; doubles from one to the next. */
const RETRY_DELAY_MS = 500

/** How the time between attempts passes. */
export interface RetryOptions {
  /** Waits, in milliseconds. Default: the system's timer. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined
}

/** Makes a call that is free of effects, or the same twice as once, up to four times, while the server is in trouble. */
export async function withRetries<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pause = waitFor } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isTransient(error)) throw error
      await pause(RETRY_DELAY_MS * 2 ** (attempt - 1))
    }
  }
}

/** The system's timer. */
export async function waitFor(ms: number): Promise<void> {
  await setTimeout(ms)
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false
  if (error.kind === 'unreachable' || error.kind === 'timed_out') return true
  return error.httpStatus !== undefined && (error.httpStatus === 429 || error.httpStatus >= 500)
}
