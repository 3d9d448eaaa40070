import { jsonAnswer, type HttpRequest } from './http-message.ts'
import { readable, type Methods, type RouteResult } from './http-router.ts'
import type { Readiness } from './readiness.ts'

/** Liveness, which answers whatever the state, and readiness: 200 or 503, with the state in the body. */
export function healthRoutes(readiness: () => Readiness): readonly (readonly [string, Methods])[] {
  function live({ requestId }: HttpRequest): RouteResult {
    return { answer: jsonAnswer(requestId, 200, { status: 'ok' }) }
  }
  function ready({ requestId }: HttpRequest): RouteResult {
    const { ready: isReady, detail } = readiness()
    return { answer: jsonAnswer(requestId, isReady ? 200 : 503, { ...detail, ready: isReady }) }
  }
  return [
    ['/healthz', readable(live)],
    ['/healthcheck', readable(live)],
    ['/readyz', readable(ready)],
  ]
}
