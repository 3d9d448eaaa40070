import { randomUUID as nodeRandomUUID } from 'node:crypto'

import { denialOf } from '#pkg/errors'
import type { DeliveryReceiver } from '#pkg/webhook'
import { GRPC_STATUS } from '#pkg/wire'

import { createBodyBudget } from './body-budget.ts'
import { healthRoutes } from './health-routes.ts'
import { createHttpFront } from './http-front.ts'
import { jsonAnswer, type HttpAnswer, type HttpRequest } from './http-message.ts'
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

export interface WebhookServer {
  /** Resolves with the port that is listened on; rejects when it cannot be had. */
  listen(): Promise<number>
  /** Readiness turns, and answers end their connection; deliveries are still taken. */
  drain(): void
  /** Drains, stops accepting, finishes what is in flight, and after `graceMs` cuts what is left. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** The webhook over HTTP/1.1: a POST to any path but those of health is a delivery. */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const { receive, observer = {}, randomUUID = nodeRandomUUID, now = Date.now, host, port } = options
  const { bodiesBytes, ...limits } = { ...DEFAULT_WEBHOOK_LIMITS, ...options.limits }
  let draining = false
  const readiness = withDraining({ readiness: options.readiness, isDraining: () => draining, observer })

  async function deliver({ requestId, rawHeaders, body }: HttpRequest): Promise<RouteResult> {
    const answer = await receive({ requestId, rawHeaders, body })
    return { answer: jsonAnswer(requestId, answer.status, answer.body, answer.headers) }
  }
  const handle = createHttpRouter({
    routes: new Map(healthRoutes(readiness)),
    otherwise: new Map([['POST', deliver]]),
    failure: failureAnswer,
    observer,
    now,
  })
  const bodies = createBodyBudget(bodiesBytes)
  const front = createHttpFront({ host, port, limits, observer, randomUUID, now, handle, bodies })

  function drain(): void {
    draining = true
    front.drain()
  }

  return {
    listen: async () => front.listen(),
    drain,
    async close({ graceMs }) {
      drain()
      await front.close({ graceMs })
    },
  }
}

function failureAnswer(requestId: string): HttpAnswer {
  const { message } = denialOf('INTERNAL')
  return jsonAnswer(requestId, 500, { code: GRPC_STATUS.INTERNAL, message, details: [] })
}
