import type { Socket } from 'node:net'

import type { HttpLimits } from './limits.ts'
import type { CutCause, TransportObserver } from './observer.ts'

/** How long the peer of a connection that is being closed may take to close its side, in milliseconds. */
const GOODBYE_MS = 1_000

/** One request on a connection. Every method may be called more than once. */
export interface RequestSlot {
  /** Milliseconds left for receiving the request. */
  readonly receiveMs: number
  /** The request is complete: from now on the connection is not closed to make room. */
  received(): void
  /** The request is answered, or its caller is gone. */
  ended(): void
}

/**
 * `new` until a first request has been received completely; then `busy` while a received request is
 * unanswered, else `idle`.
 */
export type ConnectionState = 'new' | 'busy' | 'idle'

export interface Connection {
  readonly socket: Socket
  /** Requests that have begun and not ended. */
  readonly requests: number
  readonly state: ConnectionState
  /** Takes note of a request; `onClosed` is called if the connection closes before the request has ended. */
  begin(onClosed?: () => void): RequestSlot
  /** How the connection is closed when nothing is to be cut off: at once, unless its protocol can say goodbye. */
  closeGently: () => void
}

export interface ConnectionOptions {
  readonly socket: Socket
  readonly limits: HttpLimits
  readonly observer: TransportObserver
  readonly now: () => number
  readonly onState: (state: ConnectionState) => void
}

/** Follows a connection through its requests, and closes it when the first or the next one is overdue. */
export function followConnection({ socket, limits, observer, now, onState }: ConnectionOptions): Connection {
  const openedAt = now()
  const { firstRequestMs, firstBodyMs = firstRequestMs } = limits
  const requests = new Map<RequestSlot, (() => void) | undefined>()
  let state: ConnectionState = 'new'
  let answering = 0

  // One timer for both phases: until the first request, then between requests.
  let timer = setTimeout(() => {
    if (requests.size === 0) cut('first_request_overdue')
  }, firstRequestMs)

  // A request may be under way at this moment: only a goodbye tells the peer that it can be sent again elsewhere.
  function cut(cause: CutCause): void {
    observer.cut?.(cause)
    connection.closeGently()
    // A goodbye that the peer does not answer leaves the socket half open.
    timer = setTimeout(() => socket.destroy(), GOODBYE_MS)
  }
  function become(next: ConnectionState): void {
    if (state === 'new') {
      clearTimeout(timer)
      timer = setTimeout(onIdle, limits.idleMs)
    }
    state = next
    onState(next)
  }
  function onIdle(): void {
    if (requests.size === 0) cut('idle')
  }

  function begin(onClosed?: () => void): RequestSlot {
    let progress: 'begun' | 'received' | 'ended' = 'begun'
    const slot: RequestSlot = {
      receiveMs: state === 'new' ? Math.max(1, openedAt + firstBodyMs - now()) : limits.requestMs,
      received() {
        if (progress !== 'begun') return
        progress = 'received'
        answering += 1
        if (state !== 'busy') become('busy')
      },
      ended() {
        if (progress === 'ended') return
        if (progress === 'received') answering -= 1
        progress = 'ended'
        requests.delete(slot)
        if (socket.destroyed) return
        if (state === 'new') {
          if (requests.size === 0 && now() >= openedAt + firstRequestMs) cut('first_request_overdue')
          return
        }
        timer.refresh()
        if (state === 'busy' && answering === 0) become('idle')
      },
    }
    requests.set(slot, onClosed)
    return slot
  }

  const connection: Connection = {
    socket,
    get requests() {
      return requests.size
    },
    get state() {
      return state
    },
    begin,
    closeGently: () => {
      if (requests.size === 0) socket.destroy()
    },
  }
  socket.once('close', () => {
    clearTimeout(timer)
    for (const onClosed of [...requests.values()]) onClosed?.()
  })
  return connection
}
