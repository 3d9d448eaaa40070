import { StsError } from '#pkg/errors'
import { backOff } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { Delivery, DropCause, SendEvent } from './delivery.ts'
import type { PendingEvent } from './pending-event.ts'
import type { TroubleLog } from './trouble-log.ts'

/**
 * Whoever waits is told by then, in milliseconds: below the three seconds after which an exchange takes a record as
 * refused, so that no attempt is begun for a token that is being revoked.
 */
const AWAITED_MAX_MS = 2_500

/** Requests to the receiver at a time, beside those in the background. */
const IN_FLIGHT_MAX = 32

/** Events that wait for one of those. */
const WAITING_MAX = 1_000

/** Delivers events whose token is held back until the receiver has them. */
export interface AwaitedDelivery {
  /**
   * Resolves once the receiver has taken the event. After a rejection it is not sent again; it may have arrived all the
   * same if the answer was lost, which the record of the revocation then tells.
   *
   * @throws StsError `audit_refused`.
   */
  deliver(event: PendingEvent): Promise<void>
  /** Events that are not delivered yet. */
  readonly depth: number
  /** Rejects what is waiting, and all that comes. */
  close(): void
}

export interface AwaitedDeliveryOptions {
  readonly send: SendEvent
  readonly clock: Clock
  readonly random: () => number
  readonly trouble: TroubleLog
  /** Told of every event that nobody will see. Must neither throw nor wait. */
  readonly onDrop: (cause: DropCause) => void
}

export function createAwaitedDelivery(options: AwaitedDeliveryOptions): AwaitedDelivery {
  const { send, clock, random, trouble, onDrop } = options
  const closing = new AbortController()
  /** Of those who wait for a request of theirs, in the order in which they came. */
  const turns = new Set<() => void>()
  let inFlight = 0
  let depth = 0

  /** Resolves with true when another request may be made, with false when `signal` aborts before. */
  async function waitForTurn(signal: AbortSignal): Promise<boolean> {
    if (inFlight < IN_FLIGHT_MAX) {
      inFlight += 1
      return true
    }
    return new Promise<boolean>((resolve) => {
      const take = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = (): void => {
        turns.delete(take)
        resolve(false)
      }
      turns.add(take)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  function passTurn(): void {
    const [next] = turns
    if (next === undefined) {
      inFlight -= 1
    } else {
      turns.delete(next)
      next()
    }
  }

  async function attempt(event: PendingEvent, signal: AbortSignal): Promise<Delivery> {
    if (!(await waitForTurn(signal))) return { kind: 'failed', problem: 'aborted' }
    try {
      return await send(event, signal)
    } finally {
      passTurn()
    }
  }

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, end)
      signal.addEventListener('abort', end)
      function end(): void {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
    })
  }

  /** Why it was not delivered; undefined when it was. */
  async function tryUntil(event: PendingEvent, signal: AbortSignal): Promise<DropCause | undefined> {
    for (let failures = 1; ; failures++) {
      const delivery = await attempt(event, signal)
      if (delivery.kind === 'taken') {
        trouble.taken()
        return undefined
      }
      trouble.failed(delivery)
      if (delivery.kind === 'refused') return 'refused'
      if (!signal.aborted) await pause(backOff({ failures, retryAfterMs: undefined, random }), signal)
      if (signal.aborted) return closing.signal.aborted ? 'closed' : 'late'
    }
  }

  async function deliverInTime(event: PendingEvent): Promise<DropCause | undefined> {
    if (closing.signal.aborted) return 'closed'
    if (turns.size >= WAITING_MAX) return 'full'
    const ending = new AbortController()
    const end = (): void => {
      ending.abort()
    }
    const cancel = clock.after(AWAITED_MAX_MS, end)
    closing.signal.addEventListener('abort', end)
    depth += 1
    try {
      return await tryUntil(event, ending.signal)
    } finally {
      depth -= 1
      cancel()
      closing.signal.removeEventListener('abort', end)
    }
  }

  return {
    get depth() {
      return depth
    },
    async deliver(event) {
      const cause = await deliverInTime(event)
      if (cause === undefined) return
      onDrop(cause)
      throw new StsError('audit_refused', { detail: { cause } })
    },
    close() {
      closing.abort()
    },
  }
}
