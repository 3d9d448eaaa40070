import { constants, type ServerHttp2Session } from 'node:http2'

import type { Connection } from './connection.ts'
import type { CutCause } from './observer.ts'

/** Streams that a peer may cancel before their answer: in a burst, and per second after that (CVE-2023-44487). */
const RESET_BURST = 300
const RESETS_PER_SECOND = 50

/** PING and SETTINGS frames; a busy gRPC client probes its bandwidth with some per second. */
const CONTROL_BURST = 500
const CONTROLS_PER_SECOND = 50

/**
 * Bytes received that no stream accounts for: frames that Node answers or drops without telling
 * (PRIORITY, WINDOW_UPDATE, empty or late DATA, unknown types).
 */
const BYTES_BURST = 512 * 1024
const BYTES_PER_SECOND = 32 * 1024
/** Headers and body of a stream at their limits, and the frames around them. */
const BYTES_PER_STREAM = 256 * 1024

/** How often the bytes received are looked at, in milliseconds. */
const BYTE_CHECK_MS = 1_000

/** Watches one HTTP/2 session for floods that cost this side more than the peer. */
export interface Http2Guard {
  /** Whether the session is about to end: what still arrives is not served. */
  readonly isCut: boolean
  streamOpened(): void
  /** A stream ended before its answer did, cancelled by the peer or for what it sent. */
  streamReset(): void
}

export interface Http2GuardOptions {
  readonly session: ServerHttp2Session
  readonly connection: Connection
  readonly now: () => number
  readonly onCut: (cause: CutCause) => void
}

/** Guards `session` until it closes. A session that floods is sent GOAWAY (ENHANCE_YOUR_CALM) and destroyed. */
export function guardHttp2Session({ session, connection, now, onCut }: Http2GuardOptions): Http2Guard {
  const { socket } = connection
  const takeReset = createBudget({ burst: RESET_BURST, perSecond: RESETS_PER_SECOND, now })
  const takeControl = createBudget({ burst: CONTROL_BURST, perSecond: CONTROLS_PER_SECOND, now })
  const takeBytes = createBudget({ burst: BYTES_BURST, perSecond: BYTES_PER_SECOND, now })
  let bytesSeen = 0
  let bytesCredited = 0
  let isCut = false

  function cut(cause: CutCause): void {
    if (isCut || session.destroyed) return
    isCut = true
    onCut(cause)
    outsideOfEvents(() => {
      if (session.destroyed) return
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      session.destroy()
    })
    // A peer that does not read keeps the GOAWAY, and with it the socket, in the queue.
    setTimeout(() => socket.destroy(), BYTE_CHECK_MS).unref()
  }
  function onControlFrame(): void {
    if (!takeControl(1)) cut('http2_control_flood')
  }
  session.on('ping', onControlFrame).on('remoteSettings', onControlFrame)

  const byteCheck = setInterval(() => {
    const received = socket.bytesRead - bytesSeen
    bytesSeen = socket.bytesRead
    const credited = Math.min(received, bytesCredited)
    bytesCredited -= credited
    if (!takeBytes(received - credited)) cut('http2_byte_flood')
  }, BYTE_CHECK_MS)
  byteCheck.unref()
  session.once('close', () => {
    clearInterval(byteCheck)
  })

  return {
    get isCut() {
      return isCut
    },
    streamOpened() {
      bytesCredited += BYTES_PER_STREAM
    },
    streamReset() {
      if (!takeReset(1)) cut('http2_reset_flood')
    },
  }
}

/**
 * Runs `end` after the events of what is being received. A session that ends within one of them is freed while
 * nghttp2 still reads from it, and the process is aborted (https://github.com/nodejs/node/issues/64850).
 */
export function outsideOfEvents(end: () => void): void {
  setImmediate(end)
}

interface BudgetOptions {
  readonly burst: number
  readonly perSecond: number
  readonly now: () => number
}

/** A token bucket: the function takes from it and says whether there was enough. */
function createBudget({ burst, perSecond, now }: BudgetOptions): (amount: number) => boolean {
  let left = burst
  let at = now()
  return (amount) => {
    const time = now()
    left = Math.min(burst, left + (Math.max(0, time - at) / 1000) * perSecond) - amount
    at = time
    return left >= 0
  }
}
