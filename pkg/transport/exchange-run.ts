import { denialOf, StsError, toStsError, type ErrorCode } from '#pkg/errors'
import type { Exchange, ExchangeCall, ExchangeOutcome } from '#pkg/exchange'

import type { TransportObserver } from './observer.ts'

/** How long an exchange may take to come to its own end (and record) after its signal has aborted. */
const SETTLE_MS = 1_000

/**
 * Runs an exchange so that the transport never depends on its manners: a rejection is INTERNAL, and one
 * that goes on after its signal has aborted is answered without it, its late token abandoned.
 */
export function runExchange(
  exchange: Exchange,
  call: ExchangeCall,
  observer: TransportObserver,
): Promise<ExchangeOutcome> {
  const { signal, requestId } = call
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    let late = false
    function giveUp(): void {
      late = true
      const reason: unknown = signal.reason
      resolve(denied(reason instanceof StsError ? reason.code : 'DEADLINE_EXCEEDED'))
    }
    function onAbort(): void {
      timer = setTimeout(giveUp, SETTLE_MS)
    }
    function end(outcome: ExchangeOutcome): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      if (late && outcome.ok) outcome.abandon()
      resolve(outcome)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
    // Whatever it throws, even at once, is a rejection.
    const running = (async () => exchange(call))()
    running.then(end, (thrown: unknown) => {
      observer.unexpected?.(thrown, requestId)
      end(denied(toStsError(thrown).code))
    })
  })
}

function denied(code: ErrorCode): ExchangeOutcome {
  return { ok: false, denial: denialOf(code) }
}
