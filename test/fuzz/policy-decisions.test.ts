import assert from 'node:assert/strict'
import fc from 'fast-check'
import { explainToken, judgeDocument, matchToken, readTrustPolicy } from '#pkg/policy'
import { fuzz } from './support/fuzz.ts'
import {
  allows,
  CLAIM_NAMES,
  simplePolicy,
  textOfPolicy,
  type SimplePolicy,
} from './support/simple-policy.ts'

const DOMAIN = 'sts.example.com'
const REPOSITORY = 'acme/app'
const ISSUER = 'https://issuer.example'

const policies = simplePolicy({
  issuers: [ISSUER, 'https://other.example'],
  subjects: ['a', 'abc'],
  audiences: ['ab', DOMAIN],
  origins: [REPOSITORY, 'ACME/App', 'acme/other'],
})

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 4 })
const value = fc.oneof(
  { weight: 4, arbitrary: letters },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(letters, fc.constantFrom(1, true, null, ['a'])), { maxLength: 3 }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constantFrom('a'.repeat(1_024), 'a'.repeat(1_025), 2 ** 53, 1e-7, -0, 5e-324) },
)
const claims = fc
  .record(
    {
      iss: fc.constantFrom(ISSUER, ISSUER, ISSUER, 'https://other.example'),
      sub: fc.constantFrom('a', 'a', 'abc', 'b'),
      aud: fc.oneof(fc.constantFrom(DOMAIN, 'ab', 'a'), fc.array(fc.constantFrom(DOMAIN, 'ab', 'a'))),
      exp: fc.constantFrom(300, 900, 901),
      nbf: fc.constantFrom(0, 1, -1),
      iat: fc.constantFrom(0, 600),
      ...Object.fromEntries(CLAIM_NAMES.slice(3).map((name) => [name, value])),
      role: value,
    },
    { requiredKeys: ['iss', 'sub', 'aud', 'exp'] },
  )
  .map((members) => JSON.parse(JSON.stringify(members)) as Record<string, unknown>)

/** A policy and a token. In most cases the first things that are compared agree, so that the rest decides. */
const cases = fc
  .tuple(policies, claims, fc.integer({ min: 0, max: 3 }))
  .map(([policy, token, likely]): readonly [SimplePolicy, Record<string, unknown>] =>
    likely === 0
      ? [policy, token]
      : [
          {
            ...policy,
            issuer: ISSUER,
            subject: String(token['sub']),
            audience: undefined,
            origin: undefined,
          },
          { ...token, iss: ISSUER, aud: DOMAIN },
        ],
  )

fuzz('a policy lets in what a plain reading of its rules lets in', 500, () =>
  fc.property(cases, ([policy, token]) => {
    const judgement = judgeDocument({
      level: 'repository',
      document: textOfPolicy(policy),
      tokens: [token],
      domain: DOMAIN,
      repository: REPOSITORY,
    })
    assert.equal(judgement.verdict, 'valid', JSON.stringify(judgement.diagnostics))
    const expected = allows(policy, token, { domain: DOMAIN, repository: REPOSITORY })
    assert.deepEqual(judgement.verdicts, [expected ? 'allow' : 'mismatch'])
  }),
)

fuzz('an explanation ends like the decision, and names the same check first', 300, () =>
  fc.property(cases, ([policy, token]) => {
    const reading = readTrustPolicy(textOfPolicy(policy), { level: 'repository' })
    assert.ok(reading.ok)
    const context = { domain: DOMAIN, repository: REPOSITORY }
    const checks = explainToken(reading.value, token, context)
    const verdict = matchToken(reading.value, token, context)
    const failed = checks.find(({ ok }) => !ok)
    assert.equal(verdict.ok, failed === undefined)
    if (verdict.ok || failed === undefined) return
    assert.deepEqual(
      [verdict.field, verdict.reason, verdict.actual, verdict.expected],
      [failed.field, failed.reason, failed.actual, failed.expected],
    )
  }),
)
