import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'

import { GRPC_STATUS } from '#pkg/wire'

import { STREAM_KEY } from './grpc-call.ts'
import type { GrpcServer } from './grpc-server.ts'
import { dropRequest, startStreamLifetime, wasReset, type StreamArrival } from './http2-stream.ts'
import type { ServiceContext } from './service.ts'

/** Hands a stream to grpc-js with the headers given, and no others. */
export type ServeGrpc = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/**
 * Returns a function that gives gRPC streams to grpc-js, bounded as it does not by itself: in the time for
 * the request message and the answer, in compression, in methods. grpc-js sees no header of the caller's
 * but the path: it would log one that it finds invalid, a token included.
 */
export function createGrpcRoute(
  service: ServiceContext,
  { methods, calls }: Pick<GrpcServer, 'methods' | 'calls'>,
  serveGrpc: ServeGrpc,
): (headers: IncomingHttpHeaders, arrival: StreamArrival) => void {
  const { limits, observer } = service
  let streams = 0

  function boundArrival({ stream, receiveMs, received }: StreamArrival, until: 'end' | 'data'): void {
    const overdue = setTimeout(() => {
      observer.cut?.('request_overdue')
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    }, receiveMs)
    const stop = (): void => {
      clearTimeout(overdue)
    }
    stream.once('close', stop).once(until, () => {
      stop()
      if (!wasReset(stream)) received()
    })
  }

  return (headers, arrival) => {
    const { stream, requestId, endStream } = arrival
    addResponseHeaders(stream, {
      'sts-request-id': requestId,
      'x-request-id': requestId,
      'grpc-accept-encoding': 'identity',
    })
    const path = headers[':path'] ?? ''
    const kind = methods.get(path)
    if (kind === undefined) {
      refuse(stream, GRPC_STATUS.UNIMPLEMENTED, 'unknown method')
      return
    }
    // grpc-js would start a decompressor for each message of a stream, however many fit into its window.
    if ((headers['grpc-encoding'] ?? 'identity') !== 'identity') {
      refuse(stream, GRPC_STATUS.UNIMPLEMENTED, 'compressed requests are not supported')
      return
    }
    const timeout = headers['grpc-timeout']
    const timeoutMs = timeout === undefined ? Infinity : timeoutMsOf(String(timeout))
    if (timeoutMs === undefined) {
      refuse(stream, GRPC_STATUS.INVALID_ARGUMENT, 'malformed grpc-timeout')
      return
    }

    const forwarded: IncomingHttpHeaders = { ':path': path, 'content-type': 'application/grpc' }
    if (!endStream) boundArrival(arrival, kind === 'bidirectional' ? 'data' : 'end')
    if (kind === 'unary') {
      const lifetime = startStreamLifetime(stream, Math.min(timeoutMs, limits.requestMs), service)
      const call = { ...arrival, lifetime, taken: false }
      lifetime.signal.addEventListener('abort', () => {
        if (call.taken) return
        refuse(stream, GRPC_STATUS.DEADLINE_EXCEEDED, 'the deadline of the request passed')
      })
      streams += 1
      const key = String(streams)
      calls.set(key, call)
      stream.once('close', () => {
        calls.delete(key)
      })
      forwarded[STREAM_KEY] = key
    }
    serveGrpc(stream, forwarded)
  }
}

/** Adds to whatever answer is given, also to those that grpc-js makes by itself. */
function addResponseHeaders(stream: ServerHttp2Stream, more: Readonly<Record<string, string>>): void {
  const respond = stream.respond.bind(stream)
  stream.respond = (headers, options) => {
    respond({ ...headers, ...more }, options)
  }
}

function refuse(stream: ServerHttp2Stream, status: number, message: string): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': status,
      'grpc-message': message,
    },
    { endStream: true },
  )
  dropRequest(stream)
}

// gRPC over HTTP2, "Timeout": at most eight digits and a unit.
const TIMEOUT = /^(\d{1,8})([HMSmun])$/

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
}

/** The milliseconds of a `grpc-timeout` header, or undefined when it is malformed. */
function timeoutMsOf(header: string): number | undefined {
  const [, digits, unit] = TIMEOUT.exec(header) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  return unitMs === undefined ? undefined : Number(digits) * unitMs
}
