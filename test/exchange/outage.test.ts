import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import { policyFor, startExchangeWorld, type ExchangeWorld } from './support/exchange-world.ts'

const READ = 'repos/get-content'
const MINT = 'apps/create-installation-access-token'
const isCallersMint = (request: { readonly body: Buffer; readonly operation: string | undefined }): boolean =>
  request.operation === MINT && !request.body.toString().includes('"contents":"read"')

const WRITE = 'permissions:\n  contents: write\n'

async function warmWorld(t: Parameters<typeof startExchangeWorld>[0]): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t, { callTimeoutMs: 500 })
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, WRITE))
  const outcome = await world.ask({})
  assert.ok(outcome.ok)
  world.records.length = 0
  return world
}

async function codeOf(world: ExchangeWorld): Promise<string> {
  const outcome = await world.ask({})
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('while GitHub cannot be asked for a policy', () => {
  const troubles = [
    { name: 'it answers 500', effect: { kind: 'status', status: 500 } },
    {
      name: 'it is rate limited',
      effect: { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0' } },
    },
    { name: 'it resets', effect: { kind: 'reset' } },
    { name: 'it answers no JSON', effect: { kind: 'status', status: 200, body: '{' } },
    { name: 'it is silent', effect: { kind: 'timeout' } },
  ] as const

  for (const { name, effect } of troubles) {
    test(`the last good copy serves, marked, for an hour and no longer: ${name}`, async (t) => {
      const world = await warmWorld(t)
      world.github.fault({ ...effect, match: READ })
      world.clock.now += 120_000
      assert.equal(await codeOf(world), 'OK')
      assert.equal(world.records[0]?.policy?.stale, true)
      world.clock.now += 3_600_000
      assert.match(await codeOf(world), /^(RATE_LIMITED|UPSTREAM_UNAVAILABLE)$/)
    })
  }

  test('a policy that was never seen is not absent but unavailable', async (t) => {
    const world = await startExchangeWorld(t)
    world.github.fault({ kind: 'status', status: 500, match: READ })
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
    world.github.clearFaults()
    world.clock.now += 2_000
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    assert.equal(await codeOf(world), 'OK', 'the failure was not remembered as an absence')
  })

  test('a policy known to be absent is unavailable, not absent, once that has grown old', async (t) => {
    const world = await startExchangeWorld(t)
    assert.equal(await codeOf(world), 'POLICY_NOT_FOUND')
    world.clock.now += 31_000
    world.github.fault({ kind: 'status', status: 500, match: READ })
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
  })
})

describe('a policy that changes', () => {
  test('is followed once its freshness has passed', async (t) => {
    const world = await warmWorld(t)
    world.policy('acme/app', 'reader', policyFor('https://issuer.example.com'))
    assert.equal(await codeOf(world), 'OK')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'POLICY_MISMATCH')
  })

  test('and is deleted or broken is not replaced by its last good copy', async (t) => {
    const world = await warmWorld(t)
    world.policy('acme/app', 'reader', 'broken: [')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'POLICY_INVALID')
    world.github.deleteFile('acme/app', '.github/chainguard/reader.sts.yaml')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'POLICY_NOT_FOUND')
  })

  test('and appears is found after 30 seconds', async (t) => {
    const world = await startExchangeWorld(t)
    assert.equal(await codeOf(world), 'POLICY_NOT_FOUND')
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.clock.now += 31_000
    assert.equal(await codeOf(world), 'OK')
  })
})

describe('after the mint', () => {
  test('a record that is refused revokes the token and ends in AUDIT_UNAVAILABLE', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    world.sink.refuses = (record) => record.outcome === 'OK'
    assert.equal(await codeOf(world), 'AUDIT_UNAVAILABLE')
    await until(() => world.records.length === 2)
    assert.deepEqual(world.records.map(({ outcome }) => outcome).sort(), ['AUDIT_UNAVAILABLE', 'REVOKED'])
    assert.equal(world.github.liveTokens().length, before)
  })

  test('a denial is answered although its record is refused', async (t) => {
    const world = await warmWorld(t)
    world.sink.refuses = () => true
    const outcome = await world.ask({ identity: 'nobody' })
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'POLICY_NOT_FOUND')
  })

  test('an answer that could not be delivered revokes the token, in a second record of the same request', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    const outcome = await world.ask({})
    assert.ok(outcome.ok)
    outcome.abandon()
    await until(() => world.records.length === 2)
    assert.deepEqual(
      world.records.map(({ outcome: result }) => result),
      ['OK', 'REVOKED'],
    )
    assert.equal(new Set(world.records.map(({ requestId }) => requestId)).size, 1)
    assert.equal(world.github.liveTokens().length, before)
  })

  test('a caller who leaves during the mint gets no token, and nobody else does', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    const leaving = new AbortController()
    world.github.fault({
      kind: 'slow',
      delayMs: 200,
      match: (request) => {
        if (!isCallersMint(request)) return false
        leaving.abort(new StsError('caller_gone'))
        return true
      },
    })
    const outcome = await world.ask({ signal: leaving.signal })
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'DEADLINE_EXCEEDED')
    await world.service.settle(5_000)
    assert.deepEqual(
      world.records.map(({ outcome: result }) => result),
      ['DEADLINE_EXCEEDED', 'REVOKED'],
    )
    assert.equal(world.github.liveTokens().length, before)
  })

  test('a token that cannot be revoked is recorded as such', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    world.sink.refuses = ({ outcome }) => outcome === 'OK'
    world.github.fault({ kind: 'status', status: 403, match: 'apps/revoke-installation-access-token' })
    assert.equal(await codeOf(world), 'AUDIT_UNAVAILABLE')
    await until(() => world.records.length === 2)
    assert.deepEqual(
      world.records.map(({ outcome }) => outcome),
      ['AUDIT_UNAVAILABLE', 'NOT_REVOKED'],
    )
    assert.equal(world.github.liveTokens().length, before + 1)
  })

  test('a mint whose answer is lost is MINT_UNKNOWN and is not sent again', async (t) => {
    const world = await warmWorld(t)
    world.github.fault({ kind: 'reset', worked: true, match: isCallersMint })
    world.gitHubCalls()
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
    assert.equal(world.records[0]?.outcome, 'MINT_UNKNOWN')
    assert.deepEqual(world.gitHubCalls().operations, [MINT])
  })

  test('a token that GitHub made wider than the grant is revoked and never given', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    world.github.fault({
      kind: 'answer',
      match: isCallersMint,
      rewrite: (body) => ({ ...(body as object), permissions: { contents: 'write', members: 'read' } }),
    })
    assert.equal(await codeOf(world), 'GRANT_EXCEEDED')
    await until(() => world.github.liveTokens().length === before)
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 500, 'it never came')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
