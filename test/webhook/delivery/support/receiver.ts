import { createHmac } from 'node:crypto'
import {
  createDeliveryReceiver,
  type Delivery,
  type DeliveryEvent,
  type DeliveryReceiver,
  type DeliveryRequest,
  type DeliveryResult,
} from '#pkg/webhook'

export const SECRET = 'a secret, with a comma'

/** The headers of a delivery by name; several values for a repeated header, none for a missing one. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** `X-Hub-Signature-256` of a body. */
export function signatureOf(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** A request as GitHub sends it, with `headers` in place of or beside its own. */
export function requestOf(body: string | Buffer, headers: Headers = {}): DeliveryRequest {
  const all: Headers = {
    'Content-Type': 'application/json',
    'X-GitHub-Event': 'push',
    'X-GitHub-Delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'X-GitHub-Hook-Installation-Target-ID': '12345',
    'X-Hub-Signature-256': signatureOf(body),
    ...headers,
  }
  const rawHeaders = Object.entries(all).flatMap(([name, values]) =>
    [values].flat().flatMap((v) => [name, v]),
  )
  return { rawHeaders, body: Buffer.from(body), requestId: 'request-1' }
}

export interface Receiver {
  readonly receive: DeliveryReceiver
  /** What reached the work. */
  readonly deliveries: Delivery[]
  readonly events: DeliveryEvent[]
  readonly defects: unknown[]
}

/** A receiver whose work gives `result`, or throws it if it is an error. */
export function startReceiver(
  result: DeliveryResult | Error = { kind: 'done', checks: 1 },
  secrets: readonly string[] = [SECRET],
): Receiver {
  const deliveries: Delivery[] = []
  const events: DeliveryEvent[] = []
  const defects: unknown[] = []
  let time = 1_000
  const receive = createDeliveryReceiver({
    secrets: () => secrets,
    work: async (delivery) => {
      deliveries.push(delivery)
      if (result instanceof Error) throw result
      return Promise.resolve(result)
    },
    observer: {
      answered: (event) => events.push(event),
      unexpected: (thrown) => defects.push(thrown),
    },
    now: () => (time += 7),
  })
  return { receive, deliveries, events, defects }
}
