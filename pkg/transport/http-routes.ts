import { denialOf } from '#pkg/errors'

import { denialAnswer, exchangeOverHttp, type RouteResult } from './http-exchange.ts'
import { jsonAnswer, refusalAnswer, type HttpHandler, type HttpRequest } from './http-message.ts'
import type { ServiceContext } from './service.ts'

type Route = (request: HttpRequest, query: string) => RouteResult | Promise<RouteResult>

/** The JSON side of the service: every request gets an answer, and the answer is reported. */
export function createHttpHandler(service: ServiceContext): HttpHandler {
  const { observer, readiness, documentationUrl, now } = service

  function live({ requestId }: HttpRequest): RouteResult {
    return { answer: jsonAnswer(requestId, 200, { status: 'ok' }) }
  }
  function exchange(request: HttpRequest, query: string): Promise<RouteResult> {
    return exchangeOverHttp(service, request, query)
  }
  const routes = new Map<string, ReadonlyMap<string, Route>>([
    [
      '/sts/exchange',
      new Map<string, Route>([
        ['GET', exchange],
        ['POST', exchange],
      ]),
    ],
    [
      '/sts/exchange_refresh_token',
      new Map<string, Route>([
        [
          'POST',
          ({ requestId }) => ({
            answer: denialAnswer(service, requestId, denialOf('UNIMPLEMENTED')),
            code: 'UNIMPLEMENTED',
            reason: 'refresh_unsupported',
          }),
        ],
      ]),
    ],
    [
      '/',
      readable(({ requestId }) => ({
        answer: jsonAnswer(requestId, 200, { service: 'github-sts', documentation: documentationUrl }),
      })),
    ],
    ['/healthz', readable(live)],
    ['/healthcheck', readable(live)],
    [
      '/readyz',
      readable(({ requestId }) => {
        const { ready, detail } = readiness()
        return { answer: jsonAnswer(requestId, ready ? 200 : 503, { ...detail, ready }) }
      }),
    ],
  ])

  async function dispatch(request: HttpRequest, path: string, query: string): Promise<RouteResult> {
    const { requestId, method } = request
    const methods = routes.get(path)
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
      result = { answer: denialAnswer(service, requestId, denialOf('INTERNAL')), code: 'INTERNAL' }
    }
    const { answer, code, reason } = result
    observer.answered?.({
      requestId,
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
function readable(route: Route): ReadonlyMap<string, Route> {
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
