import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeDocument } from '#pkg/policy'
import { policyText } from './support/documents.ts'

const GOOD = { iss: 'https://issuer.example', sub: 'someone', aud: 'd' }
const MALFORMED = { iss: 'not a url', sub: 'x', aud: 'y' }
const OTHER = { ...GOOD, sub: 'x' }
const tokens = [GOOD, MALFORMED, OTHER]

test('puts an invalid policy before an invalid token, and that before a mismatch', () => {
  const judgement = judgeDocument({ level: 'repository', document: policyText(), tokens, domain: 'd' })
  assert.deepEqual(judgement.verdicts, ['allow', 'token_invalid', 'mismatch'])
  const invalid = judgeDocument({ level: 'repository', document: 'x', tokens, domain: 'd' })
  assert.deepEqual(invalid.verdicts, ['policy_invalid', 'policy_invalid', 'policy_invalid'])
  assert.equal(invalid.value, undefined)
})

test('judges origin only where the repository is given', () => {
  const document = policyText('origin: acme/api')
  const verdictIn = (repository?: string) =>
    judgeDocument({ level: 'repository', document, tokens: [GOOD], domain: 'd', repository }).verdicts[0]
  assert.equal(verdictIn(), 'allow')
  assert.equal(verdictIn('ACME/api'), 'allow')
  assert.equal(verdictIn('acme/web'), 'mismatch')
})

test('judges the issuers of tokens by a list', () => {
  const list = 'issuers: [https://issuer.example]\n'
  const other = { ...GOOD, iss: 'https://other.example' }
  const judge = (document: string) =>
    judgeDocument({ level: 'issuer-list', document, tokens: [GOOD, MALFORMED, other] }).verdicts
  assert.deepEqual(judge(list), ['allow', 'token_invalid', 'mismatch'])
  assert.deepEqual(judge(`mode: audit\n${list}`), ['allow', 'token_invalid', 'allow'])
  assert.deepEqual(judge('issuers: []\n'), ['policy_invalid', 'policy_invalid', 'policy_invalid'])
})
