import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { Agent } from 'undici'
import { StsError } from '#pkg/errors'
import { createGrant } from '#pkg/github'
import { because, MINT, patient, startWorld, TARGET, type World } from './support/world.ts'

const grant = createGrant({ issues: 'write' }, ['widgets'])

describe('a mint whose answer is lost', () => {
  let world: World
  afterEach(() => world.close())

  for (const effect of [
    { kind: 'reset', worked: true },
    { kind: 'reset' },
    { kind: 'timeout' },
    { kind: 'timeout', worked: true },
    { kind: 'cut_body' },
    { kind: 'bad_json' },
    { kind: 'wrong_type' },
    { kind: 'drip', intervalMs: 50 },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 504 },
    { kind: 'status', status: 201, body: '' },
    { kind: 'status', status: 201, body: { token: '', expires_at: '2026-08-01T13:00:00Z' } },
    { kind: 'status', status: 201, body: { token: 'a b' } },
    { kind: 'status', status: 201, body: [] },
  ] as const) {
    it(`X: is unknown and not repeated: ${JSON.stringify(effect)}`, async () => {
      world = await startWorld({ app: { callTimeoutMs: 400 } })
      const installation = await world.install()
      world.takeCalls()
      world.failNext(MINT, effect)
      await assert.rejects(
        world.app.mintToken({ grant, installation, target: TARGET }, patient),
        because('mint_unknown'),
      )
      assert.deepEqual(world.takeCalls(), [MINT])
      const last = world.events.at(-1)
      assert.equal(last?.operation, 'mint_token')
    })
  }

  it('goes on when the caller leaves after it was sent, so that the token can be revoked', async () => {
    world = await startWorld()
    const installation = await world.install()
    const caller = new AbortController()
    world.failNext(MINT, { kind: 'slow', delayMs: 100 })
    const minting = world.app.mintToken({ grant, installation, target: TARGET }, { signal: caller.signal })
    while (world.github.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    caller.abort(new StsError('caller_gone'))
    const minted = await minting
    assert.ok(await world.app.revokeToken(minted))
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('is never sent for a caller who left while it waited for a connection', async () => {
    const dispatcher = new Agent({ connections: 1 })
    world = await startWorld({ app: { dispatcher } })
    const installation = await world.install()
    world.takeCalls()
    world.failNext(MINT, { kind: 'slow', delayMs: 200 })
    const first = world.app.mintToken({ grant, installation, target: TARGET }, patient)
    const caller = new AbortController()
    const second = world.app.mintToken({ grant, installation, target: TARGET }, { signal: caller.signal })
    while (world.github.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    caller.abort(new StsError('caller_gone'))
    await assert.rejects(second, because('caller_gone'))
    await first
    // By then the connection has been free for whatever still waited for it.
    await world.app.checkKey(patient)
    assert.equal(world.takeCalls().filter((operation) => operation === MINT).length, 1)
    await dispatcher.destroy()
  })

  it('is never sent for a caller who left before', async () => {
    world = await startWorld()
    const installation = await world.install()
    world.takeCalls()
    const signal = AbortSignal.abort(new StsError('caller_gone'))
    await assert.rejects(
      world.app.mintToken({ grant, installation, target: TARGET }, { signal }),
      because('caller_gone'),
    )
    assert.deepEqual(world.takeCalls(), [])
  })
})
