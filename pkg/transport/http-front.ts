import type { Socket } from 'node:net'

import type { BodyBudget } from './body-budget.ts'
import { createConnectionPool } from './connection-pool.ts'
import type { Connection } from './connection.ts'
import { createHttp1Server } from './http1-server.ts'
import type { HttpHandler } from './http-message.ts'
import type { HttpLimits } from './limits.ts'
import type { TransportObserver } from './observer.ts'
import { sniffProtocol } from './protocol-sniff.ts'

/**
 * Connections that the system holds for us until they are accepted; it may cut this to a bound of its own. Node accepts
 * few in a turn of its event loop, and those of health checks stand in the same queue.
 */
const BACKLOG = 4_096

export interface HttpFrontOptions {
  /** Undefined: all addresses. */
  readonly host: string | undefined
  /** 0 for any free port. */
  readonly port: number
  readonly limits: HttpLimits
  readonly observer: TransportObserver
  readonly randomUUID: () => string
  readonly now: () => number
  readonly handle: HttpHandler
  /** Takes over a connection that starts with the HTTP/2 preface; undefined: such a one is refused. */
  readonly serveHttp2?: (connection: Connection) => void
  /** What the bodies of all requests may occupy over HTTP/1.1; undefined: each one has its own bound only. */
  readonly bodies?: BodyBudget
}

/** A port, and the connections on it. */
export interface HttpFront {
  /** Resolves with the port that is listened on; rejects when it cannot be had. */
  listen(): Promise<number>
  /** Whether it has been told to. */
  readonly isDraining: boolean
  /** Answers over HTTP/1.1 end their connection from now on, and readiness that asks for `isDraining` turns. */
  drain(): void
  /** Stops accepting, finishes what is in flight, and after `graceMs` cuts what is left. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** Accepts connections, bounds them in number and time, and has their requests handled. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  const { limits, observer, randomUUID, now, handle, serveHttp2, bodies } = options
  let draining = false
  const pool = createConnectionPool({ limits, observer, now })
  const http1 = createHttp1Server({
    service: { limits, observer, randomUUID },
    handle,
    connectionOf: (socket) => pool.connectionOf(socket),
    isDraining: () => draining,
    bodies,
  })

  const [serveHttp1] = http1.listeners('connection')
  http1.removeAllListeners('connection')
  http1.on('connection', (socket: Socket) => {
    const connection = pool.admit(socket)
    if (connection === undefined) return
    if (serveHttp2 === undefined) {
      serveHttp1?.call(http1, socket)
      return
    }
    sniffProtocol(socket, (protocol) => {
      if (protocol === 'http1') {
        serveHttp1?.call(http1, socket)
        return
      }
      // An HTTP/1.1 server's sockets stay open when their peer has gone, an HTTP/2 server's do not.
      socket.allowHalfOpen = false
      serveHttp2(connection)
    })
  })

  return {
    get isDraining() {
      return draining
    },
    async listen() {
      await new Promise<void>((resolve, reject) => {
        http1.once('error', reject)
        http1.listen({ port: options.port, host: options.host, backlog: BACKLOG }, () => {
          http1.off('error', reject)
          // From now on: a connection that could not be accepted.
          http1.on('error', (error) => observer.unexpected?.(error))
          resolve()
        })
      })
      const address = http1.address()
      return typeof address === 'object' && address !== null ? address.port : options.port
    },
    drain() {
      draining = true
    },
    async close({ graceMs }) {
      draining = true
      const closed = new Promise((resolve) => http1.close(resolve))
      pool.closeGently()
      const cut = setTimeout(() => {
        pool.destroyAll()
      }, graceMs)
      await Promise.all([closed, pool.emptied()])
      clearTimeout(cut)
    },
  }
}
