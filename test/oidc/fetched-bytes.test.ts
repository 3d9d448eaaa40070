import assert from 'node:assert/strict'
import { createServer as createTlsServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { generate } from 'selfsigned'
import { StsError } from '#pkg/errors'
import {
  CERTIFICATE,
  DISCOVERY_PATH,
  json,
  KEYS_PATH,
  listen,
  startIssuerServer,
  status,
  type Answer,
} from './support/issuer-server.ts'
import { createWorld, ISSUER, PUBLIC_ADDRESS, type World } from './support/world.ts'

/** What an issuer would like to see in a log; lower case, as a host name would be. */
const CANARY = 'canary-4f1e'

async function failureOf(world: World, bearer?: string): Promise<StsError> {
  const thrown: unknown = await world.verify(bearer).catch((error: unknown) => error)
  assert.ok(thrown instanceof StsError, String(thrown))
  return thrown
}

/** Everything that a logger could get out of an error. */
function assertNothingOf(error: StsError, secret: string): void {
  const text = inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity })
  assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), text)
}

const answers: Readonly<Record<string, Answer>> = {
  'a body that is no JSON': (response) => response.end(`{"a": ${CANARY}`),
  'a status and its phrase': (response) => response.writeHead(404, CANARY).end(CANARY),
  'an unavailable page': (response) => response.writeHead(503, CANARY).end(CANARY),
  'a redirect to a refused URL': status(302, { location: `http://${CANARY}.test/` }),
  'a redirect to a private address': status(302, { location: `https://127.0.0.1/${CANARY}` }),
  'a redirect to a name without address': status(302, { location: `https://${CANARY}.test/` }),
  'another issuer': json({ issuer: `https://${CANARY}.test` }),
  'a refused jwks_uri': json({ issuer: ISSUER, jwks_uri: `file:///${CANARY}` }),
  'a jwks_uri without address': json({ issuer: ISSUER, jwks_uri: `https://${CANARY}.test/` }),
  'an unknown encoding': (response) => response.writeHead(200, { 'content-encoding': CANARY }).end('{}'),
  'a header that is too long': status(200, { 'x-long': CANARY.repeat(8_000) }),
  'a body cut short': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write(CANARY, () => response.destroy())
  },
}

describe('S14: no fetched byte is in an error', () => {
  for (const [what, answer] of Object.entries(answers)) {
    test(`for ${what}`, async (t) => {
      const world = await createWorld(t)
      world.server.on(DISCOVERY_PATH, answer)
      assertNothingOf(await failureOf(world), CANARY)
      assertNothingOf(await failureOf(world), CANARY)
    })
  }

  test('for a key set without a usable key', async (t) => {
    const world = await createWorld(t)
    world.server.on(KEYS_PATH, json({ keys: [{ kty: 'RSA', n: CANARY, e: 'AQAB', kid: CANARY }] }))
    assertNothingOf(await failureOf(world), CANARY)
  })

  test('for bytes that are no HTTP', async (t) => {
    const world = await createWorld(t)
    const server = createTlsServer({ key: CERTIFICATE.private, cert: CERTIFICATE.cert }, (socket) => {
      socket.on('error', () => undefined).end(`${CANARY} is no HTTP\r\n\r\n`)
    })
    await listen(server)
    t.after(() => server.close())
    world.network.serve(PUBLIC_ADDRESS, (server.address() as AddressInfo).port)
    assertNothingOf(await failureOf(world), CANARY)
  })

  test('for the names in a certificate', async (t) => {
    const certificate = await generate([{ name: 'commonName', value: `${CANARY}.test` }], {
      keyType: 'ec',
      algorithm: 'sha256',
    })
    const world = await createWorld(t, { issuerCa: certificate.cert })
    const server = await startIssuerServer(t, { certificate })
    world.network.serve(PUBLIC_ADDRESS, server.port)
    assertNothingOf(await failureOf(world), CANARY)
  })
})

test('no part of a token is in an error', async (t) => {
  const world = await createWorld(t)
  const bearer = await world.key.sign(world.claims({ secret: CANARY }), { kid: `kid-${CANARY}` })
  const error = await failureOf(world, bearer)
  assertNothingOf(error, CANARY)
  for (const part of bearer.split('.')) assertNothingOf(error, part)
})
