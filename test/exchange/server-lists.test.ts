import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { policyFor, startExchangeWorld } from './support/exchange-world.ts'

describe('a server that serves some owners alone', () => {
  for (const scope of ['initech/app', 'initech', 'ac', 'acme-labs/app', 'toString', 'constructor/app']) {
    test(`asks nobody anything for another: ${scope}`, async (t) => {
      const world = await startExchangeWorld(t, { allowedOwners: new Set(['acme']) })
      const outcome = await world.ask({ scope })
      assert.ok(!outcome.ok)
      assert.equal(outcome.denial.code, 'APP_NOT_CONFIGURED')
      assert.equal(world.records[0]?.reason, 'owner_not_allowed')
      assert.deepEqual(world.issuer.calls, [])
      assert.deepEqual(world.gitHubCalls().operations, [])
    })
  }

  for (const scope of ['acme/app', 'ACME/app', 'Acme/App']) {
    test(`serves its own, in any spelling: ${scope}`, async (t) => {
      const world = await startExchangeWorld(t, { allowedOwners: new Set(['acme']) })
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      const outcome = await world.ask({ scope })
      assert.ok(outcome.ok)
    })
  }

  test('of which there are none serves nobody', async (t) => {
    const world = await startExchangeWorld(t, { allowedOwners: new Set() })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const outcome = await world.ask({})
    assert.ok(!outcome.ok)
  })

  test('tells it of a token that nobody has verified, and asks nobody to', async (t) => {
    const world = await startExchangeWorld(t, { allowedOwners: new Set(['acme']) })
    const [header, payload] = (await world.token()).split('.')
    const outcome = await world.ask({ scope: 'initech/app', bearer: `${header}.${payload}.AAAA` })
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'APP_NOT_CONFIGURED')
    assert.deepEqual(world.issuer.calls, [])
  })

  for (const bearer of ['x', 'x.y.z']) {
    test(`answers what is no token alike for all owners: ${bearer}`, async (t) => {
      const world = await startExchangeWorld(t, { allowedOwners: new Set(['acme']) })
      for (const scope of ['acme/app', 'initech/app']) {
        const outcome = await world.ask({ scope, bearer })
        assert.ok(!outcome.ok)
        assert.equal(outcome.denial.code, 'TOKEN_MALFORMED')
      }
    })
  }
})

describe('a server that bounds the life of tokens', () => {
  test('asks nobody anything for one that lives too long', async (t) => {
    const world = await startExchangeWorld(t, { maxTokenLifetimeMs: 60_000 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const outcome = await world.ask({})
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'TOKEN_INVALID')
    assert.equal(world.records[0]?.reason, 'token_lives_too_long')
    assert.deepEqual(world.issuer.calls, [])
    assert.deepEqual(world.gitHubCalls().operations, [])
  })
})
