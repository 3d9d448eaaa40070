import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What one request is answered with. */
export interface ReceiverAnswer {
  readonly status: number
  readonly contentType?: string
  readonly body?: string
}

/** A server on loopback that is told each request whole; closed after the test. Resolves with its base URL. */
export async function startHttpReceiver(
  t: TestContext,
  receive: (request: IncomingMessage, body: string) => ReceiverAnswer,
): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { status, contentType, body } = receive(request, Buffer.concat(chunks).toString())
      response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
