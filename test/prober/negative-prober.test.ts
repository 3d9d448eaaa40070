import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenSource } from '#pkg/prober'
import {
  detailOf,
  outcomes,
  POLICY_PATH,
  runNegativeProber,
  SCOPE,
  startProberWorld,
} from './support/prober-world.ts'

const CASES = ['other_identity', 'wrong_audience', 'expired', 'broken_signature'].flatMap((name) => [
  `${name}_grpc`,
  `${name}_json`,
])

function all(outcome: string): Readonly<Record<string, string>> {
  return Object.fromEntries(CASES.map((name) => [name, outcome]))
}

const ALL_PASSED = { token: 'passed', ...all('passed'), revoke: 'skipped' }

test('passes where every token is refused', async (t) => {
  const { optionsFor, stopAndCount } = await startProberWorld(t)
  const result = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(result), ALL_PASSED, JSON.stringify(result))
  assert.equal(result.outcome, 'passed')
  for (const transport of ['grpc', 'json']) {
    assert.equal(detailOf(result, `other_identity_${transport}`), 'refused: POLICY_MISMATCH (subject)')
    assert.equal(detailOf(result, `wrong_audience_${transport}`), 'refused: POLICY_MISMATCH (subject)')
    assert.equal(detailOf(result, `expired_${transport}`), 'refused: TOKEN_INVALID')
    assert.equal(detailOf(result, `broken_signature_${transport}`), 'refused: TOKEN_INVALID')
  }
  assert.equal(await stopAndCount(), 0)
})

test('a policy that is too wide is an incident, and the tokens are revoked', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const wide = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { contents: read }',
  ]
  world.github.writeFile(SCOPE, POLICY_PATH, `${wide.join('\n')}\n`)
  const result = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(result), {
    ...ALL_PASSED,
    other_identity_grpc: 'failed',
    other_identity_json: 'failed',
  })
  assert.equal(result.outcome, 'failed')
  for (const { incident, detail } of result.steps.filter(({ outcome }) => outcome === 'failed')) {
    assert.equal(incident, true)
    assert.equal(detail, 'INCIDENT: a token was issued; revoked, and refused afterwards')
  }
  // The policy takes the token, but for another audience: now it is the audience that is refused.
  assert.equal(detailOf(result, 'wrong_audience_grpc'), 'refused: POLICY_MISMATCH (audience)')
  assert.equal(await stopAndCount(), 0)
})

test('a policy that allows what GitHub does not grant is an incident too', async (t) => {
  const { world, optionsFor } = await startProberWorld(t)
  const wide = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { packages: read }',
  ]
  world.github.writeFile(SCOPE, POLICY_PATH, `${wide.join('\n')}\n`)
  const result = await runNegativeProber(optionsFor('other'))
  assert.equal(outcomes(result)['other_identity_grpc'], 'failed')
  assert.match(detailOf(result, 'other_identity_json'), /^INCIDENT: .*PERMISSION_NOT_GRANTED/)
})

test('a token that cannot be revoked at once is tried again at the end of the run', async (t) => {
  const { world, optionsFor, stopAndCount } = await startProberWorld(t)
  const wide = [
    `issuer: ${world.issuer.issuer}`,
    'subject_pattern: repo:acme@4242/prober@510004:.*',
    'permissions: { contents: read }',
  ]
  world.github.writeFile(SCOPE, POLICY_PATH, `${wide.join('\n')}\n`)
  const revocation = 'apps/revoke-installation-access-token'
  world.github.fault({ kind: 'status', status: 502, match: revocation, times: 4 })
  const result = await runNegativeProber(optionsFor('other'))
  assert.match(detailOf(result, 'other_identity_grpc'), /^INCIDENT: a token was issued; not revoked/)
  assert.equal(outcomes(result)['revoke'], 'passed')
  assert.equal(await stopAndCount(), 0)
})

test('an issuer whose keys cannot be had: a refusal for that proves nothing', async (t) => {
  const { world, optionsFor } = await startProberWorld(t)
  world.issuer.fault({ kind: 'status', status: 503, match: 'keys' })
  const result = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(result), {
    token: 'passed',
    ...all('unknown'),
    // An end in the past is seen without keys.
    expired_grpc: 'passed',
    expired_json: 'passed',
    revoke: 'skipped',
  })
  assert.equal(result.outcome, 'unknown')
  assert.match(detailOf(result, 'broken_signature_grpc'), /ISSUER_UNREACHABLE/)
})

test('without a policy the refusal of a valid token proves nothing, that of an invalid one does', async (t) => {
  const { world, optionsFor } = await startProberWorld(t)
  world.github.push({ repository: SCOPE, files: { [POLICY_PATH]: null }, message: 'Remove the policy' })
  const result = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(result), {
    ...ALL_PASSED,
    other_identity_grpc: 'unknown',
    other_identity_json: 'unknown',
    wrong_audience_grpc: 'unknown',
    wrong_audience_json: 'unknown',
  })
  assert.match(detailOf(result, 'other_identity_grpc'), /POLICY_NOT_FOUND/)
})

test('without the issuer, or without the service, every case is unknown', async (t) => {
  const { world, service, optionsFor } = await startProberWorld(t)
  const heal = world.issuer.fault({ kind: 'reset', match: 'token' })
  const without = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(without), { token: 'unknown', ...all('unknown'), revoke: 'skipped' })
  heal()
  await service.stop(0)
  const alone = await runNegativeProber(optionsFor('other'))
  assert.deepEqual(outcomes(alone), { token: 'passed', ...all('unknown'), revoke: 'skipped' })
})

test('what the source cannot make is skipped; what it fails to make is unknown', async (t) => {
  const { optionsFor } = await startProberWorld(t)
  const { tokens } = optionsFor('other')
  const sources: readonly (readonly [source: TokenSource, outcome: string])[] = [
    [{ ...tokens, anyAudience: false, expired: () => Promise.resolve(undefined) }, 'skipped'],
    [
      {
        ...tokens,
        token: (audience, call) =>
          audience.endsWith('.invalid') ? Promise.reject(new Error('no')) : tokens.token(audience, call),
        expired: () => Promise.reject(new Error('a secret')),
      },
      'unknown',
    ],
  ]
  for (const [source, outcome] of sources) {
    const result = await runNegativeProber(optionsFor('other', { tokens: source }))
    assert.deepEqual(outcomes(result), {
      ...ALL_PASSED,
      wrong_audience_grpc: outcome,
      wrong_audience_json: outcome,
      expired_grpc: outcome,
      expired_json: outcome,
    })
    assert.equal(result.outcome, outcome === 'skipped' ? 'passed' : 'unknown')
    assert.doesNotMatch(JSON.stringify(result), /a secret/)
  }
})

test('a token that is no JWT cannot be spoiled', async (t) => {
  const { optionsFor } = await startProberWorld(t)
  const { tokens } = optionsFor('other')
  const source = { ...tokens, token: () => Promise.resolve('opaque') }
  const result = await runNegativeProber(optionsFor('other', { tokens: source }))
  assert.match(detailOf(result, 'broken_signature_grpc'), /token_not_compact/)
  assert.equal(result.outcome, 'unknown')
})
