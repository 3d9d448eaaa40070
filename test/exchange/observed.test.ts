import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CacheName } from '#pkg/telemetry'
import { policyFor, startExchangeWorld, type ExchangeWorld } from './support/exchange-world.ts'
import { createRecordingTrace, REQUEST_CONTEXT, STEP_CONTEXT } from './support/recording-trace.ts'

const MINUTE_MS = 60_000

const ALL_STEPS = [
  'request',
  'issuer',
  'token',
  'pool',
  'installation',
  'issuer_list',
  'policy',
  'match',
  'grant',
  'mint',
  'record',
  'answer',
]

function resultsOf(world: ExchangeWorld, cache: CacheName): readonly string[] {
  return world.lookups.flatMap(([name, result]) => (name === cache ? [result] : []))
}

describe('a traced exchange', () => {
  test('goes through every step in order, and its record is in the trace', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const trace = createRecordingTrace()
    const outcome = await world.ask({ trace })
    assert.ok(outcome.ok)
    assert.deepEqual(
      trace.steps,
      ALL_STEPS.map((name) => ({ name, outcome: 'done' })),
    )
    assert.deepEqual(trace.conclusions, [['OK', undefined]])
    assert.deepEqual(world.records[0]?.trace, REQUEST_CONTEXT)
  })

  test('ends at the step that refuses, with its reason', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const trace = createRecordingTrace()
    await world.ask({ trace, claims: { sub: 'repo:acme/app:ref:refs/heads/other' } })
    assert.deepEqual(trace.steps.at(-1), { name: 'match', outcome: 'failed' })
    assert.deepEqual(trace.conclusions, [['POLICY_MISMATCH', 'subject_mismatch']])
  })

  test('tells GitHub of its trace where the call is for it alone', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const trace = createRecordingTrace()
    assert.ok((await world.ask({ trace })).ok)
    const traced = world.github.calls.filter(
      ({ requestHeaders }) => requestHeaders['traceparent'] !== undefined,
    )
    const [mint, ...others] = traced
    assert.ok(mint !== undefined && others.length === 0)
    assert.match(mint.path, /access_tokens$/)
    assert.deepEqual(mint, world.github.calls.at(-1))
    assert.equal(mint.requestHeaders['traceparent'], `00-${STEP_CONTEXT.traceId}-${STEP_CONTEXT.spanId}-01`)
    assert.equal(mint.requestHeaders['tracestate'], 'vendor=opaque')
  })
})

describe('the end of an exchange', () => {
  test('is told with code, reason and level, once for each', async (t) => {
    const world = await startExchangeWorld(t, { requiredFor: new Set(['other']) })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.policy('acme/.github', 'reader', policyFor(world.issuer.issuer))
    assert.ok((await world.ask({})).ok)
    assert.ok((await world.ask({ scope: 'acme' })).ok)
    await world.ask({ identity: 'nobody' })
    await world.ask({ bearer: 'nonsense' })
    assert.deepEqual(
      world.ends.map(({ code, reason, level, transport }) => [code, reason, level, transport]),
      [
        ['OK', undefined, 'repository', 'http'],
        ['OK', undefined, 'organization', 'http'],
        ['POLICY_NOT_FOUND', 'policy_missing', 'repository', 'http'],
        ['TOKEN_MALFORMED', 'token_not_compact', 'none', 'http'],
      ],
    )
  })

  test('is the one that the caller sees when the record is refused', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.sink.refuses = ({ outcome }) => outcome === 'OK'
    assert.equal((await world.ask({})).ok, false)
    assert.deepEqual(
      world.ends.map(({ code, reason }) => [code, reason]),
      [['AUDIT_UNAVAILABLE', 'audit_refused']],
    )
  })
})

describe('lookups', () => {
  test('are misses when nothing is known, then hits, then stale', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    assert.ok((await world.ask({})).ok)
    assert.ok((await world.ask({})).ok)
    world.clock.now += 2 * MINUTE_MS
    assert.ok((await world.ask({})).ok)
    assert.deepEqual(resultsOf(world, 'trust_policy'), ['miss', 'hit', 'stale'])
    assert.deepEqual(resultsOf(world, 'issuer_list'), ['miss', 'negative', 'stale'])
    assert.deepEqual(resultsOf(world, 'installation'), ['miss', 'hit', 'hit'])
    assert.deepEqual(resultsOf(world, 'issuer_keys'), ['miss', 'hit', 'hit'])
    assert.ok(resultsOf(world, 'read_token').includes('miss'))
    assert.ok(resultsOf(world, 'read_token').includes('hit'))
    assert.deepEqual(world.fetches, ['ok'])
  })

  test('are negative for what is known not to be there', async (t) => {
    const world = await startExchangeWorld(t)
    await world.ask({ identity: 'nobody' })
    await world.ask({ identity: 'nobody' })
    assert.deepEqual(resultsOf(world, 'trust_policy'), ['miss', 'negative'])
    await world.ask({ scope: 'stranger/app' })
    await world.ask({ scope: 'stranger/app' })
    assert.deepEqual(resultsOf(world, 'installation').slice(-2), ['miss', 'negative'])
  })

  test('an issuer that cannot be asked is counted by its reason, and once', async (t) => {
    const world = await startExchangeWorld(t)
    world.issuer.failNext({ kind: 'status', status: 404 })
    await world.ask({})
    await world.ask({})
    assert.deepEqual(world.fetches, ['issuer_status'])
    assert.deepEqual(resultsOf(world, 'issuer_keys'), ['miss', 'negative'])
  })
})
