import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import { policyFor, startExchangeWorld, type Ask, type ExchangeWorld } from './support/exchange-world.ts'

const FIND = 'apps/get-repo-installation'
const MINT = 'apps/create-installation-access-token'
const READ = 'repos/get-content'
const ISSUES = 'permissions:\n  issues: write\n'
const SLOW = { kind: 'slow', delayMs: 300 } as const

/** Asks, and lets the deadline pass as soon as `condition` holds. */
async function askUntil(world: ExchangeWorld, condition: () => boolean): Promise<string> {
  const leaving = new AbortController()
  const asking = world.ask({ signal: leaving.signal })
  await until(condition)
  leaving.abort(new StsError('deadline_passed'))
  const outcome = await asking
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('a deadline that passes', () => {
  const steps = [
    { name: 'while the issuer is asked', slow: undefined, calls: [] },
    { name: 'while the installation is looked up', slow: FIND, calls: [FIND] },
    { name: 'while read tokens are made', slow: MINT, calls: [FIND, MINT, MINT] },
    { name: 'while files are read', slow: READ, calls: [FIND, MINT, MINT, READ, READ] },
  ] as const
  for (const { name, slow, calls } of steps) {
    test(`ends the work for its caller: ${name}`, async (t) => {
      const world = await startExchangeWorld(t)
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
      let reached = false
      const here = (): boolean => (reached = true)
      if (slow === undefined) world.issuer.fault({ ...SLOW, match: here })
      else world.github.fault({ ...SLOW, match: ({ operation }) => operation === slow && here() })
      assert.equal(await askUntil(world, () => reached), 'DEADLINE_EXCEEDED')
      await settled()
      const operations = world.gitHubCalls().operations
      assert.ok(operations.length <= calls.length, operations.join())
      assert.deepEqual(
        world.records.map(({ outcome, tokenSha256 }) => [outcome, tokenSha256]),
        [['DEADLINE_EXCEEDED', undefined]],
      )
    })
  }

  test('before anything was done makes nobody be asked', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
    const gone: Ask = { signal: AbortSignal.abort(new StsError('deadline_passed')) }
    assert.ok(!(await world.ask(gone)).ok)
    assert.deepEqual(world.gitHubCalls().operations, [])
    assert.equal(world.issuer.calls.length, 0)
    assert.ok((await world.ask({})).ok)
    world.gitHubCalls()
    assert.ok(!(await world.ask(gone)).ok, 'nor when all is warm')
    assert.deepEqual(world.gitHubCalls().operations, [])
  })

  test('for one of two callers takes nothing from the other', async (t) => {
    const world = await startExchangeWorld(t, { latencyMs: 20 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
    const leaving = new AbortController()
    const outcomes = [world.ask({ signal: leaving.signal }), world.ask({}), world.ask({})]
    setTimeout(() => {
      leaving.abort(new StsError('caller_gone'))
    }, 50)
    const [left, ...served] = await Promise.all(outcomes)
    assert.ok(left && !left.ok)
    assert.ok(served.every(({ ok }) => ok))
  })
})

describe('a mint that GitHub does not answer', () => {
  test('is in the records as unknown when the process ends before it is answered', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
    assert.ok((await world.ask({})).ok)
    world.records.length = 0
    let reached = false
    const here = (): boolean => (reached = true)
    world.github.fault({ ...SLOW, match: ({ operation }) => operation === MINT && here() })
    assert.equal(await askUntil(world, () => reached), 'DEADLINE_EXCEEDED')
    await world.service.settle(1)
    const outcomes = (): string[] => world.records.map(({ outcome }) => outcome)
    assert.deepEqual(outcomes(), ['DEADLINE_EXCEEDED', 'MINT_UNKNOWN'])
    await world.service.settle(5_000)
    assert.deepEqual(outcomes(), ['DEADLINE_EXCEEDED', 'MINT_UNKNOWN', 'REVOKED'], 'it came after all')
  })

  test('is there once, also when it turns out afterwards that it was lost', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
    assert.ok((await world.ask({})).ok)
    world.records.length = 0
    let reached = false
    const here = (): boolean => (reached = true)
    world.github.fault({ kind: 'timeout', match: ({ operation }) => operation === MINT && here() })
    assert.equal(await askUntil(world, () => reached), 'DEADLINE_EXCEEDED')
    await world.service.settle(1)
    await world.github.close()
    await world.service.settle(5_000)
    assert.deepEqual(
      world.records.map(({ outcome }) => outcome),
      ['DEADLINE_EXCEEDED', 'MINT_UNKNOWN'],
    )
  })
})

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500))

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 500, 'it never came')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
