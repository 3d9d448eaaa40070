import { toStsError } from '#pkg/errors'
import { answerRefusal, answerResult, type DeliveryAnswer } from './delivery-answer.ts'
import type { Delivery, DeliveryResult } from './delivery.ts'
import {
  readDelivery,
  readDeliveryHeaders,
  type DeliveryRequest,
  type ReadDelivery,
} from './read-delivery.ts'
import { createSignatureVerifier, type WebhookSecret } from './signature.ts'

/** An action of a payload that is logged; others are left out. */
const ACTION = /^[a-z][a-z_]{0,63}$/

/** Answers every request; never rejects. */
export type DeliveryReceiver = (request: DeliveryRequest) => Promise<DeliveryAnswer>

/** One delivery and how it was answered. Holds no payload. */
export interface DeliveryEvent {
  readonly requestId: string
  /** From headers, so not proven; undefined unless of the right form. */
  readonly deliveryId: string | undefined
  readonly event: string | undefined
  /** The payload's `action`; undefined unless it is a plain word of a verified payload. */
  readonly action: string | undefined
  readonly status: number
  readonly outcome: DeliveryResult['kind'] | 'refused'
  /** Why it was refused (a `DeliveryRefusal`), was ignored, or failed (a `Reason`). */
  readonly reason: string | undefined
  readonly durationMs: number
}

/** What the log and the metrics learn about deliveries. No member may throw. */
export interface DeliveryObserver {
  answered?(event: DeliveryEvent): void
  /** A defect: the work threw what it never should. */
  unexpected?(thrown: unknown, requestId: string): void
}

export interface DeliveryReceiverOptions {
  /** Each may have signed a delivery; none of them is empty. Asked at each delivery. */
  readonly secrets: () => readonly WebhookSecret[]
  /** Called with verified deliveries only. What it throws counts as `failed`. */
  readonly work: (delivery: Delivery) => Promise<DeliveryResult>
  readonly observer?: DeliveryObserver
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

interface Settlement extends Pick<DeliveryEvent, 'outcome' | 'reason' | 'action'> {
  readonly answer: DeliveryAnswer
}

/**
 * Takes deliveries in: verifies the signature, reads the payload, has the work done and says what came of it.
 * The size of a body is the caller's to bound.
 */
export function createDeliveryReceiver(options: DeliveryReceiverOptions): DeliveryReceiver {
  const { work, observer = {}, now } = options
  const verify = createSignatureVerifier(options.secrets)

  async function workOn(delivery: Delivery, requestId: string): Promise<DeliveryResult> {
    try {
      return await work(delivery)
    } catch (thrown) {
      const { reason, retryAfterMs } = toStsError(thrown)
      if (reason === 'unexpected') observer.unexpected?.(thrown, requestId)
      return { kind: 'failed', reason, retryAfterMs }
    }
  }

  async function settle(read: ReadDelivery, requestId: string): Promise<Settlement> {
    if (!read.ok) {
      const { refusal } = read
      return { answer: answerRefusal(refusal), outcome: 'refused', reason: refusal, action: undefined }
    }
    const result = await workOn(read.delivery, requestId)
    return {
      answer: answerResult(result, requestId),
      outcome: result.kind,
      reason: 'reason' in result ? result.reason : undefined,
      action: actionOf(read.delivery),
    }
  }

  return async (request) => {
    const { rawHeaders, requestId } = request
    const startedAt = now()
    const headers = readDeliveryHeaders(rawHeaders)
    const read = readDelivery(verify, headers, request)
    const { answer, ...settled } = await settle(read, requestId)
    const { id, event } = headers
    const deliveryId = id === false ? undefined : id
    const durationMs = now() - startedAt
    observer.answered?.({ requestId, deliveryId, event, ...settled, status: answer.status, durationMs })
    return answer
  }
}

function actionOf({ payload }: Delivery): string | undefined {
  const action = Object.hasOwn(payload, 'action') ? payload['action'] : undefined
  return typeof action === 'string' && ACTION.test(action) ? action : undefined
}
