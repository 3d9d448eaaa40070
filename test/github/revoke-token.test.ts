import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createGrant, type MintedToken } from '#pkg/github'
import { MINT, patient, POLICY_PATH, REVOKE, startWorld, TARGET, type World } from './support/world.ts'

describe('revoking', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ app: { callTimeoutMs: 1000 } })
  })
  afterEach(() => world.close())

  async function mint(): Promise<MintedToken> {
    const installation = await world.install()
    const grant = createGrant({ issues: 'read' }, ['widgets'])
    const minted = await world.app.mintToken({ grant, installation, target: TARGET }, patient)
    world.takeCalls()
    return minted
  }

  it('ends a token', async () => {
    assert.equal(await world.app.revokeToken(await mint()), true)
    assert.deepEqual(world.takeCalls(), [REVOKE])
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('takes a 401 for the death of a token that is not new', async () => {
    const minted = await mint()
    world.advance(60_000)
    world.failNext(REVOKE, { kind: 'status', status: 401 })
    assert.equal(await world.app.revokeToken(minted), true)
    assert.deepEqual(world.takeCalls(), [REVOKE])
  })

  it('asks again when a token so new is said to be dead', async () => {
    const minted = await mint()
    world.failNext(REVOKE, { kind: 'status', status: 401 })
    assert.equal(await world.app.revokeToken(minted), true)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('waits for a rate limit, at most two minutes', async () => {
    const minted = await mint()
    world.failNext(REVOKE, { kind: 'status', status: 429, headers: { 'retry-after': '30' } })
    world.failNext(REVOKE, { kind: 'status', status: 429, headers: { 'retry-after': '3600' } })
    assert.equal(await world.app.revokeToken(minted), true)
    assert.deepEqual(world.pauses, [30_000, 120_000])
  })

  it('gives up in the end and does not throw', async () => {
    const minted = await mint()
    world.github.fault({ kind: 'status', status: 403, match: REVOKE })
    assert.equal(await world.app.revokeToken(minted), false)
    assert.equal(world.takeCalls().length, 3)
  })

  it('ends all read tokens at shutdown, and waits for that', async () => {
    const installation = await world.install()
    for (const repository of ['widgets', 'gadgets', '.github']) {
      const file = { owner: 'acme', repository, installation, path: POLICY_PATH }
      await world.app.readFile(file, patient)
    }
    assert.equal(world.github.liveTokens().length, 3)
    await world.app.close(5000)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('ends a read token that comes during the shutdown', async () => {
    const installation = await world.install()
    world.failNext(MINT, { kind: 'slow', delayMs: 100 })
    const reading = world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
    await world.app.close(5000)
    await reading.catch(() => undefined)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('does not hold up a shutdown longer than it may', async () => {
    const installation = await world.install()
    await world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
    world.github.fault({ kind: 'timeout', match: REVOKE })
    const started = performance.now()
    await world.app.close(50)
    assert.ok(performance.now() - started < 900, 'the call has a second')
  })

  it('does not ask for a token that has expired', async () => {
    const installation = await world.install()
    await world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
    world.advance(3_600_000)
    await world.app.close(5000)
    assert.ok(!world.takeCalls().includes(REVOKE))
  })
})
