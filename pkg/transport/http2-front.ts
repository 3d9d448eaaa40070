import {
  constants,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'

import { ServerCredentials } from '@grpc/grpc-js'

import { StsError } from '#pkg/errors'

import type { Connection } from './connection.ts'
import { createGrpcRoute } from './grpc-route.ts'
import type { GrpcServer } from './grpc-server.ts'
import { headerBytes } from './header-size.ts'
import { guardHttp2Session, outsideOfEvents, type Http2Guard } from './http2-guard.ts'
import { serveHttp2Json } from './http2-json.ts'
import { wasReset, type StreamArrival } from './http2-stream.ts'
import type { HttpHandler } from './http-message.ts'
import type { ServiceContext } from './service.ts'

// Other subtypes (+json, -web) are other protocols.
const GRPC_CONTENT_TYPE = /^application\/grpc(?:\+proto)?(?:;|$)/i

/** RFC 9113, section 6.5.2: what a header counts beside its octets. */
const HEADER_OVERHEAD_BYTES = 32

export interface Http2FrontOptions {
  readonly service: ServiceContext
  readonly handle: HttpHandler
  readonly grpc: GrpcServer
}

interface Http2Peer {
  readonly connection: Connection
  readonly guard: Http2Guard
}

type StreamListener = (
  this: Http2Server,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void

/**
 * Returns a function that serves a cleartext HTTP/2 connection stream by stream: gRPC goes to grpc-js,
 * everything else to `handle`, for a load balancer may mix both on one connection.
 */
export function createHttp2Front({
  service,
  handle,
  grpc,
}: Http2FrontOptions): (connection: Connection) => void {
  const { limits, observer, now, randomUUID } = service
  const peers = new WeakMap<Http2Session, Http2Peer>()
  const injector = grpc.server.createConnectionInjector(ServerCredentials.createInsecure())
  const inner = innerServer(grpc.server)
  const grpcListener = takeStreamListener(inner)
  const routeGrpc = createGrpcRoute(service, grpc, (stream, headers) => {
    grpcListener.call(inner, stream, headers, 0, [])
  })
  inner.updateSettings({ maxConcurrentStreams: limits.streams, maxHeaderListSize: limits.headerBytes })

  let arriving: Connection | undefined
  inner.on('session', (session: ServerHttp2Session) => {
    const connection = arriving
    if (connection === undefined) {
      session.destroy()
      return
    }
    connection.closeGently = () => {
      outsideOfEvents(() => {
        session.close()
      })
    }
    const guard = guardHttp2Session({ session, connection, now, onCut: (cause) => observer.cut?.(cause) })
    peers.set(session, { connection, guard })
  })

  const onStream: StreamListener = (stream, headers, flags, rawHeaders) => {
    stream.on('error', ignore)
    const peer = stream.session === undefined ? undefined : peers.get(stream.session)
    if (peer === undefined) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    const { connection, guard } = peer
    if (guard.isCut) return
    guard.streamOpened()
    const slot = connection.begin()
    stream.once('close', () => {
      if (!stream.headersSent || wasReset(stream)) guard.streamReset()
      slot.ended()
    })
    if (headerBytes(rawHeaders, HEADER_OVERHEAD_BYTES) > limits.headerBytes) {
      observer.cut?.('header_too_large')
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      return
    }
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
    if (endStream) slot.received()
    const arrival: StreamArrival = {
      stream,
      rawHeaders,
      endStream,
      requestId: randomUUID(),
      remoteAddress: connection.socket.remoteAddress,
      receiveMs: slot.receiveMs,
      received: () => {
        slot.received()
      },
    }
    const isGrpc = headers[':method'] === 'POST' && GRPC_CONTENT_TYPE.test(headers['content-type'] ?? '')
    if (isGrpc) routeGrpc(headers, arrival)
    else void serveHttp2Json(service, handle, headers, arrival)
  }
  inner.on('stream', onStream)

  return (connection) => {
    // The session event comes while injectConnection() runs: nothing works here if it ever does not.
    arriving = connection
    injector.injectConnection(connection.socket)
    arriving = undefined
  }
}

/** The HTTP/2 server of the one injector of `server`: a private member of grpc-js, so its version is held. */
function innerServer(server: object): Http2Server {
  const servers: unknown = Object.getOwnPropertyDescriptor(server, 'http2Servers')?.value
  const [inner] = servers instanceof Map ? (servers.keys() as IterableIterator<Http2Server>) : []
  if (inner === undefined) throw new StsError('unexpected', { detail: { part: 'grpc-js http2Servers' } })
  return inner
}

function takeStreamListener(inner: Http2Server): StreamListener {
  const [listener] = inner.listeners('stream') as StreamListener[]
  if (listener === undefined) throw new StsError('unexpected', { detail: { part: 'grpc-js listener' } })
  inner.removeAllListeners('stream')
  return listener
}

function ignore(): void {
  // A stream's error is followed by its close, where what was begun for it ends.
}
