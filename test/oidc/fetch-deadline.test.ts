import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import { DISCOVERY_PATH, json, KEYS_PATH, listen, type Answer } from './support/issuer-server.ts'
import { createWorld, ISSUER, PUBLIC_ADDRESS, rejectsWith } from './support/world.ts'

/** Long enough for an honest fetch over loopback, short enough for a test. */
const TIMEOUT_MS = 400

/** Sends one byte of an endless answer every few milliseconds. */
const drip: Answer = (response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 10)
  response.on('close', () => {
    clearInterval(timer)
  })
}

describe('S10: the deadline', () => {
  const slow: Readonly<Record<string, Answer>> = {
    'a body that drips': drip,
    'an answer that never comes': () => undefined,
    'headers without a body': (response) => {
      response.writeHead(200).flushHeaders()
    },
    'half a body': (response) => response.writeHead(200, { 'content-length': '100' }).write('{'),
    'interim answers without end': (response) => {
      const timer = setInterval(() => {
        response.writeProcessing()
      }, 10)
      response.on('close', () => {
        clearInterval(timer)
      })
    },
  }
  for (const [what, answer] of Object.entries(slow)) {
    test(`ends ${what}`, async (t) => {
      const world = await createWorld(t, { fetchTimeoutMs: TIMEOUT_MS })
      world.server.on(DISCOVERY_PATH, answer)
      const error = await rejectsWith(world.verify(), 'issuer_timeout')
      assert.equal(error.code, 'ISSUER_UNREACHABLE')
      assert.equal(world.server.count(), 1)
    })
  }

  test('counts document and key set together', async (t) => {
    const world = await createWorld(t, { fetchTimeoutMs: TIMEOUT_MS })
    const delayed =
      (answer: Answer): Answer =>
      (response, request) => {
        setTimeout(() => {
          answer(response, request)
        }, TIMEOUT_MS * 0.7)
      }
    world.server.on(DISCOVERY_PATH, delayed(json({ issuer: ISSUER, jwks_uri: `${ISSUER}${KEYS_PATH}` })))
    world.server.on(KEYS_PATH, delayed(json({ keys: [world.key.jwk] })))
    await rejectsWith(world.verify(), 'issuer_timeout')
    assert.equal(world.server.count(KEYS_PATH), 1)
  })

  test('ends a server that takes the connection and says nothing', async (t) => {
    const world = await createWorld(t, { fetchTimeoutMs: TIMEOUT_MS })
    const mute = createServer()
    await listen(mute)
    t.after(() => mute.close())
    mute.on('connection', (socket) => socket.resume().on('error', () => undefined))
    world.network.serve(PUBLIC_ADDRESS, (mute.address() as AddressInfo).port)
    const closed = new Promise((resolve) => mute.on('connection', (socket) => socket.on('close', resolve)))
    await rejectsWith(world.verify(), 'issuer_timeout')
    await closed
  })

  test('ends a name server that never answers', async (t) => {
    const world = await createWorld(t, {
      fetchTimeoutMs: TIMEOUT_MS,
      resolve: () => new Promise(() => undefined),
    })
    await rejectsWith(world.verify(), 'issuer_timeout')
  })
})

describe('S10: after the caller’s deadline nothing goes on', () => {
  test('the last caller who leaves ends the fetch', async (t) => {
    const world = await createWorld(t)
    world.server.on(DISCOVERY_PATH, drip)
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => world.verify({}, signal))
    const request = await requestOf(world.server.requests)
    const closed = closeOf(request.socket)
    callers[0]?.abort(new StsError('deadline_passed'))
    await rejectsWith(waiting[0] ?? assert.fail(), 'deadline_passed')
    assert.equal(request.destroyed, false)
    callers[1]?.abort(new StsError('caller_gone'))
    await rejectsWith(waiting[1] ?? assert.fail(), 'caller_gone')
    await closed
    assert.equal(world.server.count(), 1)
  })

  test('the next caller starts anew', async (t) => {
    const world = await createWorld(t)
    const good = json({
      issuer: ISSUER,
      jwks_uri: `${ISSUER}${KEYS_PATH}`,
      id_token_signing_alg_values_supported: ['ES256'],
    })
    world.server.on(DISCOVERY_PATH, drip)
    const caller = new AbortController()
    const waiting = world.verify({}, caller.signal)
    await requestOf(world.server.requests)
    caller.abort(new StsError('deadline_passed'))
    await rejectsWith(waiting, 'deadline_passed')
    world.server.on(DISCOVERY_PATH, good)
    await world.verify()
  })

  test('a caller who is already gone starts nothing', async (t) => {
    const world = await createWorld(t)
    await rejectsWith(world.verify({}, AbortSignal.abort(new StsError('caller_gone'))), 'caller_gone')
    assert.equal(world.server.count(), 0)
  })

  test('close ends what is being fetched', async (t) => {
    const world = await createWorld(t)
    world.server.on(DISCOVERY_PATH, drip)
    const waiting = world.verify()
    const request = await requestOf(world.server.requests)
    const closed = closeOf(request.socket)
    world.verifier.close()
    await rejectsWith(waiting, 'issuer_unavailable')
    await closed
  })
})

/** The first request that arrives. */
async function requestOf<T>(requests: readonly T[]): Promise<T> {
  for (;;) {
    const [request] = requests
    if (request !== undefined) return request
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Resolves when a connection has ended, well or not. */
function closeOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve))
}
