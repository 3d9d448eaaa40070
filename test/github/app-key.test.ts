import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createGrant } from '#pkg/github'
import { because, FIND, KEY, MINT, patient, startWorld, TARGET, type World } from './support/world.ts'

const CLOCK_MESSAGE = "'Expiration time' claim ('exp') is too far in the future"
const grant = createGrant({ contents: 'read' }, ['widgets'])

describe('the key of an App', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.close())

  /** The claims of the JWT that the last call carried. */
  function lastClaims(): Record<string, unknown> {
    const authorization = world.github.calls.at(-1)?.requestHeaders.authorization ?? ''
    const [, payload = ''] = authorization.split('.')
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  }

  it('signs a JWT from 60 s ago to 9 min ahead', async () => {
    await world.install()
    const seconds = world.now() / 1000
    assert.deepEqual(lastClaims(), { iat: seconds - 60, exp: seconds + 540, iss: String(world.appId) })
  })

  it('signs once for many calls at the same time', async () => {
    const owners = Array.from({ length: 50 }, (_, index) => ({ owner: `o${index}`, repository: 'r' }))
    await Promise.allSettled(owners.map((owner) => world.app.findInstallation(owner, patient)))
    assert.equal(world.signatures(), 1)
  })

  it('signs anew after 8 minutes, not before', async () => {
    const installation = await world.install()
    for (const [ms, signatures] of [
      [8 * 60_000 - 1, 1],
      [1, 2],
    ] as const) {
      world.advance(ms)
      await world.app.mintToken({ grant, installation, target: TARGET }, patient)
      assert.equal(world.signatures(), signatures)
    }
  })

  it('meets one 401 with one new JWT', async () => {
    const installation = await world.install()
    world.takeCalls()
    world.failNext(MINT, { kind: 'status', status: 401, body: { message: 'Bad credentials' } })
    await world.app.mintToken({ grant, installation, target: TARGET }, patient)
    assert.deepEqual(world.takeCalls(), [MINT, MINT])
    assert.equal(world.signatures(), 2)
    assert.equal(world.app.problem, undefined)
  })

  it('signs on the clock of GitHub when a 401 names a time claim', async () => {
    const date = new Date(world.now() + 300_000).toUTCString()
    const body = { message: CLOCK_MESSAGE }
    world.failNext(FIND, { kind: 'status', status: 401, headers: { date }, body })
    await world.install().catch(() => undefined)
    assert.equal(lastClaims()['exp'], world.now() / 1000 + 300 + 540)
  })

  it('leaves its clock alone when a 401 names none', async () => {
    const date = new Date(world.now() + 300_000).toUTCString()
    world.failNext(FIND, {
      kind: 'status',
      status: 401,
      headers: { date },
      body: { message: 'Bad credentials' },
    })
    await world.install()
    assert.equal(lastClaims()['exp'], world.now() / 1000 + 540)
  })

  it('is not usable while GitHub refuses it, and is again when GitHub takes it', async () => {
    world.github.removeAppKeys({ id: world.appId })
    await assert.rejects(world.install(), because('app_key_refused'))
    assert.equal(world.app.problem, 'app_key_refused')
    assert.equal(world.takeCalls().length, 2)

    await assert.rejects(world.app.checkKey(patient), because('app_key_refused'))
    assert.equal(world.takeCalls().length, 1, 'a refused key is not signed with at every call')
    assert.equal(world.signatures(), 2)

    world.github.addAppKey({ id: world.appId }, KEY.publicKey)
    await world.app.checkKey(patient)
    assert.equal(world.app.problem, undefined)
  })

  it('says so when the key service fails, and tries again at the next call', async () => {
    await world.close()
    let failures = 1
    const { createPemSigner } = await import('#pkg/signer')
    const pem = createPemSigner(KEY.privateKey)
    world = await startWorld({
      app: {
        signer: {
          description: 'flaky',
          sign: (input, signal) =>
            failures-- > 0 ? Promise.reject(new TypeError('down')) : pem.sign(input, signal),
        },
      },
    })
    await assert.rejects(world.install(), because('app_key_unavailable'))
    assert.equal(world.app.problem, 'app_key_unavailable')
    assert.equal(world.takeCalls().length, 0)
    await world.install()
    assert.equal(world.app.problem, undefined)
  })
})
