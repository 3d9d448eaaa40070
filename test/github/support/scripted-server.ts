import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A server that answers as a test says, for what an emulated GitHub would never do. */
export interface ScriptedServer {
  readonly url: string
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body: string }[]
  /** Connections that were ever opened. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export type Answerer = (request: IncomingMessage, response: ServerResponse, count: number) => void

export interface ScriptedServerOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
}

export async function startScriptedServer(
  answer: Answerer,
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const requests: { method: string; url: string; body: string }[] = []
  let connections = 0
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      requests.push({ method: request.method ?? '', url: request.url ?? '', body })
      answer(request, response, requests.length)
    })
  }
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
