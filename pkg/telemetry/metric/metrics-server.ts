import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** The text form of Prometheus. https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'

const HEADER_MAX_BYTES = 8_192
const REQUEST_MAX_MS = 5_000
const OVERDUE_CHECK_MS = 1_000
/** A connection on which nothing moves for so long is ended. */
const IDLE_MAX_MS = 30_000
const CONNECTIONS_MAX = 32

export interface MetricsServerOptions {
  /** Default: all addresses. */
  readonly host: string | undefined
  /** 0 for any free port. */
  readonly port: number
  readonly scrape: () => Promise<string | undefined>
  readonly health: () => boolean
}

export interface MetricsServer {
  readonly port: number
  /** Ends all connections at once. */
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

/**
 * Serves `/metrics` and `/healthz` on a port of their own, which is not for the public. Requests at the same time share
 * one scrape.
 *
 * Rejects when the port cannot be had.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, health } = options
  const limits = {
    maxHeaderSize: HEADER_MAX_BYTES,
    headersTimeout: REQUEST_MAX_MS,
    requestTimeout: REQUEST_MAX_MS,
    // Node looks for overdue requests each 30 s otherwise, and they hold the few connections that there are.
    connectionsCheckingInterval: OVERDUE_CHECK_MS,
  }
  let scraping: Promise<string | undefined> | undefined

  function scrape(): Promise<string | undefined> {
    scraping ??= options.scrape().finally(() => {
      scraping = undefined
    })
    return scraping
  }

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const path = request.url?.split('?', 1)[0]
    if (path !== '/metrics' && path !== '/healthz') return textAnswer(404, 'not found')
    if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'GET and HEAD only')
    if (path === '/healthz') return health() ? textAnswer(200, 'ok') : textAnswer(503, 'not healthy')
    const text = await scrape()
    return text === undefined
      ? textAnswer(404, 'nothing is measured')
      : { status: 200, type: METRICS_TYPE, text }
  }

  const server = createServer(limits, (request, response) => {
    answerTo(request).then(
      (answer) => {
        send(request, response, answer)
      },
      () => {
        send(request, response, textAnswer(500, 'the metrics could not be collected'))
      },
    )
  })
  server.maxConnections = CONNECTIONS_MAX
  server.timeout = IDLE_MAX_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      return new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
    },
  }
}

function textAnswer(status: number, text: string): Answer {
  return { status, type: TEXT_TYPE, text: `${text}\n` }
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, text }: Answer): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
