import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { HTTP, type CloudEventV1 } from 'cloudevents'

/** A receiver of CloudEvents as its operator would write one, with the SDK. */
export interface EventReceiver {
  readonly url: string
  readonly events: CloudEventV1<unknown>[]
  /** Headers and bodies as they came. */
  readonly raw: () => string
}

export async function startEventReceiver(t: TestContext): Promise<EventReceiver> {
  const events: CloudEventV1<unknown>[] = []
  let raw = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      raw += `${request.rawHeaders.join('\n')}\n${body}\n`
      const event = HTTP.toEvent({ headers: request.headers, body })
      events.push(...(Array.isArray(event) ? event : [event]))
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/events`, events, raw: () => raw }
}
