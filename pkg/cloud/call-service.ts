import { setTimeout } from 'node:timers/promises'
import { StsError } from '#pkg/errors'
import { withDeadline } from '#pkg/store'
import { cloudError, mayPass } from './cloud-error.ts'
import type { CloudService } from './cloud-service.ts'

/** From the first attempt to the last, pauses and the wait for credentials included. */
const CALL_TIMEOUT_MS = 5_000

const ATTEMPTS_MAX = 4

/** Before the second attempt; twice as long before each further one, and up to half as long again by chance. */
const BACKOFF_MS = 100

/** A service that wants a longer pause is not asked again: there would be no time left for its answer. */
const PAUSE_MAX_MS = 2_000

/** Resolves after `ms`; rejects when `signal` aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export interface ServiceCall {
  readonly service: CloudService
  readonly signal: AbortSignal
  /** Default: {@link sleep}. */
  readonly pause?: Pause | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
  /** Default: 5 seconds, for all attempts together. */
  readonly timeoutMs?: number | undefined
}

/**
 * What `attempt` resolves with, tried up to four times where the problem may pass by itself.
 *
 * @throws StsError of the service's reason: that of the last attempt, or `timeout` after five seconds; what the signal of the
 * call aborts with.
 */
export function callService<T>(call: ServiceCall, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { service, signal, pause = sleep, random = Math.random, timeoutMs = CALL_TIMEOUT_MS } = call
  let last: StsError | undefined
  const late = (): StsError => last ?? cloudError(service, 'timeout')

  return withDeadline({ ms: timeoutMs, signal, late }, async (shared) => {
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(shared)
      } catch (thrown) {
        shared.throwIfAborted()
        // Whatever a package throws that its adapter does not know may quote an answer, so it is no cause.
        last = thrown instanceof StsError ? thrown : cloudError(service, 'refused')
        if (attempts === ATTEMPTS_MAX || !mayPass(last)) throw last
      }
      const backoffMs = BACKOFF_MS * 2 ** (attempts - 1) * (1 + random() / 2)
      const pauseMs = Math.max(backoffMs, last.retryAfterMs ?? 0)
      if (pauseMs > PAUSE_MAX_MS) throw last
      await pause(pauseMs, shared)
    }
  })
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
