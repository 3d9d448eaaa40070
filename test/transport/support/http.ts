import http from 'node:http'
import http2 from 'node:http2'
import type { TestContext } from 'node:test'

export interface JsonRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface JsonResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Sends one request; the same test can then run over both protocols. */
export type JsonClient = (request: JsonRequest) => Promise<JsonResponse>

/** A client over HTTP/1.1 with a connection of its own per request. */
export function http1Client(port: number): JsonClient {
  return ({ method = 'GET', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port, method, path, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: Object.fromEntries(
                Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
              ),
              text: Buffer.concat(chunks).toString(),
            })
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
}

/** A client with prior knowledge over one HTTP/2 connection, closed after the test. */
export function http2Client(t: TestContext, port: number): JsonClient {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {
    // Each request has its own.
  })
  t.after(() => {
    session.destroy()
  })
  return ({ method = 'GET', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const stream = session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream: body === undefined },
      )
      let received: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {}
      const chunks: Buffer[] = []
      stream.on('response', (response) => {
        received = response
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', reject)
      stream.on('end', () => {
        const { ':status': status, ...rest } = received
        resolve({
          status: status ?? 0,
          headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
          text: Buffer.concat(chunks).toString(),
        })
      })
      if (body !== undefined) stream.end(body)
    })
}

/** The clients of both protocols, by name. */
export function jsonClients(t: TestContext, port: number): readonly (readonly [string, JsonClient])[] {
  return [
    ['HTTP/1.1', http1Client(port)],
    ['HTTP/2', http2Client(t, port)],
  ]
}

/** The body of a response as an object. */
export function json({ text }: JsonResponse): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
