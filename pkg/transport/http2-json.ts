import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'

import { readBody, type BodyOutcome } from './body-reader.ts'
import { refusalAnswer, type HttpAnswer, type HttpHandler } from './http-message.ts'
import {
  dropRequest,
  startStreamLifetime,
  wasDelivered,
  wasReset,
  type StreamArrival,
} from './http2-stream.ts'
import type { ServiceContext } from './service.ts'

/** Serves one JSON request over HTTP/2, to the end of its answer. Never rejects. */
export async function serveHttp2Json(
  service: ServiceContext,
  handle: HttpHandler,
  headers: IncomingHttpHeaders,
  arrival: StreamArrival,
): Promise<void> {
  const { stream, requestId } = arrival
  const method = headers[':method'] ?? ''
  const lifetime = startStreamLifetime(stream, service.limits.requestMs, service)
  try {
    const read = await receive(service, headers, arrival)
    if ('refused' in read) {
      if (read.refused === 'gone') return
      respond(stream, method, refusalAnswer(requestId, read.refused))
      dropRequest(stream)
      return
    }
    arrival.received()
    const answer = await handle({
      requestId,
      method,
      target: headers[':path'] ?? '',
      rawHeaders: arrival.rawHeaders,
      body: read.body,
      remoteAddress: arrival.remoteAddress,
      signal: lifetime.signal,
    })
    lifetime.answered()
    if (stream.destroyed || stream.closed) {
      answer.undelivered?.()
      return
    }
    stream.once('close', () => {
      if (!wasDelivered(stream)) answer.undelivered?.()
    })
    respond(stream, method, answer)
  } catch (thrown) {
    service.observer.unexpected?.(thrown, requestId)
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

async function receive(
  { limits }: ServiceContext,
  headers: IncomingHttpHeaders,
  { stream, endStream, receiveMs }: StreamArrival,
): Promise<BodyOutcome> {
  if (endStream) return { body: Buffer.alloc(0) }
  if (Number(headers['content-length'] ?? 0) > limits.bodyBytes) return { refused: 413 }
  return readBody(stream, {
    maxBytes: limits.bodyBytes,
    timeoutMs: receiveMs,
    isComplete: () => !wasReset(stream),
  })
}

function respond(stream: ServerHttp2Stream, method: string, { status, headers, body }: HttpAnswer): void {
  if (stream.destroyed || stream.closed) return
  const endStream = method === 'HEAD'
  stream.respond(
    { ':status': status, ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
    { endStream },
  )
  if (!endStream) stream.end(body)
}
