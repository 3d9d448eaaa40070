import type { Delivery } from './delivery.ts'
import { headerValues } from './header-values.ts'
import { readPayload } from './payload.ts'
import type { DeliveryRefusal } from './refusal.ts'
import type { SignatureVerifier } from './signature.ts'

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers */
const EVENT = /^[a-z][a-z0-9_]{0,63}$/
/** A GUID; nothing but its safety is relied on. */
const ID = /^[A-Za-z0-9-]{1,64}$/
const TARGET_ID = /^[1-9]\d{0,18}$/

/** The headers that say what a delivery is. Not signed; safe to log. */
export interface DeliveryHeaders {
  /** Undefined unless there is exactly one, of the right form. */
  readonly event: string | undefined
  /** Undefined when there is none; false when it is none of GitHub's. */
  readonly id: string | undefined | false
  readonly targetId: string | undefined | false
}

/** A POST that was read completely. */
export interface DeliveryRequest {
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly requestId: string
}

export type ReadDelivery =
  | { readonly ok: true; readonly delivery: Delivery }
  | { readonly ok: false; readonly refusal: DeliveryRefusal }

export function readDeliveryHeaders(rawHeaders: readonly string[]): DeliveryHeaders {
  return {
    event: only(headerValues(rawHeaders, 'x-github-event'), EVENT),
    id: atMostOne(headerValues(rawHeaders, 'x-github-delivery'), ID),
    targetId: atMostOne(headerValues(rawHeaders, 'x-github-hook-installation-target-id'), TARGET_ID),
  }
}

/** Verifies and reads one delivery. Nothing of the body is looked at before its signature has been verified. */
export function readDelivery(
  verify: SignatureVerifier,
  { id, event, targetId }: DeliveryHeaders,
  { rawHeaders, body, requestId }: DeliveryRequest,
): ReadDelivery {
  const refusal = verify(rawHeaders, body)
  if (refusal !== undefined) return { ok: false, refusal }
  if (event === undefined) return { ok: false, refusal: 'event_malformed' }
  if (id === false) return { ok: false, refusal: 'id_malformed' }
  if (targetId === false) return { ok: false, refusal: 'target_malformed' }
  const read = readPayload(rawHeaders, body)
  return read.ok
    ? { ok: true, delivery: { id: id ?? requestId, event, payload: read.payload, targetId } }
    : read
}

function only([value, ...others]: readonly string[], form: RegExp): string | undefined {
  return value !== undefined && others.length === 0 && form.test(value) ? value : undefined
}

function atMostOne(values: readonly string[], form: RegExp): string | undefined | false {
  return values.length === 0 ? undefined : (only(values, form) ?? false)
}
