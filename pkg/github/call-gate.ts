import { StsError } from '#pkg/errors'

/**
 * Calls under way at once, over all Apps.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export const CALLS_MAX = 100

/** Calls that may wait: more than could begin within the time of a call, unless GitHub is quick. */
const WAITING_MAX = 4_000

/** Of these for one owner, so that there is room for others. */
const WAITING_MAX_PER_OWNER = 1_000

/** After a refusal; by then most of the queue has moved on. */
const REFUSED_RETRY_MS = 1_000

/** A call that wants to begin. */
export interface GateTicket {
  /** Whose turn it takes, without regard to case; undefined: the turn that all the others share. */
  readonly owner: string | undefined
  /** False for what must not be lost, such as revoking a token: it waits beside the bounds. */
  readonly refusable: boolean
  /** The longest wait, in milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Lets at most 100 calls to GitHub be under way. Owners that wait take turns, whatever their numbers. */
export interface CallGate {
  /**
   * Undefined when the call may begin at once; else a promise of the time left to it, in milliseconds. `leave` is called once
   * for each that began.
   *
   * @throws StsError `overloaded` when too many wait. The promise rejects with StsError `github_timeout` when the time has
   * passed, and with the reason of the signal when it aborts; either leaves the queue at once.
   */
  enter(ticket: GateTicket): Promise<number> | undefined
  leave(): void
  /** Calls under way. */
  readonly inFlight: number
  /** Calls that wait. */
  readonly waiting: number
}

/** @param now - milliseconds since the epoch. */
export function createCallGate(now: () => number): CallGate {
  /** In the order of their turns; none is empty. A set keeps its order, and is left in one step from anywhere. */
  const queues = new Map<string, Set<() => void>>()
  let inFlight = 0
  let waiting = 0
  let refusable = 0

  function wait(ticket: GateTicket, owner: string, queue: Set<() => void>): Promise<number> {
    const { signal, timeoutMs } = ticket
    const since = now()
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        queue.delete(begin)
        if (queue.size === 0) queues.delete(owner)
        waiting--
        if (ticket.refusable) refusable--
      }
      const begin = (): void => {
        leaveQueue()
        resolve(Math.max(1, timeoutMs - Math.max(0, now() - since)))
      }
      const onAbort = (): void => {
        leaveQueue()
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the owner's own error
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        leaveQueue()
        reject(new StsError('github_timeout', { detail: { sent: false, problem: 'waited for other calls' } }))
      }, timeoutMs)
      signal.addEventListener('abort', onAbort)
      queue.add(begin)
      queues.set(owner, queue)
      waiting++
      if (ticket.refusable) refusable++
    })
  }

  return {
    get inFlight() {
      return inFlight
    },
    get waiting() {
      return waiting
    },
    enter(ticket) {
      if (inFlight < CALLS_MAX) {
        inFlight++
        return undefined
      }
      ticket.signal.throwIfAborted()
      // No owner's name is empty, and what may not be refused fills nobody's queue.
      const owner = ticket.refusable ? (ticket.owner ?? '').toLowerCase() : ' '
      const queue = queues.get(owner) ?? new Set()
      if (ticket.refusable && (refusable >= WAITING_MAX || queue.size >= WAITING_MAX_PER_OWNER)) {
        throw new StsError('overloaded', { retryAfterMs: REFUSED_RETRY_MS })
      }
      return wait(ticket, owner, queue)
    },
    leave() {
      for (const [owner, queue] of queues) {
        // To the end of the line, until its next turn.
        queues.delete(owner)
        queues.set(owner, queue)
        for (const begin of queue) {
          // Its place goes straight to the next, so nobody who comes now gets ahead.
          begin()
          return
        }
      }
      inFlight--
    },
  }
}
