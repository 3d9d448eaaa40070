import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSigningKey, type SigningKey } from '../../oidc/support/token.ts'
import { HOSTILE_SUBJECT } from '../world/names.ts'

/** Answers a request to an issuer. */
export type Behaviour = (issuer: HostileIssuer, response: ServerResponse) => void

/** An issuer as its behaviour sees it. */
export interface HostileIssuer {
  /** Its `iss`. */
  readonly issuer: string
  /** What is asked for: the document, or another path below the issuer's. */
  readonly path: string
  readonly key: SigningKey
}

/** A server that is any number of issuers: the first segment of the path says how they behave. */
export interface HostileIssuers {
  /** The issuer of this behaviour and number. */
  issuerOf(behaviour: string, n: number): string
  /** A token of this issuer, signed with the key that the valid ones publish; claims given as undefined are left out. */
  sign(
    issuer: string,
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>
  /** Claims of a token that is valid now. */
  claims(issuer: string): Record<string, unknown>
  readonly key: SigningKey
  close(): void
}

export const DISCOVERY_PATH = '/.well-known/openid-configuration'
const TOKEN_LIFETIME_SECONDS = 300

export async function startHostileIssuers(
  behaviours: ReadonlyMap<string, Behaviour>,
  domain: string,
): Promise<HostileIssuers> {
  const key = createSigningKey('hostile')
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined)
    const [, name = '', n = '', ...rest] = (request.url ?? '').split('/')
    const behave = behaviours.get(name)
    if (behave === undefined) response.writeHead(404).end()
    else behave({ issuer: `${origin}/${name}/${n}`, path: `/${rest.join('/')}`, key }, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const origin = `http://127.0.0.1:${port}`

  function claims(issuer: string): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000)
    const exp = now + TOKEN_LIFETIME_SECONDS
    return { iss: issuer, sub: HOSTILE_SUBJECT, aud: domain, iat: now, nbf: now, exp }
  }
  return {
    issuerOf: (behaviour, n) => `${origin}/${behaviour}/${n}`,
    sign: (issuer, more = {}, header) => key.sign({ ...claims(issuer), ...more }, header),
    claims,
    key,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
