import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProber } from '#pkg/prober'
import {
  detailOf,
  outcomes,
  POLICY_PATH,
  runProber,
  SCOPE,
  startProberWorld,
} from './support/prober-world.ts'

const ALL_PASSED = {
  token: 'passed',
  exchange_grpc: 'passed',
  exchange_json: 'passed',
  read_policy: 'passed',
  list_issues: 'passed',
  create_issue_refused: 'passed',
  wrong_audience_refused_grpc: 'passed',
  wrong_audience_refused_json: 'passed',
  unknown_identity_refused_grpc: 'passed',
  unknown_identity_refused_json: 'passed',
  revoke: 'passed',
}

test('passes against a service that works, and leaves no token', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const result = await runProber(optionsFor('main'))
  assert.deepEqual(outcomes(result), ALL_PASSED, JSON.stringify(result))
  assert.equal(result.outcome, 'passed')
  assert.equal(result.prober, 'prober')
  assert.equal(detailOf(result, 'exchange_grpc'), 'granted contents=read issues=read metadata=read')
  assert.equal(detailOf(result, 'exchange_json'), 'granted contents=read issues=read metadata=read')
  for (const step of result.steps.filter(({ transport }) => transport !== undefined)) {
    assert.match(step.requestId ?? '', /^[\da-f-]{36}$/, step.name)
    assert.match(step.traceId ?? '', /^[\da-f]{32}$/, step.name)
  }
  const traces = result.steps.flatMap(({ traceId }) => traceId ?? [])
  assert.equal(new Set(traces).size, 6)
  assert.doesNotMatch(JSON.stringify(result), /gh[a-z]_|eyJ/)
  assert.equal(
    world.github.calls.filter(({ operation }) => operation === 'apps/revoke-installation-access-token')
      .length,
    2,
  )
  assert.equal(await stopAndCount(), 0)
})

test('a policy that gives `issues: write` is an incident, and the tokens are revoked all the same', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const wide = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { contents: read, issues: write }',
  ]
  world.github.writeFile(SCOPE, POLICY_PATH, `${wide.join('\n')}\n`)
  const probe = createProber(optionsFor('main'))
  const result = await probe(new AbortController().signal)
  const failures = { exchange_grpc: 'failed', exchange_json: 'failed', create_issue_refused: 'failed' }
  assert.deepEqual(outcomes(result), { ...ALL_PASSED, ...failures })
  assert.match(detailOf(result, 'exchange_grpc'), /^INCIDENT: granted .*issues=write.*: more than to read$/)
  const step = result.steps.find(({ name }) => name === 'create_issue_refused')
  assert.equal(step?.incident, true)
  assert.match(step.detail, /^INCIDENT: .*#1$/)
  const again = await probe(new AbortController().signal)
  assert.match(detailOf(again, 'create_issue_refused'), /^INCIDENT: .*#1$/, 'no further issue is made')
  assert.equal(result.outcome, 'failed')
  assert.equal(await stopAndCount(), 0)
})

test('a policy that lacks a permission fails the step that needs it', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const narrow = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { contents: read, metadata: read }',
  ]
  world.github.writeFile(SCOPE, POLICY_PATH, `${narrow.join('\n')}\n`)
  const result = await runProber(optionsFor('main'))
  assert.deepEqual(outcomes(result), {
    ...ALL_PASSED,
    list_issues: 'failed',
    // The refusal of a token that can do nothing with issues says nothing of what it may not do.
    create_issue_refused: 'unknown',
  })
  assert.equal(await stopAndCount(), 0)
})

test('a policy that denies fails both exchanges, and proves nothing of the rest', async (t) => {
  const { optionsFor, stopAndCount } = await startProberWorld(t)
  const result = await runProber(optionsFor('other'))
  assert.deepEqual(outcomes(result), {
    ...ALL_PASSED,
    exchange_grpc: 'failed',
    exchange_json: 'failed',
    read_policy: 'unknown',
    list_issues: 'unknown',
    create_issue_refused: 'unknown',
    // Refused because of its subject.
    wrong_audience_refused_grpc: 'unknown',
    wrong_audience_refused_json: 'unknown',
    revoke: 'skipped',
  })
  assert.match(detailOf(result, 'exchange_grpc'), /^POLICY_MISMATCH: /)
  assert.match(detailOf(result, 'exchange_json'), /^POLICY_MISMATCH: /)
  assert.equal(result.outcome, 'failed')
  assert.equal(await stopAndCount(), 0)
})

test('an identity that should not exist and has a policy is an incident, its token revoked', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const open = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { contents: read }',
  ]
  world.github.writeFile(SCOPE, '.github/chainguard/does-not-exist.sts.yaml', `${open.join('\n')}\n`)
  const result = await runProber(optionsFor('main'))
  for (const transport of ['grpc', 'json'] as const) {
    const step = result.steps.find(({ name }) => name === `unknown_identity_refused_${transport}`)
    assert.deepEqual([step?.outcome, step?.incident], ['failed', true])
    assert.match(step?.detail ?? '', /issued; revoked, and refused afterwards/)
  }
  assert.equal(await stopAndCount(), 0)
})

test('without an answer of the service everything is unknown', async (t) => {
  const { service, optionsFor } = await startProberWorld(t)
  await service.stop(0)
  const result = await runProber(optionsFor('main'))
  assert.equal(result.outcome, 'unknown')
  assert.deepEqual(Object.values(outcomes(result)), [
    'passed',
    'unknown',
    'unknown',
    ...Array.from({ length: 7 }, () => 'unknown'),
    'skipped',
  ])
  assert.match(detailOf(result, 'exchange_grpc'), /^unreachable: /)
  assert.match(detailOf(result, 'exchange_json'), /^unreachable: .*ECONNREFUSED/)
})

test('without a token nothing is tried, and nothing is passed', async (t) => {
  const { world, optionsFor } = await startProberWorld(t)
  world.issuer.fault({ kind: 'status', status: 500, match: 'token' })
  const result = await runProber(optionsFor('main'))
  assert.equal(result.outcome, 'unknown')
  assert.equal(new Set(Object.values(outcomes({ ...result, steps: result.steps.slice(0, -1) }))).size, 1)
  assert.match(detailOf(result, 'token'), /HTTP 500/)
})

test('a GitHub that goes down in the middle: the revocation is tried, reported, and made up for by the next run', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const { github } = world
  const probe = createProber(optionsFor('main'))
  const { signal } = new AbortController()
  await probe(signal)
  github.fault({
    kind: 'status',
    status: 502,
    body: 'bad gateway',
    match: ({ method, path }) => method === 'DELETE' || path.includes('/issues'),
  })
  const result = await probe(signal)
  assert.equal(result.outcome, 'unknown')
  const { list_issues, create_issue_refused, revoke, unknown_identity_refused_grpc } = outcomes(result)
  assert.deepEqual([list_issues, create_issue_refused, revoke], ['unknown', 'unknown', 'unknown'])
  assert.equal(unknown_identity_refused_grpc, 'passed')
  assert.match(detailOf(result, 'revoke'), /^2 of 2 may be alive; not revoked, .*HTTP 502/)
  assert.equal(github.liveTokens().filter(({ permissions }) => 'issues' in permissions).length, 2)

  github.clearFaults()
  const next = await probe(signal)
  assert.equal(next.outcome, 'passed')
  assert.match(detailOf(next, 'revoke'), /^4 revoked/)
  assert.equal(await stopAndCount(), 0)
})

test('a revoked token that GitHub still takes is a failure', async (t) => {
  const { world, optionsFor } = await startProberWorld(t)
  world.github.fault({ kind: 'status', status: 204, match: 'apps/revoke-installation-access-token' })
  const result = await runProber(optionsFor('main'))
  assert.deepEqual(outcomes(result), { ...ALL_PASSED, revoke: 'failed' })
  assert.match(detailOf(result, 'revoke'), /after its revocation/)
})

test('an abort ends the steps, and revokes what was issued', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const stopping = new AbortController()
  world.github.fault({ kind: 'timeout', match: 'issues/list-for-repo' })
  const running = runProber(optionsFor('main'), stopping.signal)
  while (!world.github.calls.some(({ operation }) => operation === 'issues/list-for-repo')) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  stopping.abort()
  const result = await running
  assert.deepEqual(outcomes(result), {
    ...ALL_PASSED,
    list_issues: 'unknown',
    create_issue_refused: 'unknown',
    wrong_audience_refused_grpc: 'unknown',
    wrong_audience_refused_json: 'unknown',
    unknown_identity_refused_grpc: 'unknown',
    unknown_identity_refused_json: 'unknown',
  })
  assert.equal(await stopAndCount(), 0)
})
