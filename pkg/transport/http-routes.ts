import { denialOf } from '#pkg/errors'

import { healthRoutes } from './health-routes.ts'
import { denialAnswer, EXCHANGE_PATH, exchangeOverHttp } from './http-exchange.ts'
import { jsonAnswer, type HttpHandler, type HttpRequest } from './http-message.ts'
import { createHttpRouter, readable, type Methods, type Route, type RouteResult } from './http-router.ts'
import type { ServiceContext } from './service.ts'

/** The JSON side of the service. */
export function createHttpHandler(service: ServiceContext): HttpHandler {
  const { observer, readiness, documentationUrl, now } = service

  function exchange(request: HttpRequest, query: string): Promise<RouteResult> {
    return exchangeOverHttp(service, request, query)
  }
  function refresh({ requestId }: HttpRequest): RouteResult {
    return {
      answer: denialAnswer(service, requestId, denialOf('UNIMPLEMENTED')),
      code: 'UNIMPLEMENTED',
      reason: 'refresh_unsupported',
    }
  }
  function greet({ requestId }: HttpRequest): RouteResult {
    return { answer: jsonAnswer(requestId, 200, { service: 'github-sts', documentation: documentationUrl }) }
  }
  const routes = new Map<string, Methods>([
    [
      EXCHANGE_PATH,
      new Map<string, Route>([
        ['GET', exchange],
        ['POST', exchange],
      ]),
    ],
    ['/sts/exchange_refresh_token', new Map([['POST', refresh]])],
    ['/', readable(greet)],
    ...healthRoutes(readiness),
  ])
  return createHttpRouter({
    routes,
    failure: (requestId) => denialAnswer(service, requestId, denialOf('INTERNAL')),
    observer,
    now,
  })
}
