import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import {
  policyFor,
  startExchangeWorld,
  type Ask,
  type ExchangeWorld,
  type WorldOptions,
} from './support/exchange-world.ts'

const FIND = 'apps/get-repo-installation'
const MINT = 'apps/create-installation-access-token'
const READ = 'repos/get-content'

/** A world in which `reader` has been served, so that all of it is warm. */
async function startWarm(t: TestContext, options: WorldOptions = {}): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t, options)
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
  const outcome = await world.ask({})
  assert.ok(outcome.ok)
  world.gitHubCalls()
  return world
}

async function codeOf(world: ExchangeWorld, ask: Ask): Promise<string> {
  const outcome = await world.ask(ask)
  return outcome.ok ? 'OK' : outcome.denial.code
}

async function codesOf(world: ExchangeWorld, asks: readonly Ask[]): Promise<readonly string[]> {
  const codes: string[] = []
  for (const ask of asks) codes.push(await codeOf(world, ask))
  return codes
}

function many(count: number, ask: (number: number) => Ask): readonly Ask[] {
  return Array.from({ length: count }, (_, number) => ask(number))
}

/** Waits for what goes on behind the caller's back. */
async function hasCalled(world: ExchangeWorld, count: number): Promise<void> {
  const ended = (): number => world.github.calls.filter(({ endedAt }) => endedAt !== null).length
  for (let tries = 0; ended() < count; tries++) {
    assert.ok(tries < 1_000, `${ended()} calls instead of ${count}`)
    await wait(5)
  }
  await wait(20)
}

const madeUpIdentity = (number: number): Ask => ({ identity: `made-up-${number}` })
const madeUpRepository = (number: number): Ask => ({ scope: `acme/made-up-${number}` })
const madeUpOwner = (number: number): Ask => ({ scope: `made-up-${number}` })

describe('what strangers ask for that is not there', () => {
  for (const { name, ask, calls } of [
    { name: 'repositories', ask: madeUpRepository, calls: [MINT] },
    { name: 'owners', ask: madeUpOwner, calls: [FIND] },
  ]) {
    test(`costs one call each and is remembered: ${name}`, async (t) => {
      const world = await startWarm(t)
      for (const expected of [Array.from({ length: 50 }, () => calls).flat(), []]) {
        const codes = await codesOf(world, many(50, ask))
        assert.deepEqual(new Set(codes), new Set(['INSTALLATION_NOT_FOUND']))
        assert.deepEqual(world.gitHubCalls().operations, expected)
      }
      assert.equal(await codeOf(world, {}), 'OK')
      assert.deepEqual(world.gitHubCalls().operations, [MINT], 'what is there stays warm')
    })
  }

  test('costs two calls in all for identities of one repository: a miss, and the folder', async (t) => {
    const world = await startWarm(t)
    assert.equal(await codeOf(world, madeUpIdentity(0)), 'POLICY_NOT_FOUND')
    await hasCalled(world, 2)
    const codes = await codesOf(world, many(100, madeUpIdentity))
    assert.deepEqual(new Set(codes), new Set(['POLICY_NOT_FOUND']))
    assert.deepEqual(world.gitHubCalls().operations, [READ, READ])
  })
})

describe('a budget of misses that is spent', () => {
  for (const { name, ask, code } of [
    { name: 'repositories', ask: madeUpRepository, code: 'INSTALLATION_NOT_FOUND' },
    { name: 'owners', ask: madeUpOwner, code: 'INSTALLATION_NOT_FOUND' },
  ]) {
    test(`is RATE_LIMITED with the wait and without a call: ${name}`, async (t) => {
      const world = await startWarm(t, { missesPerMinute: 3 })
      const asked = name === 'owners' ? 15 : 3
      assert.deepEqual(
        await codesOf(world, many(asked, ask)),
        Array.from({ length: asked }, () => code),
      )
      world.gitHubCalls()
      const outcome = await world.ask(ask(100))
      assert.ok(!outcome.ok)
      assert.equal(outcome.denial.code, 'RATE_LIMITED')
      assert.equal(outcome.denial.retryAfterMs, name === 'owners' ? 4_000 : 20_000)
      assert.deepEqual(world.gitHubCalls().operations, [])
      assert.equal(world.records.at(-1)?.reason, 'miss_budget_spent')
    })
  }

  test('is one for repositories in any spelling of their owner', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 3 })
    const scopes = ['acme/a', 'Acme/b', 'ACME/c', 'aCME/d']
    assert.equal(
      (
        await codesOf(
          world,
          scopes.map((scope) => ({ scope })),
        )
      ).at(-1),
      'RATE_LIMITED',
    )
  })

  test('leaves alone what is known, and what the folder lists', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 3 })
    world.policy('acme/app', 'cold', policyFor(world.issuer.issuer))
    await codeOf(world, madeUpIdentity(0))
    await hasCalled(world, 2)
    assert.equal((await codesOf(world, many(5, madeUpRepository))).at(-1), 'RATE_LIMITED')
    world.gitHubCalls()
    assert.equal(await codeOf(world, {}), 'OK')
    assert.deepEqual(world.gitHubCalls().operations, [MINT])
    assert.equal(await codeOf(world, { identity: 'cold' }), 'OK')
    assert.deepEqual(world.gitHubCalls().operations, [READ, MINT])
  })

  test('leaves alone the callers of the owner, even before any was served', async (t) => {
    const world = await startExchangeWorld(t, { missesPerMinute: 1, trustIssuerAsGitHub: true })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const claims = { repository_owner: 'mallory' }
    const codes = await codesOf(
      world,
      many(15, (number) => ({ ...madeUpRepository(number), claims })),
    )
    assert.equal(codes.at(-1), 'RATE_LIMITED')
    assert.equal(await codeOf(world, {}), 'OK')
  })

  test('fills up by itself', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 3 })
    await codesOf(world, many(4, madeUpRepository))
    world.clock.now += 20_000
    assert.deepEqual(await codesOf(world, [madeUpRepository(4), madeUpRepository(5)]), [
      'INSTALLATION_NOT_FOUND',
      'RATE_LIMITED',
    ])
  })

  test('does not tell a stranger what is there, where all answers are to be alike', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 1, denialDetail: 'uniform' })
    world.policy('acme/docs', 'cold', policyFor(world.issuer.issuer))
    const claims = { sub: 'repo:mallory/x:ref:refs/heads/main' }
    const asks = [madeUpRepository(0), madeUpRepository(1), {}, { scope: 'acme/docs', identity: 'cold' }]
    for (const ask of asks) {
      const outcome = await world.ask({ ...ask, claims })
      assert.ok(!outcome.ok)
      assert.equal(outcome.denial.code, 'POLICY_NOT_FOUND')
      assert.equal(outcome.denial.retryAfterMs, undefined)
    }
    assert.equal(world.records.at(-1)?.reason, 'miss_budget_spent')
  })
})

describe('a question', () => {
  test('of many callers at the same time is one', async (t) => {
    const world = await startExchangeWorld(t, { missesPerMinute: 1 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const bearer = await world.token()
    const outcomes = await Promise.all(many(100, () => ({ bearer })).map((ask) => codeOf(world, ask)))
    assert.deepEqual(new Set(outcomes), new Set(['OK']))
  })

  for (const { name, ask, operation } of [
    { name: 'a policy', ask: madeUpIdentity, operation: READ },
    { name: 'an installation', ask: madeUpOwner, operation: FIND },
  ]) {
    test(`whose caller hangs up stays spent: ${name}`, async (t) => {
      const world = await startWarm(t, { missesPerMinute: 1 })
      const allowed = operation === FIND ? 5 : 1
      const stop = world.github.fault({ kind: 'timeout', match: operation })
      for (let number = 0; number < allowed; number++) {
        const caller = new AbortController()
        const outcome = codeOf(world, { ...ask(number), signal: caller.signal })
        while (world.github.calls.length <= number) await wait(5)
        caller.abort()
        assert.notEqual(await outcome, 'OK')
      }
      stop()
      world.gitHubCalls()
      assert.equal(await codeOf(world, ask(100)), 'RATE_LIMITED')
      assert.deepEqual(world.gitHubCalls().operations, [])
    })
  }

  test('that GitHub did not answer is none', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 1 })
    world.policy('acme/app', 'other', policyFor(world.issuer.issuer))
    world.github.fault({ kind: 'status', status: 500, match: READ })
    assert.equal(await codeOf(world, { identity: 'other' }), 'UPSTREAM_UNAVAILABLE')
    world.github.clearFaults()
    assert.equal(await codeOf(world, { identity: 'other' }), 'OK')
  })

  test('that GitHub refuses is a miss: it may refuse that name again and again', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 1 })
    world.github.fault({ kind: 'status', status: 451, match: READ })
    assert.deepEqual(await codesOf(world, many(2, madeUpIdentity)), ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED'])
  })

  test('about an owner who was served long ago is one, too; who is served goes on', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 1 })
    world.clock.now += 3_600_000
    const codes = await codesOf(world, many(3, madeUpRepository))
    assert.deepEqual(codes, ['INSTALLATION_NOT_FOUND', 'RATE_LIMITED', 'RATE_LIMITED'])
    assert.equal(await codeOf(world, {}), 'OK')
  })

  test('to several Apps is one', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 1, apps: 2 })
    const codes = await codesOf(world, many(6, madeUpOwner))
    assert.deepEqual(codes, [...Array.from({ length: 5 }, () => 'INSTALLATION_NOT_FOUND'), 'RATE_LIMITED'])
    assert.deepEqual(
      world.gitHubCalls().operations,
      Array.from({ length: 10 }, () => FIND),
    )
  })
})

describe('the folder of policies', () => {
  test('has what was pushed since it was listed, after 30 s or when a push is told of', async (t) => {
    const world = await startWarm(t)
    for (const { identity, learn } of [
      { identity: 'later', learn: () => (world.clock.now += 30_000) },
      {
        identity: 'told',
        learn: () => {
          world.trustPolicies.expire('ACME', 'App')
        },
      },
    ]) {
      world.gitHubCalls()
      await codeOf(world, { identity: `made-up-${identity}` })
      await hasCalled(world, 2)
      world.policy('acme/app', identity, policyFor(world.issuer.issuer))
      assert.equal(await codeOf(world, { identity }), 'POLICY_NOT_FOUND')
      learn()
      assert.equal(await codeOf(world, { identity }), 'OK')
    }
  })

  test('of 1,000 files and more proves nothing: each name is a question', async (t) => {
    const world = await startWarm(t, { missesPerMinute: 5 })
    for (let number = 0; number < 1_000; number++) world.policy('acme/app', `old-${number}`, '')
    await codeOf(world, madeUpIdentity(0))
    await hasCalled(world, 2)
    assert.deepEqual(await codesOf(world, many(7, madeUpIdentity)), [
      ...Array.from({ length: 5 }, () => 'POLICY_NOT_FOUND'),
      'RATE_LIMITED',
      'RATE_LIMITED',
    ])
    assert.equal(world.gitHubCalls().operations.length, 6)
  })

  test('that cannot be listed is not tried again for a name that is remembered', async (t) => {
    const world = await startWarm(t)
    world.github.fault({
      kind: 'status',
      status: 451,
      match: ({ path }) => path.endsWith('/chainguard'),
    })
    for (let round = 0; round < 20; round++) {
      assert.equal(await codeOf(world, madeUpIdentity(0)), 'POLICY_NOT_FOUND')
      await hasCalled(world, 2)
    }
    assert.deepEqual(world.gitHubCalls().operations, [READ, READ])
  })
})
