import type { ErrorCode, Reason } from '#pkg/errors'

import { refusalAnswer, type HttpAnswer, type HttpHandler, type HttpRequest } from './http-message.ts'
import type { TransportObserver } from './observer.ts'

/** An answer, and what the observer is told of it. */
export interface RouteResult {
  readonly answer: HttpAnswer
  readonly code?: ErrorCode | 'OK' | undefined
  readonly reason?: Reason | undefined
  readonly traceId?: string | undefined
}

export type Route = (request: HttpRequest, query: string) => RouteResult | Promise<RouteResult>

/** What can be done at a path: method to route. */
export type Methods = ReadonlyMap<string, Route>

export interface HttpRouterOptions {
  /** By path, exactly as sent. */
  readonly routes: ReadonlyMap<string, Methods>
  /** What can be done at any other path; undefined: nothing is there. */
  readonly otherwise?: Methods
  /** The answer where a route threw what it never should. */
  readonly failure: (requestId: string) => HttpAnswer
  readonly observer: TransportObserver
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Every request gets an answer, and the answer is reported. */
export function createHttpRouter(options: HttpRouterOptions): HttpHandler {
  const { routes, otherwise, failure, observer, now } = options

  async function dispatch(request: HttpRequest, path: string, query: string): Promise<RouteResult> {
    const { requestId, method } = request
    const methods = routes.get(path) ?? otherwise
    if (methods === undefined) return { answer: refusalAnswer(requestId, 404) }
    const route = methods.get(method)
    if (route !== undefined) return route(request, query)
    return { answer: refusalAnswer(requestId, 405, { Allow: [...methods.keys()].join(', ') }) }
  }

  return async (request) => {
    const startedAt = now()
    const { requestId } = request
    const { path, query } = splitTarget(request.target)
    let result: RouteResult
    try {
      result = await dispatch(request, path, query)
    } catch (thrown) {
      observer.unexpected?.(thrown, requestId)
      result = { answer: failure(requestId), code: 'INTERNAL' }
    }
    const { answer, code, reason, traceId } = result
    observer.answered?.({
      requestId,
      traceId,
      transport: 'http',
      route: routes.has(path) ? path : 'other',
      status: answer.status,
      code,
      reason,
      durationMs: now() - startedAt,
    })
    return answer
  }
}

/** A resource that can be read; HEAD is served like GET, and its body left out further down. */
export function readable(route: Route): Methods {
  return new Map([
    ['GET', route],
    ['HEAD', route],
  ])
}

// RFC 9112, section 3.2.2: a server must accept the absolute form.
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i

/** Path and query exactly as sent, so that only the exact path of a route reaches it. */
function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.startsWith('/') ? target : target.replace(ABSOLUTE_FORM, '')
  const mark = local.indexOf('?')
  const path = mark < 0 ? local : local.slice(0, mark)
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : local.slice(mark + 1) }
}
