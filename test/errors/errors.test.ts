import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  CODE_OF_REASON,
  MESSAGES,
  QUOTED_VALUE_MAX_CHARACTERS,
  StsError,
  denialOf,
  mismatchDenial,
  quote,
  toStsError,
  type ErrorCode,
  type Reason,
} from '#pkg/errors'

const reasons = Object.keys(CODE_OF_REASON) as Reason[]
const codes = Object.keys(MESSAGES) as ErrorCode[]

describe('StsError', () => {
  test('takes its code and message from its reason', () => {
    for (const reason of reasons) {
      const error = new StsError(reason)
      assert.equal(error.code, CODE_OF_REASON[reason])
      assert.equal(error.message, MESSAGES[error.code])
    }
  })

  test('has a reason for every code', () => {
    assert.deepEqual(new Set(Object.values(CODE_OF_REASON)), new Set(codes))
  })

  test('keeps what was thrown as its cause and out of its message', () => {
    const thrown = new TypeError('secret-shaped detail')
    const error = toStsError(thrown)
    assert.equal(error.reason, 'unexpected')
    assert.equal(error.code, 'INTERNAL')
    assert.equal(error.cause, thrown)
    assert.doesNotMatch(error.message, /secret/)
  })

  test('passes an StsError through unchanged', () => {
    const error = new StsError('policy_missing')
    assert.equal(toStsError(error), error)
  })
})

describe('messages people search for', () => {
  test('POLICY_NOT_FOUND begins as the smoke tests of octo-sts expect', () => {
    assert.match(MESSAGES.POLICY_NOT_FOUND, /^unable to find trust policy/)
  })
  test('INSTALLATION_NOT_FOUND begins as the smoke tests of octo-sts expect', () => {
    assert.match(MESSAGES.INSTALLATION_NOT_FOUND, /^no installation found/)
  })
})

describe('a denial', () => {
  test('of any code but POLICY_MISMATCH says nothing about the request', () => {
    for (const code of codes) assert.deepEqual(denialOf(code).metadata, {})
  })

  test('of a mismatch names the field and the caller’s own value', () => {
    const denial = mismatchDenial({ field: 'subject', actual: 'repo:acme/app:pull_request' })
    assert.match(denial.message, /subject/)
    assert.match(denial.message, /repo:acme\/app:pull_request/)
    assert.deepEqual(denial.metadata, { field: 'subject', actual: 'repo:acme/app:pull_request' })
  })

  test('of a mismatch gives what the policy expects only when it was told to', () => {
    const denial = mismatchDenial({
      field: 'subject',
      actual: 'a',
      expected: 'repo:acme/app:ref:refs/heads/main',
    })
    assert.match(denial.message, /refs\/heads\/main/)
    assert.equal(denial.metadata['expected'], 'repo:acme/app:ref:refs/heads/main')
  })

  test('of a mismatch says so when the token has no such claim', () => {
    const denial = mismatchDenial({ field: 'claim_pattern.workflow' })
    assert.deepEqual(denial.metadata, { field: 'claim_pattern.workflow' })
    assert.match(denial.message, /claim_pattern\.workflow is not in the token/)
  })

  test('never quotes more than its limit, nor cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (value) => {
        const quoted = quote(value)
        assert.ok(Array.from(quoted).length <= QUOTED_VALUE_MAX_CHARACTERS)
        assert.ok(quoted === value || quoted.endsWith('…'))
        assert.ok(quoted.isWellFormed())
      }),
    )
    assert.ok(quote('😀'.repeat(QUOTED_VALUE_MAX_CHARACTERS + 1)).endsWith('…'))
  })
})
