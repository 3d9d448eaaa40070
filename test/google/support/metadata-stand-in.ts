import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** Answers one request in place of the metadata server. */
export type Answer = (response: ServerResponse, url: URL) => void

/** Speaks the protocol of Google's metadata server. */
export interface MetadataStandIn {
  /** Host and port, as in GCE_METADATA_HOST. */
  readonly host: string
  /** Path and query of every request so far. */
  readonly requests: readonly string[]
  /** What the next request is answered with instead; later ones as usual. */
  answerOnce(answer: Answer): void
  /** What all requests are answered with instead. */
  answerAlways(answer: Answer): void
}

export interface MetadataStandInOptions {
  /** Seconds since the epoch at which tokens end. */
  readonly tokensEnd?: () => number
}

export const FLAVOR = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' }

/** An hour from now, in seconds since the epoch. */
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600

export async function startMetadataStandIn(
  t: TestContext,
  { tokensEnd = inAnHour }: MetadataStandInOptions = {},
): Promise<MetadataStandIn> {
  const requests: string[] = []
  let next: Answer | undefined
  let always: Answer | undefined
  const server = createServer((request: IncomingMessage, response) => {
    requests.push(request.url ?? '')
    const url = new URL(request.url ?? '', 'http://metadata')
    const answer = next ?? always ?? answerAsGoogle
    next = undefined
    // The real one wants the header of every request, so that no browser or proxy can be made to ask.
    if (request.headers['metadata-flavor'] !== 'Google') response.writeHead(403, FLAVOR).end('Forbidden')
    else answer(response, url)
  })
  function answerAsGoogle(response: ServerResponse, url: URL): void {
    switch (url.pathname) {
      case '/':
        response.writeHead(200, FLAVOR).end('computeMetadata/\n')
        break
      case '/computeMetadata/v1/project/project-id':
        response.writeHead(200, FLAVOR).end('acme-prod')
        break
      case '/computeMetadata/v1/instance/service-accounts/default/identity':
        answerIdentity(response, url.searchParams, tokensEnd())
        break
      default:
        response.writeHead(404, FLAVOR).end()
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerOnce: (answer) => (next = answer),
    answerAlways: (answer) => (always = answer),
  }
}

function answerIdentity(response: ServerResponse, query: URLSearchParams, exp: number): void {
  const audience = query.get('audience')
  if (audience === null || audience === '') {
    response.writeHead(400, FLAVOR).end('non-empty audience parameter required')
    return
  }
  // Only the full form has the e-mail address that receivers ask for.
  const full = query.get('format') === 'full' ? { email: 'sts@acme.test', email_verified: true } : {}
  response.writeHead(200, FLAVOR).end(identityToken({ aud: audience, exp, ...full }))
}

/** A token in the form of Google's, with a signature that means nothing. */
export function identityToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = { iss: 'https://accounts.google.com', sub: '1122', iat: 1, ...claims }
  return `${part({ alg: 'RS256', kid: 'k', typ: 'JWT' })}.${part(payload)}.${Buffer.from('signature').toString('base64url')}`
}
