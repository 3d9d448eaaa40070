import { denialOf, StsError, toStsError } from '#pkg/errors'
import type { Exchange, ExchangeCall, ExchangeOutcome } from '#pkg/exchange'

import type { TransportObserver } from './observer.ts'

/** How long an exchange may take to come to its own end (and record) after its signal has aborted. */
const SETTLE_MS = 1_000

/**
 * Runs an exchange so that the transport never depends on its manners: a rejection is INTERNAL, and one
 * that goes on after its signal has aborted is answered without it, its late token abandoned.
 */
export async function runExchange(
  exchange: Exchange,
  call: ExchangeCall,
  observer: TransportObserver,
): Promise<ExchangeOutcome> {
  const { signal, requestId } = call
  let late = false
  const running = (async () => exchange(call))().then(
    (outcome) => {
      if (late && outcome.ok) outcome.abandon()
      return outcome
    },
    (thrown: unknown): ExchangeOutcome => {
      observer.unexpected?.(thrown, requestId)
      return { ok: false, denial: denialOf(toStsError(thrown).code) }
    },
  )

  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const overdue = new Promise<ExchangeOutcome>((resolve) => {
    onAbort = () => {
      timer = setTimeout(() => {
        late = true
        const reason: unknown = signal.reason
        resolve({
          ok: false,
          denial: denialOf(reason instanceof StsError ? reason.code : 'DEADLINE_EXCEEDED'),
        })
      }, SETTLE_MS)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([running, overdue])
  } finally {
    clearTimeout(timer)
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}
