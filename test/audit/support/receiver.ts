import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { HTTP, type CloudEventV1 } from 'cloudevents'
import { generate } from 'selfsigned'
import { Agent, type Dispatcher } from 'undici'

type Data = Readonly<Record<string, unknown>>

/** A request as the receiver got it, and the event that the SDK reads in it. */
export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly event: CloudEventV1<Data> & Readonly<Record<string, unknown>>
}

/** Answers one event. */
export type Answer = (response: ServerResponse, received: Received, count: number) => void

export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** How events are answered from now on. Default: 204. */
  answerWith(answer: Answer): void
  /** Resolves when so many events have come. */
  waitFor(count: number): Promise<void>
}

/** A test that waits longer has failed. */
const ARRIVAL_MAX_MS = 20_000

/** A certificate for 127.0.0.1 that is its own authority. */
const CERTIFICATE = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
})

export async function startReceiver(t: TestContext, { tls = false } = {}): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let answer: Answer = (response) => response.writeHead(204).end()
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { headers } = request
      const event = HTTP.toEvent<Data>({ headers, body: Buffer.concat(chunks).toString() })
      if (Array.isArray(event)) throw new Error('a batch')
      const entry = { headers, event }
      received.push(entry)
      answer(response, entry, received.length)
      for (const check of waiting) check()
    })
  }
  const server = tls
    ? createTlsServer({ key: CERTIFICATE.private, cert: CERTIFICATE.cert }, listener)
    : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    answerWith: (next) => (answer = next),
    waitFor: (count) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          reject(new Error(`${received.length} of ${count} events came`))
        }, ARRIVAL_MAX_MS)
        const check = (): void => {
          if (received.length < count) return
          waiting.delete(check)
          clearTimeout(late)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

/** Connections that trust the receiver's certificate, closed with the test. */
export function createDispatcher(t: TestContext): Dispatcher {
  const agent = new Agent({ connect: { ca: CERTIFICATE.cert } })
  t.after(() => agent.destroy())
  return agent
}
