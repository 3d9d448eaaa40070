import { request, type Dispatcher } from 'undici'
import { StsError, toStsError } from '#pkg/errors'
import { withDeadline } from '#pkg/store'
import type { Delivery, SendEvent } from './delivery.ts'
import type { Authorize } from './event-authorization.ts'
import type { PendingEvent } from './pending-event.ts'

/** From here to the status of the answer, the wait for a token and a connection included. */
const SEND_TIMEOUT_MS = 10_000

const REST_TIMEOUT_MS = 5_000

/** More of an answer is not read; its connection is closed instead. */
const ANSWER_MAX_BYTES = 16 * 1024

/**
 * Statuses that say something of the event itself, so that it would never be taken. All others may pass, if only because
 * somebody mends a permission, an address or a proxy.
 */
const ABOUT_THE_EVENT: ReadonlySet<number> = new Set([400, 406, 411, 413, 414, 415, 422, 431])

export interface EventSenderOptions {
  readonly target: string
  readonly authorize: Authorize
  /** Has the proxy and the trusted certificates. */
  readonly dispatcher: Dispatcher
  readonly now: () => number
}

/**
 * Sends events in the binary mode of the HTTP binding, one in a request. Redirects are not followed.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
export function createEventSender(options: EventSenderOptions): SendEvent {
  async function send(
    event: PendingEvent,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Delivery> {
    const authorization = await options.authorize(signal)
    const answer = await request(options.target, {
      dispatcher: options.dispatcher,
      method: 'POST',
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      body: event.data,
      signal,
      // The deadline bounds the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    // The status says it all, and must not be held up by what follows it. The rest is read so that the connection can be
    // used again; one on which that takes long is closed.
    void answer.body
      .dump({ limit: ANSWER_MAX_BYTES, signal: AbortSignal.timeout(REST_TIMEOUT_MS) })
      .catch(() => undefined)
    return deliveryOf(answer.statusCode, answer.headers['retry-after'], options.now())
  }

  return async (event, signal) => {
    let headers: Record<string, string>
    try {
      headers = await headersOf(event)
    } catch (cause) {
      // A defect: no later attempt can end otherwise, and it must not stand in the way of other events.
      return { kind: 'refused', cause }
    }
    try {
      const late = (): StsError => new StsError('audit_refused', { detail: { afterMs: SEND_TIMEOUT_MS } })
      return await withDeadline({ ms: SEND_TIMEOUT_MS, signal, late }, (shared) =>
        send(event, headers, shared),
      )
    } catch (cause) {
      if (signal.aborted) return { kind: 'failed', problem: 'aborted' }
      return { kind: 'failed', problem: problemOf(cause), cause }
    }
  }
}

function problemOf(cause: unknown): 'network' | 'timeout' | 'identity_token' {
  switch (toStsError(cause).reason) {
    case 'audit_refused':
      return 'timeout'
    case 'identity_token_unavailable':
      return 'identity_token'
    default:
      return 'network'
  }
}

function deliveryOf(status: number, retryAfter: string | string[] | undefined, now: number): Delivery {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  if (ABOUT_THE_EVENT.has(status)) return { kind: 'refused', status }
  return { kind: 'failed', problem: 'status', status, retryAfterMs: readRetryAfter(retryAfter, now) }
}

/** Seconds or a date: RFC 9110, section 10.2.3. */
function readRetryAfter(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string') return undefined
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** The package costs its start a good part of a tenth of a second, so it is loaded when there is something to send. */
async function headersOf({ data, ...attributes }: PendingEvent): Promise<Record<string, string>> {
  const { CloudEvent, HTTP } = await import('cloudevents')
  const { headers } = HTTP.binary(
    new CloudEvent({ ...attributes, datacontenttype: 'application/json', data }),
  )
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
