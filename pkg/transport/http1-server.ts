import http from 'node:http'
import type { Duplex } from 'node:stream'

import type { BodyBudget } from './body-budget.ts'
import { readBody, type BodyOutcome } from './body-reader.ts'
import type { Connection } from './connection.ts'
import { headerBytes } from './header-size.ts'
import { refusalAnswer, type HttpAnswer, type HttpHandler, type RefusalStatus } from './http-message.ts'
import type { HttpLimits } from './limits.ts'
import type { CutCause } from './observer.ts'
import { startLifetime } from './request-lifetime.ts'
import type { ServiceContext } from './service.ts'

/** How often Node looks for connections whose headers are overdue, in milliseconds. */
const OVERDUE_CHECK_MS = 1_000

/** The colon, a space and the line's end. */
const HEADER_OVERHEAD_BYTES = 4

/** How long the rest of a refused request is read and dropped, in milliseconds, lest a reset destroys the answer. */
const LINGER_MS = 1_000

/** When there may be room for bodies again, in seconds. */
const ROOM_AFTER_S = 10

/** What an `Expect` header asks for (RFC 9110, section 10.1.1): `100-continue`, or something unknown. */
type Expectation = 'continue' | 'other'

export interface Http1Options {
  readonly service: Pick<ServiceContext, 'observer' | 'randomUUID'> & { readonly limits: HttpLimits }
  readonly handle: HttpHandler
  /** The connection that a socket belongs to; undefined once it is closed. */
  readonly connectionOf: (socket: Duplex) => Connection | undefined
  /** While draining, answers end their connection. */
  readonly isDraining: () => boolean
  /** What the bodies of all requests occupy; undefined: each one has its own bound only. */
  readonly bodies?: BodyBudget | undefined
}

/** The HTTP/1.1 server; it owns the port, for only a listening server of Node's enforces its time limits. */
export function createHttp1Server(options: Http1Options): http.Server {
  const { service, handle, connectionOf, isDraining, bodies } = options
  const { limits, observer, randomUUID } = service
  const refused = new WeakSet<Duplex>()

  /** Answers a request that is not read to its end, and closes the connection after it. */
  function refuse(request: http.IncomingMessage, response: http.ServerResponse, answer: HttpAnswer): void {
    refused.add(request.socket)
    response.shouldKeepAlive = false
    response.writeHead(answer.status, headersOf(answer))
    // Complete for the caller, but Node closes the socket only at end(): until then the rest is read and dropped.
    response.write(answer.body)
    request.resume()
    const end = (): void => {
      clearTimeout(timer)
      response.end()
    }
    const timer = setTimeout(end, LINGER_MS)
    if (request.readableEnded) end()
    else request.once('end', end).once('close', end)
  }

  async function serve(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    expects: Expectation | undefined,
  ): Promise<void> {
    const { socket } = request
    const connection = connectionOf(socket)
    if (connection === undefined || socket.destroyed) return
    if (connection.requests >= limits.streams) {
      observer.cut?.('too_many_requests')
      socket.destroy()
      return
    }
    const requestId = randomUUID()
    const slot = connection.begin(end)
    const lifetime = startLifetime({
      ms: limits.requestMs,
      deliveryMs: limits.deliveryMs,
      cut: () => {
        observer.cut?.('request_overdue')
        socket.destroy()
      },
    })
    let undelivered: (() => void) | undefined
    function end(): void {
      lifetime.end()
      slot.ended()
      if (!response.writableFinished) undelivered?.()
      undelivered = undefined
    }
    // Not emitted for an answer that waits behind another one when the connection closes.
    response.once('close', end)

    if (expects === 'other') {
      refuse(request, response, refusalAnswer(requestId, 417))
      return
    }
    if (headerBytes(request.rawHeaders, HEADER_OVERHEAD_BYTES) > limits.headerBytes) {
      refuse(request, response, refusalAnswer(requestId, 431))
      return
    }
    if (!isWellFramed(request)) {
      refuse(request, response, refusalAnswer(requestId, 400))
      return
    }
    if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) {
      refuse(request, response, refusalAnswer(requestId, 413))
      return
    }
    if (expects === 'continue') response.writeContinue()
    const read = hasBody(request) ? await receive(request, slot.receiveMs) : { body: Buffer.alloc(0) }
    if ('refused' in read) {
      if (read.refused === 503) observer.cut?.('bodies_full')
      if (read.refused !== 'gone') refuse(request, response, refusalOfBody(requestId, read.refused))
      return
    }
    slot.received()

    const answer = await handle({
      requestId,
      method: request.method ?? '',
      target: request.url ?? '',
      rawHeaders: request.rawHeaders,
      body: read.body,
      remoteAddress: socket.remoteAddress,
      signal: lifetime.signal,
    }).finally(read.release)
    lifetime.answered()
    if (response.destroyed || connectionOf(socket) === undefined) {
      answer.undelivered?.()
      return
    }
    undelivered = answer.undelivered
    if (isDraining()) response.shouldKeepAlive = false
    response.writeHead(answer.status, headersOf(answer))
    response.end(answer.body)
  }

  async function receive(request: http.IncomingMessage, timeoutMs: number): Promise<BodyOutcome> {
    return readBody(request, {
      maxBytes: limits.bodyBytes,
      timeoutMs,
      isComplete: () => request.complete,
      budget: bodies,
    })
  }

  function onRequest(expects?: Expectation) {
    return (request: http.IncomingMessage, response: http.ServerResponse): void => {
      serve(request, response, expects).catch((thrown: unknown) => {
        observer.unexpected?.(thrown)
        response.destroy()
      })
    }
  }

  const server = http.createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // A backstop: our own timer answers first.
    requestTimeout: Math.max(limits.headersMs, limits.requestMs + limits.deliveryMs),
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(OVERDUE_CHECK_MS, limits.headersMs),
    insecureHTTPParser: false,
    // Refused by us instead, so that the answer has the form of the others.
    requireHostHeader: false,
  })
  // Node drops the headers that are over its count in silence; ours are bounded by their bytes.
  server.maxHeadersCount = 0
  server.on('request', onRequest())
  server.on('checkContinue', onRequest('continue'))
  server.on('checkExpectation', onRequest('other'))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const refusal = refusalOf(error)
    const isAnswering = connectionOf(socket)?.state === 'busy'
    if (refusal !== undefined) observer.cut?.(refusal.cause)
    // With a request still to be answered, a refusal written now would be taken for its answer.
    if (refusal === undefined || isAnswering || !socket.writable) socket.destroy()
    else if (refused.has(socket)) lingeringEnd(socket)
    else lingeringEnd(socket, rawAnswer(refusalAnswer(randomUUID(), refusal.status)))
  })
  return server
}

/**
 * Node's parser takes other versions in the request line, any number of hosts (RFC 9112, section 3.2: one)
 * and codings before `chunked`, which it does not undo (section 6.1; HTTP/1.0 has none at all).
 */
function isWellFramed({ httpVersion, headers, rawHeaders }: http.IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length
  const coding = headers['transfer-encoding']?.toLowerCase()
  if (httpVersion === '1.0') return hosts <= 1 && coding === undefined
  return httpVersion === '1.1' && hosts === 1 && (coding === undefined || coding === 'chunked')
}

/** RFC 9112, section 6: a request without either header has no body. */
function hasBody({ headers }: http.IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function refusalOfBody(requestId: string, status: RefusalStatus): HttpAnswer {
  return refusalAnswer(requestId, status, status === 503 ? { 'Retry-After': String(ROOM_AFTER_S) } : {})
}

/** How an error of Node's parser is answered; undefined when there is nobody left to answer. */
function refusalOf({
  code = '',
}: NodeJS.ErrnoException): { readonly status: RefusalStatus; readonly cause: CutCause } | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, cause: 'request_overdue' }
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, cause: 'header_too_large' }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { status: 413, cause: 'http_malformed' }
  return code.startsWith('HPE_') ? { status: 400, cause: 'http_malformed' } : undefined
}

function lingeringEnd(socket: Duplex, text = ''): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => {
    clearTimeout(timer)
  })
  socket.end(text)
}

function headersOf(answer: HttpAnswer): Record<string, string> {
  return { ...answer.headers, 'Content-Length': String(Buffer.byteLength(answer.body)) }
}

/** An answer on a socket that Node's parser has given up. */
function rawAnswer(answer: HttpAnswer): string {
  const headers = Object.entries({ ...headersOf(answer), Connection: 'close' })
  const head = [
    `HTTP/1.1 ${answer.status} ${http.STATUS_CODES[answer.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return `${head.join('\r\n')}\r\n\r\n${answer.body}`
}
