import { CODE_OF_REASON, denialOf, type ErrorCode, type Reason } from '#pkg/errors'
import { errorJson, GRPC_STATUS, wireErrorOf } from '#pkg/wire'
import type { DeliveryResult } from './delivery.ts'
import { REFUSALS, type DeliveryRefusal } from './refusal.ts'

/** What the sender of a delivery is told. Nothing of what it sent is in it. */
export interface DeliveryAnswer {
  readonly status: number
  /** To be sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>
  /** Beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>
}

/** ErrorInfo's `domain`: the webhook has no name of its own. */
const ERROR_DOMAIN = 'github-sts'

/** Failures after which the same delivery may succeed; any other is a 500. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'DEADLINE_EXCEEDED'])

/** The answer to a delivery that is refused before any work. */
export function answerRefusal(refusal: DeliveryRefusal): DeliveryAnswer {
  const { status, message } = REFUSALS[refusal]
  const code = status === 401 ? GRPC_STATUS.UNAUTHENTICATED : GRPC_STATUS.INVALID_ARGUMENT
  return {
    status,
    body: { code, message, details: [] },
    // RFC 9110, section 15.5.2, wants a challenge; no scheme is registered for signatures in a header.
    headers: status === 401 ? { 'WWW-Authenticate': 'X-Hub-Signature-256' } : {},
  }
}

/** The answer to a delivery that was taken on. */
export function answerResult(result: DeliveryResult, requestId: string): DeliveryAnswer {
  switch (result.kind) {
    case 'done':
      return { status: 200, body: { status: 'done', checks: result.checks }, headers: {} }
    case 'ignored':
      return { status: 202, body: { status: 'ignored', reason: result.reason }, headers: {} }
    case 'continues':
      return { status: 202, body: { status: 'continues' }, headers: {} }
    case 'busy':
      return answerFailure('overloaded', result.retryAfterMs, requestId)
    case 'failed':
      return answerFailure(result.reason, result.retryAfterMs, requestId)
  }
}

function answerFailure(reason: Reason, retryAfterMs: number | undefined, requestId: string): DeliveryAnswer {
  const code = CODE_OF_REASON[reason]
  const error = wireErrorOf(denialOf(code, retryAfterMs), { requestId, domain: ERROR_DOMAIN })
  const seconds = error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs / 1000)
  return {
    status: PASSING.has(code) ? 503 : 500,
    body: errorJson(error),
    headers: seconds === undefined ? {} : { 'Retry-After': String(seconds) },
  }
}
