import { randomUUID } from 'node:crypto'
import type { Webhook } from '../model/app.ts'
import type { Delivery, Message } from './delivery.ts'
import { post } from './post.ts'
import type { PostResult } from './post.ts'
import { signatureHeaders } from './signature.ts'

/** Bytes of the deliveries kept, besides their count. */
const LOG_MAX_BYTES = 64 * 1024 * 1024

/** Larger payloads are not sent: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const PAYLOAD_MAX_BYTES = 25 * 1024 * 1024

const USER_AGENT = 'GitHub-Hookshot/0e51a2f'

/** What the deliveries are made with. */
export interface DeliveriesOptions {
  /** Time for connection and answer together. */
  readonly timeoutMs: number
  /** Deliveries kept in the log, the newest. */
  readonly kept: number
  readonly now: () => number
  readonly webhookOf: (appId: number) => Webhook | undefined
}

/** The sending side of the webhooks, and what it has done. */
export interface Deliveries {
  /** Finished attempts, oldest first; live. */
  readonly log: readonly Delivery[]
  /**
   * Sends a message to its App's webhook. Connections are opened in the order of the calls; nothing waits for an answer
   * to what was sent before. Undefined if the App has no webhook, or the payload is too large.
   */
  readonly send: (message: Message) => Promise<Delivery | undefined>
  /** Sends again what was sent before, to where the App's webhook is today. */
  readonly redeliver: (delivery: Delivery) => Promise<Delivery | undefined>
  /** Waits until nothing is under way. */
  readonly settled: () => Promise<void>
  /** Gives up what is under way. */
  readonly close: () => Promise<void>
}

export function createDeliveries({ timeoutMs, kept, now, webhookOf }: DeliveriesOptions): Deliveries {
  const log: Delivery[] = []
  const underWay = new Map<Promise<Delivery | undefined>, AbortController>()
  let logBytes = 0
  let nextId = 1
  let turn = Promise.resolve()
  let closed = false

  function keep(delivery: Delivery): void {
    log.push(delivery)
    logBytes += sizeOf(delivery)
    while (log.length > kept || logBytes > LOG_MAX_BYTES) {
      const oldest = log.shift()
      if (oldest === undefined) return
      logBytes -= sizeOf(oldest)
    }
  }

  async function attempt(
    { message, guid, redelivery }: Pick<Delivery, 'message' | 'guid' | 'redelivery'>,
    webhook: Webhook,
    canceling: AbortController,
  ): Promise<Delivery> {
    const requestBody = bodyOf(message, webhook)
    const requestHeaders = headersOf(message, webhook, guid, requestBody)
    const turnBefore = turn
    let pass = (): void => undefined
    turn = new Promise((resolve) => {
      pass = resolve
    })
    await turnBefore
    const startedAt = now()
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      canceling.abort()
    }, timeoutMs)
    const result = await post({
      url: webhook.url,
      headers: requestHeaders,
      body: requestBody,
      signal: canceling.signal,
      onConnected: pass,
    }).finally(() => {
      clearTimeout(timer)
      // Also when a test gave a header that cannot be sent: the others still have their turn.
      pass()
    })
    const delivery: Delivery = {
      id: nextId++,
      guid,
      redelivery,
      message,
      url: webhook.url,
      deliveredAt: now(),
      durationMs: now() - startedAt,
      status: statusOf(result, timedOut),
      statusCode: result.kind === 'answered' ? result.status : 0,
      requestHeaders,
      requestBody,
      responseHeaders: result.kind === 'answered' ? result.headers : {},
      responseBody: result.kind === 'answered' ? result.body : '',
    }
    keep(delivery)
    return delivery
  }

  function start(what: Pick<Delivery, 'message' | 'guid' | 'redelivery'>): Promise<Delivery | undefined> {
    const webhook = webhookOf(what.message.appId)
    if (webhook === undefined || closed || Buffer.byteLength(what.message.payload) > PAYLOAD_MAX_BYTES) {
      return Promise.resolve(undefined)
    }
    const canceling = new AbortController()
    const attempted = attempt(what, webhook, canceling).finally(() => {
      underWay.delete(attempted)
    })
    underWay.set(attempted, canceling)
    return attempted
  }

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay.keys())
  }

  return {
    log,
    send: (message) => start({ message, guid: randomUUID(), redelivery: false }),
    redeliver: ({ message, guid }) => start({ message, guid, redelivery: true }),
    settled,
    async close() {
      closed = true
      for (const canceling of underWay.values()) canceling.abort()
      await settled()
    },
  }
}

function bodyOf({ payload }: Message, { contentType }: Webhook): Buffer {
  const bytes = Buffer.from(payload)
  return contentType === 'form'
    ? Buffer.from(new URLSearchParams({ payload: bytes.toString() }).toString())
    : bytes
}

/** The headers of https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers */
function headersOf(message: Message, webhook: Webhook, guid: string, body: Buffer): Record<string, string> {
  const secret = message.secret ?? webhook.secret
  const headers: Record<string, string | null> = {
    Accept: '*/*',
    'Content-Type': webhook.contentType === 'form' ? 'application/x-www-form-urlencoded' : 'application/json',
    'Content-Length': String(body.length),
    'User-Agent': USER_AGENT,
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': message.event,
    'X-GitHub-Hook-ID': String(webhook.id),
    'X-GitHub-Hook-Installation-Target-ID': String(message.appId),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    ...(secret === undefined ? {} : signatureHeaders(secret, body)),
    ...message.headers,
  }
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

function statusOf(result: PostResult, timedOut: boolean): string {
  if (result.kind === 'failed') return timedOut ? 'timed out' : 'failed to connect to host'
  return result.status >= 200 && result.status < 300 ? 'OK' : `Invalid HTTP Response: ${result.status}`
}

function sizeOf({ message, requestBody, responseBody }: Delivery): number {
  return Buffer.byteLength(message.payload) + requestBody.length + responseBody.length
}
