import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { CallLog } from './call-log.ts'
import { disturbAnswer, firstHalf } from './fault.ts'
import type { FaultEffect, FaultPlan } from './fault.ts'
import { jsonAnswer } from './message.ts'
import type { Answer, ReceivedRequest } from './message.ts'

/** Bytes of a request body that are read before the connection is cut. */
const REQUEST_MAX_BYTES = 2 * 1024 * 1024

/** What a listening emulator can be told, whatever it emulates. */
export interface ListenOptions {
  /** Port on 127.0.0.1; default 0, any free one. */
  readonly port?: number
  /** Where requests come from in place of a port of its own; then `port` and `tls` are those of that server. */
  readonly mount?: Mount
  /** Makes it HTTPS. PEM text. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Time that every answer is held back, in ms, or a function of the request; default 0. */
  readonly latencyMs?: number | ((request: ReceivedRequest) => number)
  /** Current time in ms since the epoch, for `Date` headers and every rule about time; default `Date.now`. */
  readonly now?: () => number
}

/** A place on a server that several emulators share. */
export interface Mount {
  /** Of everything below it, without a trailing slash. */
  readonly baseUrl: string
  /** Has `listener` answer the requests for it, whose targets are then relative to it. */
  readonly use: (listener: RequestListener) => void
}

/** The answering side of a server. */
export interface ServerParts {
  readonly log: CallLog
  readonly faults: FaultPlan
  /** Operation id of the route that would answer. */
  readonly operationOf: (method: string, path: string) => string | undefined
  readonly answer: (request: ReceivedRequest) => Answer | Promise<Answer>
}

/** A listening server. */
export interface RunningServer {
  /** Without a trailing slash: `http://127.0.0.1:PORT`, or that of its mount. */
  readonly baseUrl: string
  /** Cuts all connections and frees the port; of a mount, ends what is held back. */
  readonly close: () => Promise<void>
}

/** Listens on loopback and answers each request through `parts`, with the faults and the latency asked for. */
export async function startServer(options: ListenOptions, parts: ServerParts): Promise<RunningServer> {
  const now = options.now ?? Date.now
  const latencyMs = options.latencyMs ?? 0
  const closing = new AbortController()

  const listener: RequestListener = (incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  }
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(incoming, parts.operationOf)
    if (request === undefined) {
      response.destroy()
      return
    }
    const effect = parts.faults.take(request)
    const call = parts.log.begin(request, effect?.kind)
    response.on('close', () => {
      parts.log.end(call, null)
    })
    const latency = typeof latencyMs === 'number' ? latencyMs : latencyMs(request)
    const held = latency + (effect?.kind === 'slow' ? effect.delayMs : 0)
    if (held > 0 && !(await waited(held, closing.signal))) return
    if (effect?.kind === 'timeout' && effect.worked !== true) return
    if (effect?.kind === 'reset' && effect.worked !== true) {
      cut(response)
      return
    }
    const answer = await work(request, effect, parts.answer)
    if (effect?.kind === 'timeout') return
    if (effect?.kind === 'reset') {
      cut(response)
      return
    }
    const body = Buffer.from(answer.body)
    response.sendDate = false
    response.writeHead(answer.status, {
      date: new Date(now()).toUTCString(),
      ...answer.headers,
      ...(answer.status === 204 || answer.status === 304 ? {} : { 'content-length': body.length }),
    })
    if (effect?.kind === 'cut_body') {
      response.write(firstHalf(body), () => response.socket?.destroy())
      return
    }
    const rest = effect?.kind === 'drip' ? body.subarray(-1) : body
    if (effect?.kind === 'drip') await drip(response, body.subarray(0, -1), effect.intervalMs, closing.signal)
    // Before the last byte leaves: whatever the caller does after reading it is then later in the log's order.
    parts.log.end(call, answer.status)
    response.end(rest)
  }

  const { mount } = options
  if (mount !== undefined) {
    mount.use(listener)
    return {
      baseUrl: mount.baseUrl,
      close() {
        closing.abort()
        return Promise.resolve()
      },
    }
  }
  const { origin, close } = await listen(options, listener)
  return {
    baseUrl: origin,
    async close() {
      closing.abort()
      await close()
    },
  }
}

/** Listens on loopback. */
export async function listen(
  { port = 0, tls }: Pick<ListenOptions, 'port' | 'tls'>,
  listener: RequestListener,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer({ ...tls }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port.')
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function receive(
  incoming: IncomingMessage,
  operationOf: ServerParts['operationOf'],
): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  // A caller that goes away in the middle of its body ends the loop with an error, which serve()'s caller takes.
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > REQUEST_MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  const target = incoming.url ?? '/'
  const cutAt = target.indexOf('?')
  const path = cutAt === -1 ? target : target.slice(0, cutAt)
  const method = incoming.method ?? 'GET'
  return {
    method,
    target,
    path,
    query: new URLSearchParams(cutAt === -1 ? '' : target.slice(cutAt + 1)),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    operation: operationOf(method, path),
  }
}

async function work(
  request: ReceivedRequest,
  effect: FaultEffect | undefined,
  answer: ServerParts['answer'],
): Promise<Answer> {
  if (effect?.kind === 'status') {
    const { status, headers, body = { message: 'Something went wrong', status: String(status) } } = effect
    return typeof body === 'string'
      ? { status, headers: { 'content-type': 'text/html', ...headers }, body }
      : jsonAnswer(status, body, headers)
  }
  try {
    const real = await answer(request)
    return effect === undefined ? real : disturbAnswer(effect, real, request)
  } catch (error) {
    // A mistake of the emulator or of a test's rewrite: say so where the test looks, instead of hanging.
    return jsonAnswer(500, { message: `emulator: ${String(error)}` })
  }
}

function cut(response: ServerResponse): void {
  const socket = response.socket
  if (socket === null) return
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

async function drip(
  response: ServerResponse,
  body: Buffer,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (const byte of body) {
    if (response.destroyed) return
    response.write(Buffer.of(byte))
    if (!(await waited(intervalMs, signal))) return
  }
}

/** False when the server closed in the meantime. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return await delay(ms, true, { signal }).catch(() => false)
}
