import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import { createMetadataServer, type MetadataServer } from '#pkg/google'
import {
  FLAVOR,
  identityToken,
  startMetadataStandIn,
  type Answer,
  type MetadataStandIn,
  type MetadataStandInOptions,
} from './support/metadata-stand-in.ts'

const AUDIENCE = 'https://broker.acme.test/events?x=1'
const NOW = Date.parse('2026-01-01T00:00:00Z')
const SECONDS = NOW / 1000

interface World {
  readonly google: MetadataStandIn
  readonly server: MetadataServer
  readonly clock: { now: number }
  readonly token: (audience?: string, signal?: AbortSignal) => Promise<string>
}

async function createWorld(t: TestContext, options: MetadataStandInOptions = {}): Promise<World> {
  const clock = { now: NOW }
  const google = await startMetadataStandIn(t, { tokensEnd: () => clock.now / 1000 + 3600, ...options })
  const server = createMetadataServer({ host: google.host, now: () => clock.now, random: () => 0 })
  t.after(() => server.close())
  const token = (audience = AUDIENCE, signal = new AbortController().signal): Promise<string> =>
    server.identityToken(audience, { signal })
  return { google, server, clock, token }
}

const signal = new AbortController().signal

async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StsError, 'fails with an StsError')
  assert.equal(error.reason, 'identity_token_unavailable')
  return error.detail['problem']
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(text) as Record<string, unknown>
}

describe('identityToken', () => {
  test('asks for the full form of a token for exactly this audience', async (t) => {
    const { google, token } = await createWorld(t)
    const { aud, email } = payloadOf(await token())
    assert.deepEqual({ aud, email }, { aud: AUDIENCE, email: 'sts@acme.test' })
    assert.equal(google.requests.length, 1)
  })

  test('keeps a token until five minutes before its end', async (t) => {
    const { google, token, clock } = await createWorld(t)
    const first = await token()
    clock.now += 3600_000 - 5 * 60_000 - 1
    assert.equal(await token(), first)
    clock.now += 1
    assert.notEqual(await token(), first)
    assert.equal(google.requests.length, 2)
  })

  test('keeps the tokens of two audiences apart', async (t) => {
    const { token } = await createWorld(t)
    assert.equal(payloadOf(await token('https://a.test'))['aud'], 'https://a.test')
    assert.equal(payloadOf(await token('https://b.test'))['aud'], 'https://b.test')
  })

  test('asks once for all who want the same token at the same time', async (t) => {
    const { google, token } = await createWorld(t)
    const leaving = new AbortController()
    const left = token(AUDIENCE, leaving.signal)
    const others = Promise.all(Array.from({ length: 20 }, () => token()))
    leaving.abort(new StsError('caller_gone'))
    await assert.rejects(left, { reason: 'caller_gone' })
    assert.equal(new Set(await others).size, 1)
    assert.equal(google.requests.length, 1)
  })

  const REFUSED: readonly (readonly [name: string, problem: string, answer: Answer])[] = [
    [
      'a server that is not Google’s',
      'not_google',
      (response) => response.writeHead(200).end(identityToken({})),
    ],
    [
      'a redirect',
      'status',
      (response) => response.writeHead(302, { ...FLAVOR, location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['a workload without an identity', 'status', (response) => response.writeHead(404, FLAVOR).end()],
    ['garbage', 'shape', (response) => response.writeHead(200, FLAVOR).end('<html>')],
    ['an empty answer', 'shape', (response) => response.writeHead(200, FLAVOR).end()],
    [
      'a token for someone else',
      'audience',
      (response) => response.writeHead(200, FLAVOR).end(identityToken({ aud: 'x', exp: SECONDS + 60 })),
    ],
    [
      'a token for several',
      'audience',
      (response) =>
        response.writeHead(200, FLAVOR).end(identityToken({ aud: [AUDIENCE], exp: SECONDS + 60 })),
    ],
    [
      'a token that has expired',
      'expiry',
      (response) => response.writeHead(200, FLAVOR).end(identityToken({ aud: AUDIENCE, exp: SECONDS })),
    ],
    [
      'a token that never expires',
      'expiry',
      (response) => response.writeHead(200, FLAVOR).end(identityToken({ aud: AUDIENCE })),
    ],
    ['an endless answer', 'too_large', (response) => response.writeHead(200, FLAVOR).end('a'.repeat(20_000))],
  ]
  for (const [name, problem, answer] of REFUSED) {
    test(`refuses ${name}, and does not ask again`, async (t) => {
      const { google, token } = await createWorld(t)
      google.answerAlways(answer)
      assert.equal(await problemOf(token()), problem)
      assert.equal(google.requests.length, 1)
    })
  }

  const TEMPORARY: readonly (readonly [name: string, answer: Answer])[] = [
    ['maintenance', (response) => response.writeHead(503, FLAVOR).end()],
    ['its limits', (response) => response.writeHead(429, FLAVOR).end()],
    ['a lost connection', (response) => response.destroy()],
  ]
  for (const [name, answer] of TEMPORARY) {
    test(`asks again after ${name}`, async (t) => {
      const { google, token } = await createWorld(t)
      google.answerOnce(answer)
      assert.equal(payloadOf(await token())['aud'], AUDIENCE)
      assert.equal(google.requests.length, 2)
    })
  }

  test('gives up after four attempts, and remembers no failure', async (t) => {
    const { google, token } = await createWorld(t)
    google.answerAlways((response) => response.writeHead(503, FLAVOR).end())
    assert.equal(await problemOf(token()), 'status')
    assert.equal(google.requests.length, 4)
    await problemOf(token())
    assert.equal(google.requests.length, 8)
  })

  test('goes to the server itself, whatever proxy the environment names', async (t) => {
    const { token } = await createWorld(t)
    const before = process.env['http_proxy']
    process.env['http_proxy'] = 'http://127.0.0.1:1'
    t.after(() => {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
    })
    assert.equal(payloadOf(await token())['aud'], AUDIENCE)
  })

  test('shows nothing of an answer in its errors', async (t) => {
    const { google, token } = await createWorld(t)
    google.answerAlways((response) => response.writeHead(200, FLAVOR).end('CANARY.e30.CANARY'))
    const error: unknown = await token().catch((thrown: unknown) => thrown)
    assert.ok(error instanceof StsError)
    assert.doesNotMatch(JSON.stringify([error, error.detail, error.stack, error.cause]), /CANARY/)
  })
})

describe('projectId', () => {
  test('is asked for once', async (t) => {
    const { google, server } = await createWorld(t)
    assert.equal(await server.projectId({ signal }), 'acme-prod')
    assert.equal(await server.projectId({ signal }), 'acme-prod')
    assert.equal(google.requests.length, 1)
  })

  test('must look like one', async (t) => {
    const { google, server } = await createWorld(t)
    google.answerAlways((response) => response.writeHead(200, FLAVOR).end('a/b\nc'))
    assert.equal(await problemOf(server.projectId({ signal })), 'shape')
  })
})

describe('isPresent', () => {
  test('is true where Google’s server answers, be it with an error', async (t) => {
    const { google, server } = await createWorld(t)
    assert.equal(await server.isPresent({ signal }), true)
    google.answerAlways((response) => response.writeHead(503, FLAVOR).end())
    assert.equal(await server.isPresent({ signal }), true)
  })

  test('is false for another server', async (t) => {
    const { google, server } = await createWorld(t)
    google.answerAlways((response) => response.writeHead(200).end('hello'))
    assert.equal(await server.isPresent({ signal }), false)
  })

  test('is false for one that says nothing for a second, or is not there', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    for (const host of [`127.0.0.1:${port}`, '127.0.0.1:1', 'metadata.invalid', 'not a host']) {
      const server = createMetadataServer({ host })
      assert.equal(await server.isPresent({ signal }), false, host)
      await server.close()
    }
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  test('ends when nobody waits for it', async (t) => {
    const { google, server } = await createWorld(t)
    google.answerAlways(() => undefined)
    const leaving = new AbortController()
    const asked = server.isPresent({ signal: leaving.signal })
    leaving.abort(new StsError('caller_gone'))
    await assert.rejects(asked, { reason: 'caller_gone' })
  })
})
