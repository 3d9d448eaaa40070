import type { Delivery, DeliveryResult } from '../delivery/index.ts'
import { readEvent, type EventContext } from '../event/read-event.ts'
import type { StaleListener } from '../event/stale-notice.ts'
import { createDeliveryMemory } from './delivery-memory.ts'
import type { ReviewQueue } from './review-queue.ts'
import type { ReviewEnd, ReviewWait, Ticket } from './ticket.ts'

/** A delivery is answered within this, whatever its work is at: GitHub waits for 10 s. */
const ANSWER_WITHIN_MS = 8_000

/** When to come again where there was no room. */
const BUSY_RETRY_MS = 10_000

export interface DeliveryWorkerOptions {
  readonly events: EventContext
  readonly queue: Pick<ReviewQueue, 'submit'>
  /** Owners, in lower case, whose deliveries are worked. Undefined: all. */
  readonly organizations: ReadonlySet<string> | undefined
  readonly onStale: StaleListener
  readonly now: () => number
  /** Default: 8,000. */
  readonly answerWithinMs?: number
}

/**
 * Works deliveries whose signature has been verified: drops caches, asks for reviews, and says what came of it in time
 * for the sender. The work of a delivery goes on after an answer that says so.
 */
export function createDeliveryWorker(
  options: DeliveryWorkerOptions,
): (delivery: Delivery) => Promise<DeliveryResult> {
  const { events, queue, organizations, onStale, answerWithinMs = ANSWER_WITHIN_MS } = options
  const done = createDeliveryMemory(options.now)
  const underWay = new Map<string, Ticket>()

  const isServed = (owner: string | undefined): boolean =>
    owner === undefined || (organizations?.has(owner.toLowerCase()) ?? true)

  return async (delivery) => {
    if (done.has(delivery.id)) return { kind: 'done', checks: 0 }
    const { review, stale } = readEvent(delivery, events)
    const served = stale.filter(({ owner }) => isServed(owner))
    for (const notice of served) onStale(notice)
    if (!isServed(review?.target.owner) || served.length < stale.length)
      return { kind: 'ignored', reason: 'the owner is not served here' }
    if (review === undefined) return { kind: 'ignored', reason: 'there is nothing to check' }
    const ticket = underWay.get(delivery.id) ?? queue.submit(review)
    if (ticket === undefined) return { kind: 'busy', retryAfterMs: BUSY_RETRY_MS }
    underWay.set(delivery.id, ticket)
    void ticket.end.then((end) => {
      if (end.kind === 'done') done.add(delivery.id)
      underWay.delete(delivery.id)
    })
    return resultOf(await progressWithin(ticket, answerWithinMs), ticket)
  }
}

async function progressWithin(ticket: Ticket, ms: number): Promise<ReviewEnd | ReviewWait | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late')
  })
  try {
    return await Promise.race([ticket.progress, late])
  } finally {
    clearTimeout(timer)
  }
}

function resultOf(progress: ReviewEnd | ReviewWait | 'late', ticket: Ticket): DeliveryResult {
  if (progress === 'late') {
    return ticket.isHopeful() ? { kind: 'continues' } : { kind: 'failed', reason: 'deadline_passed' }
  }
  switch (progress.kind) {
    case 'done':
      return progress
    case 'given_up':
      return { kind: 'failed', reason: 'github_unavailable' }
    case 'waits':
      // Only what can be seen on GitHub counts as delivered: the rest comes again, should this process end first.
      return ticket.isHopeful()
        ? { kind: 'continues' }
        : { kind: 'failed', reason: progress.reason, retryAfterMs: progress.ms }
  }
}
