import { createHmac } from 'node:crypto'
import type { TestContext } from 'node:test'

import {
  createWebhookServer,
  type AnswerEvent,
  type CutCause,
  type WebhookServer,
  type WebhookServerOptions,
} from '#pkg/transport'
import { createDeliveryReceiver, type Delivery } from '#pkg/webhook'

export const SECRET = 'a secret'

export interface RunningWebhook {
  readonly port: number
  readonly server: WebhookServer
  /** What reached the work, in order. */
  readonly deliveries: Delivery[]
  readonly answers: AnswerEvent[]
  readonly cuts: CutCause[]
  readonly defects: unknown[]
  /** Lets the deliveries of the event `slow` go on. */
  release: () => void
}

/** Starts the webhook on a free port; closed after the test. */
export async function startWebhook(
  t: TestContext,
  options: Partial<WebhookServerOptions> = {},
): Promise<RunningWebhook> {
  const deliveries: Delivery[] = []
  const answers: AnswerEvent[] = []
  const cuts: CutCause[] = []
  const defects: unknown[] = []
  let waiting: (() => void)[] = []
  const receive = createDeliveryReceiver({
    secrets: () => [SECRET],
    work: async (delivery) => {
      deliveries.push(delivery)
      if (delivery.event === 'slow') await new Promise<void>((resolve) => waiting.push(resolve))
      return delivery.event === 'busy'
        ? { kind: 'busy', retryAfterMs: 3_000 }
        : { kind: 'done', checks: deliveries.length }
    },
    now: Date.now,
  })
  const server = createWebhookServer({
    receive,
    readiness: () => ({ ready: true, detail: { app: 'ok' } }),
    host: '127.0.0.1',
    port: 0,
    observer: {
      answered: (event) => answers.push(event),
      cut: (cause) => cuts.push(cause),
      unexpected: (thrown) => defects.push(thrown),
    },
    ...options,
  })
  const port = await server.listen()
  t.after(() => server.close({ graceMs: 0 }))
  return {
    port,
    server,
    deliveries,
    answers,
    cuts,
    defects,
    release: () => {
      const released = waiting
      waiting = []
      for (const go of released) go()
    },
  }
}

/** The headers of a signed delivery. */
export function deliveryHeaders(body: string | Buffer, event = 'push'): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    'X-GitHub-Event': event,
    'X-GitHub-Delivery': '1',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  }
}

/** A POST up to its body, which is to have `length` bytes. */
export function requestHead(length: number, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${lines.join('')}\r\n`
}
