import { backOff } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { DropCause, SendEvent } from './delivery.ts'
import { createEventQueue, type EventQueue, type QueuedEvent, type QueueLimits } from './event-queue.ts'
import type { PendingEvent } from './pending-event.ts'
import type { TroubleLog } from './trouble-log.ts'

/** Requests to the receiver at a time. */
const IN_FLIGHT_MAX = 8

/** An event that nobody has taken by then is dropped, in milliseconds. */
const AGE_MAX_MS = 60 * 60_000

/** A busy service's grants of some minutes. */
const GRANTS: QueueLimits = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 }
/** Anyone can cause these. */
const DENIALS: QueueLimits = { maxEntries: 2_000, maxBytes: 4 * 1024 * 1024 }

/** Delivers events behind the caller's back, again and again until they are taken or too old. */
export interface BackgroundDelivery {
  /** Queues an event, which is made only when there is room for it. */
  offer(kind: 'grant' | 'denial', create: () => PendingEvent): void
  /** Events that are not delivered yet. */
  readonly depth: number
  /** Takes no more, delivers what it can within `graceMs` milliseconds and drops the rest. Never rejects. */
  close(graceMs: number): Promise<void>
}

export interface BackgroundDeliveryOptions {
  readonly send: SendEvent
  readonly clock: Clock
  readonly random: () => number
  readonly trouble: TroubleLog
  /** Told of every event that nobody will see. Must neither throw nor wait. */
  readonly onDrop: (cause: DropCause) => void
}

/**
 * Grants and denials have a queue each, so that no flood of denials costs a grant's event, and grants go first. While
 * the receiver fails, one event at a time asks whether it is back, at growing intervals.
 */
export function createBackgroundDelivery(options: BackgroundDeliveryOptions): BackgroundDelivery {
  const { send, clock, random, trouble, onDrop } = options
  const queues = { grant: createEventQueue(GRANTS), denial: createEventQueue(DENIALS) }
  const closing = new AbortController()
  let isClosed = false
  const underWay = new Set<Promise<void>>()
  /** Failures in a row; those of attempts that were under way at the same time count once. */
  let failures = 0
  let pausedUntil = 0
  let cancelTimer: (() => void) | undefined
  let onIdle: (() => void) | undefined

  function drop(queue: EventQueue, entry: QueuedEvent, cause: DropCause): void {
    queue.release(entry)
    onDrop(cause)
  }

  function dropOld(queue: EventQueue): void {
    const limit = clock.now() - AGE_MAX_MS
    while ((queue.firstSince ?? limit) < limit) {
      const entry = queue.take()
      if (entry !== undefined) drop(queue, entry, 'too_old')
    }
  }

  function takeNext(): readonly [EventQueue, QueuedEvent] | undefined {
    for (const queue of [queues.grant, queues.denial]) {
      dropOld(queue)
      const entry = queue.take()
      if (entry !== undefined) return [queue, entry]
    }
    return undefined
  }

  /** Begins what may be sent now, and comes back when more may be. */
  function pump(): void {
    while (!closing.signal.aborted && depth() > 0 && underWay.size < (failures > 0 ? 1 : IN_FLIGHT_MAX)) {
      const pauseMs = pausedUntil - clock.now()
      if (pauseMs > 0) {
        cancelTimer ??= clock.after(pauseMs, () => {
          cancelTimer = undefined
          pump()
        })
        return
      }
      const next = takeNext()
      if (next === undefined) break
      const delivery = deliver(...next).finally(() => {
        underWay.delete(delivery)
        pump()
      })
      underWay.add(delivery)
    }
    if (depth() === 0) onIdle?.()
  }

  async function deliver(queue: EventQueue, entry: QueuedEvent): Promise<void> {
    const delivery = await send(entry.event, closing.signal)
    if (delivery.kind === 'failed') {
      trouble.failed(delivery)
      if (clock.now() >= pausedUntil) {
        failures += 1
        pausedUntil = clock.now() + backOff({ failures, retryAfterMs: delivery.retryAfterMs, random })
      }
      if (closing.signal.aborted) drop(queue, entry, 'closed')
      else queue.putBack(entry)
    } else {
      failures = 0
      if (delivery.kind === 'taken') {
        queue.release(entry)
        trouble.taken()
      } else {
        trouble.failed(delivery)
        drop(queue, entry, 'refused')
      }
    }
  }

  function depth(): number {
    return queues.grant.size + queues.denial.size
  }

  function stopWaiting(): void {
    cancelTimer?.()
    cancelTimer = undefined
  }

  function dropAll(): void {
    for (const queue of [queues.grant, queues.denial]) {
      for (let entry = queue.take(); entry !== undefined; entry = queue.take()) drop(queue, entry, 'closed')
    }
  }

  return {
    get depth() {
      return depth()
    },
    offer(kind, create) {
      const queue = queues[kind]
      if (isClosed) {
        onDrop('closed')
        return
      }
      if (!queue.hasRoom) dropOld(queue)
      if (!queue.hasRoom || !queue.push(create(), clock.now())) {
        onDrop('full')
        return
      }
      pump()
    },
    async close(graceMs) {
      isClosed = true
      // One more attempt at once: there may be no later one.
      pausedUntil = 0
      stopWaiting()
      await new Promise<void>((resolve) => {
        const cancel = clock.after(graceMs, resolve)
        onIdle = () => {
          cancel()
          resolve()
        }
        pump()
      })
      stopWaiting()
      closing.abort()
      dropAll()
      await Promise.all(underWay)
    },
  }
}
