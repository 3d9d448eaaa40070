// The least that an exchange can cost with the same libraries: one signature checked, one POST to GitHub over TLS.
// No policy, no limits, no records. The benchmark compares the service with it.
import { sign } from 'node:crypto'
import { createServer } from 'node:http'
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { Agent } from 'undici'

const { PORT, GITHUB_URL, INSTALLATION_ID, APP_ID, PRIVATE_KEY, KEY_SET } = process.env
const keySet = createLocalJWKSet(JSON.parse(KEY_SET ?? '') as JSONWebKeySet)
const jwt = signAppJwt()
const dispatcher = new Agent()

function signAppJwt(): string {
  const seconds = Math.floor(Date.now() / 1000)
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = { iat: seconds - 60, exp: seconds + 540, iss: APP_ID }
  const input = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), PRIVATE_KEY ?? '').toString('base64url')}`
}

async function exchange(authorization: string): Promise<string> {
  await compactVerify(authorization.slice('Bearer '.length), keySet)
  const { statusCode, body } = await dispatcher.request({
    origin: GITHUB_URL ?? '',
    path: `/app/installations/${INSTALLATION_ID ?? ''}/access_tokens`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${jwt}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
      'user-agent': 'bare',
    },
    body: JSON.stringify({ repositories: ['app-0'], permissions: { contents: 'read', issues: 'write' } }),
  })
  const answer = (await body.json()) as { readonly token: string }
  if (statusCode !== 201) throw new Error(`GitHub answered ${statusCode}`)
  return answer.token
}

/** Clients pause while others are measured. */
const KEEP_ALIVE_MS = 600_000

createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  exchange(request.headers.authorization ?? '').then(
    (token) => {
      const body = JSON.stringify({ token })
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
    },
    (thrown: unknown) => {
      response.writeHead(500, { 'content-length': 0 }).end()
      console.error(thrown)
    },
  )
}).listen(Number(PORT), '127.0.0.1')

process.on('SIGTERM', () => {
  process.exit(0)
})
