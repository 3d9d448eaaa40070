import { randomUUID as nodeRandomUUID } from 'node:crypto'

import { NO_TRACER } from '#pkg/telemetry'
import { loadWireDefinition } from '#pkg/wire'

import { createGrpcServer } from './grpc-server.ts'
import { createHttp2Front } from './http2-front.ts'
import { createHttpFront } from './http-front.ts'
import { createHttpHandler } from './http-routes.ts'
import { DEFAULT_LIMITS, type TransportLimits } from './limits.ts'
import { withDraining } from './readiness.ts'
import type { ServiceContext } from './service.ts'

export interface ServerOptions
  extends
    Pick<ServiceContext, 'exchange' | 'readiness' | 'domain' | 'documentationUrl'>,
    Partial<Pick<ServiceContext, 'observer' | 'tracer' | 'trustedHops' | 'randomUUID' | 'now'>> {
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
  const {
    observer = {},
    tracer = NO_TRACER,
    trustedHops = 0,
    randomUUID = nodeRandomUUID,
    now = Date.now,
  } = options
  let draining = false
  const service: ServiceContext = {
    exchange: options.exchange,
    domain: options.domain,
    documentationUrl: options.documentationUrl,
    readiness: withDraining({ readiness: options.readiness, isDraining: () => draining, observer }),
    trustedHops,
    definition: loadWireDefinition(),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    observer,
    tracer,
    randomUUID,
    now,
  }
  const handle = createHttpHandler(service)
  const grpc = createGrpcServer({ service, reflection: options.reflection ?? false })
  const { limits } = service
  const { host, port } = options
  const serveHttp2 = createHttp2Front({ service, handle, grpc })
  const front = createHttpFront({ host, port, limits, observer, randomUUID, now, handle, serveHttp2 })

  function drain(): void {
    draining = true
    front.drain()
    grpc.health.refresh()
  }

  return {
    listen: async () => front.listen(),
    drain,
    async close({ graceMs }) {
      drain()
      const closed = front.close({ graceMs })
      grpc.health.close()
      await closed
      grpc.server.forceShutdown()
    },
  }
}
