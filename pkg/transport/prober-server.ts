import { createHash, randomUUID as nodeRandomUUID, timingSafeEqual } from 'node:crypto'

import type { ProbeResult } from '#pkg/prober'
import { METRICS_TYPE } from '#pkg/telemetry'

import { healthRoutes } from './health-routes.ts'
import { createHttpFront, type HttpFront } from './http-front.ts'
import { internalErrorAnswer, jsonAnswer, type HttpAnswer, type HttpRequest } from './http-message.ts'
import { createHttpRouter, readable, type Route, type RouteResult } from './http-router.ts'
import type { HttpLimits } from './limits.ts'
import type { TransportObserver } from './observer.ts'
import { withDraining } from './readiness.ts'

const PROBER_LIMITS: HttpLimits = {
  headerBytes: 16 * 1024,
  bodyBytes: 4 * 1024,
  headersMs: 5_000,
  // A run ends within 46 s; uptime checks wait for 60 s at most.
  requestMs: 50_000,
  firstRequestMs: 10_000,
  deliveryMs: 5_000,
  idleMs: 620_000,
  connections: 256,
  streams: 10,
}

export interface ProberServerOptions {
  /** A result that is recent, or is made so by a run. Never rejects. */
  readonly recent: () => Promise<ProbeResult>
  /** All metrics in the text form of Prometheus; undefined while nothing is measured. */
  readonly scrape: () => Promise<string | undefined>
  /** What the whole `Authorization` header has to be; undefined: anybody may ask. */
  readonly authorization: string | undefined
  /** Default: all addresses. */
  readonly host?: string | undefined
  /** 0 for any free port. */
  readonly port: number
  /** What is not given is that of a small server. */
  readonly limits?: Partial<HttpLimits>
  readonly observer?: TransportObserver
  /** Makes request ids. */
  readonly randomUUID?: () => string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** While it drains, readiness has turned and requests are still taken. */
export type ProberServer = Pick<HttpFront, 'listen' | 'drain' | 'close'>

/**
 * A prober over HTTP/1.1, for uptime checks: at every path but those of health and `/metrics` its recent result, as JSON
 * with 200 when it has passed, else 500. Who is not authorized gets 401, and starts nothing.
 */
export function createProberServer(options: ProberServerOptions): ProberServer {
  const { recent, scrape, authorization, host, port } = options
  const { observer = {}, randomUUID = nodeRandomUUID, now = Date.now } = options
  const isAuthorized = createAuthorizationCheck(authorization)
  const isDraining = (): boolean => front.isDraining
  const readiness = withDraining({ readiness: () => ({ ready: true, detail: {} }), isDraining, observer })

  const guarded =
    (route: Route): Route =>
    (request, query) =>
      isAuthorized(request.rawHeaders)
        ? route(request, query)
        : { answer: unauthorizedAnswer(request.requestId) }

  async function result({ requestId }: HttpRequest): Promise<RouteResult> {
    const found = await recent()
    const answer = jsonAnswer(requestId, found.outcome === 'passed' ? 200 : 500, found)
    return { answer: { ...answer, body: `${JSON.stringify(found, undefined, 2)}\n` } }
  }
  async function metrics({ requestId }: HttpRequest): Promise<RouteResult> {
    const text = await scrape()
    if (text === undefined) return { answer: jsonAnswer(requestId, 404, { message: 'Nothing is measured' }) }
    const answer = jsonAnswer(requestId, 200, {}, { 'Content-Type': METRICS_TYPE })
    return { answer: { ...answer, body: text } }
  }

  const handle = createHttpRouter({
    routes: new Map([...healthRoutes(readiness), ['/metrics', readable(guarded(metrics))]]),
    otherwise: readable(guarded(result)),
    failure: internalErrorAnswer,
    observer,
    now,
  })
  const limits = { ...PROBER_LIMITS, ...options.limits }
  const front: HttpFront = createHttpFront({ host, port, limits, observer, randomUUID, now, handle })
  return front
}

/** Whether the headers have exactly one `Authorization`, and that is `expected`: in a time that tells nothing of it. */
function createAuthorizationCheck(expected: string | undefined): (rawHeaders: readonly string[]) => boolean {
  if (expected === undefined) return () => true
  // Digests: of equal length, whatever was sent.
  const wanted = digest(expected)
  return (rawHeaders) => {
    const values = rawHeaders.filter(
      (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'authorization',
    )
    const [value] = values
    return value !== undefined && values.length === 1 && timingSafeEqual(digest(value), wanted)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest()
}

/** RFC 9110, section 15.5.2: with a challenge, though nothing is known of the scheme. */
function unauthorizedAnswer(requestId: string): HttpAnswer {
  return jsonAnswer(requestId, 401, { message: 'Unauthorized' }, { 'WWW-Authenticate': 'Bearer' })
}
