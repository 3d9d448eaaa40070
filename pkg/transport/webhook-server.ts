import { randomUUID as nodeRandomUUID } from 'node:crypto'

import type { DeliveryReceiver } from '#pkg/webhook'

import { createBodyBudget } from './body-budget.ts'
import { healthRoutes } from './health-routes.ts'
import { createHttpFront, type HttpFront } from './http-front.ts'
import { internalErrorAnswer, jsonAnswer, type HttpRequest } from './http-message.ts'
import { createHttpRouter, type RouteResult } from './http-router.ts'
import { DEFAULT_WEBHOOK_LIMITS, type WebhookLimits } from './limits.ts'
import type { TransportObserver } from './observer.ts'
import { withDraining, type Readiness } from './readiness.ts'

export interface WebhookServerOptions {
  readonly receive: DeliveryReceiver
  /** Asked at every probe, so it must be cheap. */
  readonly readiness: () => Readiness
  /** Default: all addresses. */
  readonly host?: string | undefined
  /** 0 for any free port. */
  readonly port: number
  /** Default: `DEFAULT_WEBHOOK_LIMITS`. */
  readonly limits?: Partial<WebhookLimits>
  readonly observer?: TransportObserver
  /** Makes request ids. */
  readonly randomUUID?: () => string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** While it drains, readiness has turned and deliveries are still taken. */
export type WebhookServer = Pick<HttpFront, 'listen' | 'drain' | 'close'>

/** The webhook over HTTP/1.1: a POST to any path but those of health is a delivery. */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const { receive, observer = {}, randomUUID = nodeRandomUUID, now = Date.now, host, port } = options
  const { bodiesBytes, ...limits } = { ...DEFAULT_WEBHOOK_LIMITS, ...options.limits }
  const readiness = withDraining({
    readiness: options.readiness,
    isDraining: () => front.isDraining,
    observer,
  })

  async function deliver({ requestId, rawHeaders, body }: HttpRequest): Promise<RouteResult> {
    const answer = await receive({ requestId, rawHeaders, body })
    return { answer: jsonAnswer(requestId, answer.status, answer.body, answer.headers) }
  }
  const handle = createHttpRouter({
    routes: new Map(healthRoutes(readiness)),
    otherwise: new Map([['POST', deliver]]),
    failure: internalErrorAnswer,
    observer,
    now,
  })
  const bodies = createBodyBudget(bodiesBytes)
  const front: HttpFront = createHttpFront({ host, port, limits, observer, randomUUID, now, handle, bodies })
  return front
}
