import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'

/** One delivery as it arrived. */
export interface Received {
  readonly event: string
  readonly action: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly payload: Json
}

export type Json = Readonly<Record<string, unknown>>

/** What a webhook is sent to. */
export interface Receiver {
  readonly url: string
  /** In the order in which the requests started. */
  readonly received: readonly Received[]
  readonly of: (event: string) => readonly Received[]
  readonly clear: () => void
  /** Frees the port. */
  readonly close: () => Promise<void>
}

/** Listens on loopback; `answer` answers a delivery, by default with 200. */
export async function startReceiver(
  t: TestContext,
  answer: (received: Received, response: ServerResponse) => void = (_, response) => response.end('ok'),
): Promise<Receiver> {
  const slots: (Received | undefined)[] = []
  const server = createServer((request, response) => {
    const slot = slots.push(undefined) - 1
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const payload = payloadOf(request.headers, body)
      const received = {
        event: String(request.headers['x-github-event']),
        action: typeof payload['action'] === 'string' ? payload['action'] : undefined,
        headers: request.headers,
        body,
        payload,
      }
      slots[slot] = received
      answer(received, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => {
        resolve()
      })
    })
  t.after(close)
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const all = (): Received[] => slots.filter((one) => one !== undefined)
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    get received() {
      return all()
    },
    of: (event) => all().filter((one) => one.event === event),
    clear() {
      slots.length = 0
    },
    close,
  }
}

/** The signature that a body must have. */
export function signatureOf(body: Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** What is at `path` (`a.b.0`) of some JSON. */
export function at(json: unknown, path: string): unknown {
  let found = json
  for (const step of path.split('.')) found = objectAt(found)[step]
  return found
}

function payloadOf(headers: IncomingHttpHeaders, body: Buffer): Json {
  const text = body.toString()
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  try {
    return objectAt(JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text))
  } catch {
    return {}
  }
}

function objectAt(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
