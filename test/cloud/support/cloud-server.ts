import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { generate } from 'selfsigned'
import { Agent, buildConnector, type Dispatcher } from 'undici'

/** A request as it came in. */
export interface SeenRequest {
  readonly method: string
  readonly host: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What is answered; `silence` never is, and `cut` closes the connection. */
export type CloudAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: object | string }
  | 'silence'
  | 'cut'

export type Serve = (request: SeenRequest) => CloudAnswer

/** Plays the hosts of a cloud: those with TLS under their own names, the machine's own services without. */
export interface CloudServer {
  /** Carries every https host to here, over TLS that is verified. */
  readonly dispatcher: Dispatcher
  /** Host and port of the services without TLS. */
  readonly plainHost: string
  readonly requests: readonly SeenRequest[]
}

const HOSTS = [
  'cloudkms.googleapis.com',
  'secretmanager.googleapis.com',
  'oauth2.googleapis.com',
  'kms.eu-central-1.amazonaws.com',
  'secretsmanager.eu-central-1.amazonaws.com',
  'kms.us-west-2.amazonaws.com',
  'secretsmanager.us-west-2.amazonaws.com',
  '*.vault.azure.net',
  'login.microsoftonline.com',
]

const CERTIFICATE = await generate([{ name: 'commonName', value: 'cloud.test' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: HOSTS.map((value) => ({ type: 2 as const, value })) }],
})

export async function startCloudServer(t: TestContext, serve: Serve): Promise<CloudServer> {
  const requests: SeenRequest[] = []
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const body = Buffer.concat(chunks).toString()
      const seen: SeenRequest = { method, host: headers.host ?? '', path, headers, body }
      requests.push(seen)
      send(response, serve(seen))
    })
  }
  const secure = createHttpsServer({ key: CERTIFICATE.private, cert: CERTIFICATE.cert }, listener)
  const plain = createHttpServer(listener)
  const ports: number[] = []
  for (const server of [secure, plain]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports.push((server.address() as AddressInfo).port)
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
  }
  const connect = buildConnector({ ca: CERTIFICATE.cert })
  const dispatcher = new Agent({
    connect: (options, callback) => {
      const carried =
        options.protocol === 'https:'
          ? { ...options, servername: options.hostname, hostname: '127.0.0.1', port: String(ports[0]) }
          : options
      connect(carried, callback)
    },
  })
  t.after(() => dispatcher.destroy())
  return { dispatcher, plainHost: `127.0.0.1:${ports[1] ?? 0}`, requests }
}

function send(response: ServerResponse, answer: CloudAnswer): void {
  if (answer === 'silence') return
  if (answer === 'cut') {
    response.destroy()
    return
  }
  const { status, headers = {}, body = '' } = answer
  const isText = typeof body === 'string'
  response
    .writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
    .end(isText ? body : JSON.stringify(body))
}

/** Sets variables of the environment for the length of a test; undefined removes one. */
export function setEnvironment(
  t: TestContext,
  variables: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    t.after(() => {
      put(name, before)
    })
    put(name, value)
  }
}

function put(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name)
  else process.env[name] = value
}
