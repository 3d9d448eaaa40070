import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { TestContext } from 'node:test'
import { generate } from 'selfsigned'

/** Answers one request as an issuer would, or as none should. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A server that plays one or more issuers. */
export interface IssuerServer {
  readonly port: number
  /** Sets what a path answers, on any host. */
  on(path: string, answer: Answer): void
  /** Requests for `path` so far, or all. */
  count(path?: string): number
  /** Headers of all requests, in order. */
  readonly requests: readonly IncomingMessage[]
  /** Connections accepted so far. */
  readonly connections: () => number
}

export const DISCOVERY_PATH = '/.well-known/openid-configuration'
export const KEYS_PATH = '/keys'

const HOSTS = ['issuer.test', 'other.test', 'third.test', '*.issuer.test', 'localhost']

/** A certificate for the hosts of the tests, and its key. It is its own authority. */
export const CERTIFICATE = await generate([{ name: 'commonName', value: 'issuer.test' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [
    {
      name: 'subjectAltName',
      altNames: [
        ...HOSTS.map((value) => ({ type: 2 as const, value })),
        { type: 7 as const, ip: '127.0.0.1' },
        { type: 7 as const, ip: '8.8.8.8' },
      ],
    },
  ],
})

/** Starts a server for the length of a test: https unless told otherwise. */
export async function startIssuerServer(
  t: TestContext,
  options: {
    readonly plain?: boolean
    readonly maxVersion?: 'TLSv1.1'
    readonly certificate?: typeof CERTIFICATE
  } = {},
): Promise<IssuerServer> {
  const answers = new Map<string, Answer>()
  const requests: IncomingMessage[] = []
  let connections = 0
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request)
    const answer = answers.get(request.url ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else answer(response, request)
  }
  const { private: key, cert } = options.certificate ?? CERTIFICATE
  const tlsVersions =
    options.maxVersion === undefined
      ? {}
      : { minVersion: 'TLSv1' as const, maxVersion: options.maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }
  const server = options.plain
    ? createHttpServer(listener)
    : createHttpsServer({ key, cert, ...tlsVersions }, listener)
  server.on('connection', () => connections++)
  await listen(server)
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as AddressInfo).port,
    on: (path, answer) => answers.set(path, answer),
    count: (path) => requests.filter(({ url }) => path === undefined || url === path).length,
    requests,
    connections: () => connections,
  }
}

/** Listens on an ephemeral port of loopback. */
export async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

/** Answers 200 with JSON. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(code, headers).end()
  }
}
