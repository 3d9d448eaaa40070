import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ICON, STYLESHEET } from './stylesheet.ts'

/** Connections at once; a browser opens six. */
const CONNECTIONS_MAX = 32
const HEADERS_MAX_BYTES = 8 * 1024
/** For a whole request. */
const REQUEST_TIMEOUT_MS = 5_000
const OVERDUE_CHECK_MS = 1_000
/** A browser shows a page anew after this many seconds. */
const REFRESH_SECONDS = 5
/** The port that a browser leaves out of `Host`. RFC 9110, section 4.2.1. */
const HTTP_PORT = 80

/** Nothing but our own style sheet and icon: no script, no frame, no form, whatever the page holds. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const TEXT = 'text/plain; charset=utf-8'
const HTML = 'text/html; charset=utf-8'

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface PageServerOptions {
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number
  /** The page as it is now. */
  readonly renderPage: (view: PageView) => string
}

/** What is known of the page beside its content. */
export interface PageView {
  /** Where the server is. */
  readonly url: string
  /** Whether the page stays as it is until somebody loads it again. */
  readonly isStill: boolean
}

export interface PageServer {
  readonly url: string
  /** Cuts all connections and frees the port. */
  close(): Promise<void>
}

/**
 * Serves the demo's page on loopback, to GET and HEAD: `/`, which a browser shows anew by itself, and `/still`, which it
 * does not. A request that names another host than this one is refused with 421 (RFC 9110, section 15.5.20): a name of
 * somebody else's that leads here would let their page read ours.
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  let port = options.port
  const urlOf = (): string => `http://127.0.0.1:${port}`
  const server = createServer(
    {
      maxHeaderSize: HEADERS_MAX_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: OVERDUE_CHECK_MS,
    },
    (request, response) => {
      send(
        request,
        response,
        answerTo(request, hostsOf(port), (isStill) => options.renderPage({ url: urlOf(), isStill })),
      )
    },
  )
  server.maxConnections = CONNECTIONS_MAX
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
  return {
    url: urlOf(),
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

function hostsOf(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === HTTP_PORT ? names : [])])
}

function answerTo(
  request: IncomingMessage,
  hosts: ReadonlySet<string>,
  renderPage: (isStill: boolean) => string,
): Answer {
  const named = request.headersDistinct['host'] ?? []
  if (named.length !== 1 || !hosts.has(String(named[0]).toLowerCase())) {
    return { status: 421, type: TEXT, body: 'this is the demo on 127.0.0.1, and no other host\n' }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, type: TEXT, body: 'only GET and HEAD\n', headers: { allow: 'GET, HEAD' } }
  }
  switch (request.url?.split('?', 1)[0]) {
    case '/':
      return {
        status: 200,
        type: HTML,
        body: renderPage(false),
        headers: { refresh: String(REFRESH_SECONDS) },
      }
    case '/still':
      return { status: 200, type: HTML, body: renderPage(true) }
    case '/style.css':
      return { status: 200, type: 'text/css; charset=utf-8', body: STYLESHEET }
    case '/icon.svg':
      return { status: 200, type: 'image/svg+xml', body: ICON }
    default:
      return { status: 404, type: TEXT, body: 'not found\n' }
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body)
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  response.writeHead(answer.status, {
    ...HEADERS,
    'content-type': answer.type,
    'content-length': body.length,
    ...answer.headers,
    // Nobody reads what was sent with it.
    ...(hasBody && { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
