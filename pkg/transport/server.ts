import { randomUUID as nodeRandomUUID } from 'node:crypto'
import type { Socket } from 'node:net'

import { loadWireDefinition } from '#pkg/wire'

import { createConnectionPool } from './connection-pool.ts'
import { createGrpcServer } from './grpc-server.ts'
import { createHttp1Server } from './http1-server.ts'
import { createHttp2Front } from './http2-front.ts'
import { createHttpHandler } from './http-routes.ts'
import { DEFAULT_LIMITS, type TransportLimits } from './limits.ts'
import { sniffProtocol } from './protocol-sniff.ts'
import type { ServiceContext } from './service.ts'

/**
 * Connections that the system holds for us until they are accepted; it may cut this to a bound of its own. Node accepts
 * few in a turn of its event loop, and those of health checks stand in the same queue.
 */
const BACKLOG = 4_096

export interface ServerOptions
  extends
    Pick<ServiceContext, 'exchange' | 'readiness' | 'domain' | 'documentationUrl'>,
    Partial<Pick<ServiceContext, 'observer' | 'trustedHops' | 'randomUUID' | 'now'>> {
  /** Default: all addresses. */
  readonly host?: string | undefined
  /** 0 for any free port. */
  readonly port: number
  /** gRPC server reflection. Default: false. */
  readonly reflection?: boolean
  /** Default: `DEFAULT_LIMITS`. */
  readonly limits?: Partial<TransportLimits>
}

export interface StsServer {
  /** Resolves with the port that is listened on; rejects when it cannot be had. */
  listen(): Promise<number>
  /** Readiness and health turn, and answers over HTTP/1.1 end their connection; requests are still served. */
  drain(): void
  /** Drains, stops accepting, finishes what is in flight, and after `graceMs` cuts what is left. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/**
 * The service on one port: gRPC, JSON over HTTP/1.1 and JSON over cleartext HTTP/2. The HTTP/1.1 server
 * owns the port, and a connection that starts with the HTTP/2 preface goes to grpc-js through its injector.
 */
export function createServer(options: ServerOptions): StsServer {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { observer = {}, trustedHops = 0, randomUUID = nodeRandomUUID, now = Date.now } = options
  let draining = false
  const service: ServiceContext = {
    exchange: options.exchange,
    domain: options.domain,
    documentationUrl: options.documentationUrl,
    readiness: () => {
      try {
        const { ready, detail } = options.readiness()
        return draining ? { ready: false, detail: { ...detail, draining } } : { ready, detail }
      } catch (thrown) {
        // Health, drain and close must go on working.
        observer.unexpected?.(thrown)
        return { ready: false, detail: {} }
      }
    },
    trustedHops,
    definition: loadWireDefinition(),
    limits,
    observer,
    randomUUID,
    now,
  }
  const pool = createConnectionPool({ limits, observer, now })
  const handle = createHttpHandler(service)
  const grpc = createGrpcServer({ service, reflection: options.reflection ?? false })
  const serveHttp2 = createHttp2Front({ service, handle, grpc })
  const http1 = createHttp1Server({
    service,
    handle,
    connectionOf: (socket) => pool.connectionOf(socket),
    isDraining: () => draining,
  })

  const [serveHttp1] = http1.listeners('connection')
  http1.removeAllListeners('connection')
  http1.on('connection', (socket: Socket) => {
    const connection = pool.admit(socket)
    if (connection === undefined) return
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

  function drain(): void {
    draining = true
    grpc.health.refresh()
  }

  return {
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
    drain,
    async close({ graceMs }) {
      drain()
      const closed = new Promise((resolve) => http1.close(resolve))
      grpc.health.close()
      pool.closeGently()
      const cut = setTimeout(() => {
        pool.destroyAll()
      }, graceMs)
      await Promise.all([closed, pool.emptied()])
      clearTimeout(cut)
      grpc.server.forceShutdown()
    },
  }
}
