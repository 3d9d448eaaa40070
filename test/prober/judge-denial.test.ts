import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ClientError, type ClientErrorFacts, type ClientErrorKind } from '#pkg/client'
import { StsError } from '#pkg/errors'
import {
  INVALID_TOKEN,
  judgeFailure,
  judgeRefusal,
  NO_MATCH,
  UNKNOWN_IDENTITY,
} from '../../pkg/prober/judge-denial.ts'

const error = (kind: ClientErrorKind, facts: ClientErrorFacts = {}): ClientError =>
  new ClientError(kind, 'a message', facts)

describe('an exchange that has to be refused', () => {
  const cases = [
    [
      'the code of the service',
      NO_MATCH,
      error('denied', { code: 'POLICY_MISMATCH', grpcCode: 7 }),
      'passed',
    ],
    ['the same without details, as octo-sts answers', NO_MATCH, error('denied', { grpcCode: 7 }), 'passed'],
    ['no policy', UNKNOWN_IDENTITY, error('denied', { code: 'POLICY_NOT_FOUND', grpcCode: 5 }), 'passed'],
    ['no policy, without details', UNKNOWN_IDENTITY, error('denied', { grpcCode: 5 }), 'passed'],
    ['an invalid token', INVALID_TOKEN, error('denied', { code: 'TOKEN_INVALID', grpcCode: 16 }), 'passed'],
    ['an invalid token, without details', INVALID_TOKEN, error('denied', { grpcCode: 16 }), 'passed'],
    [
      'no installation, with the gRPC code of what is expected',
      UNKNOWN_IDENTITY,
      error('denied', { code: 'INSTALLATION_NOT_FOUND', grpcCode: 5 }),
      'unknown',
    ],
    [
      'an issuer that is not allowed at all',
      NO_MATCH,
      error('denied', { code: 'ISSUER_NOT_ALLOWED', grpcCode: 7 }),
      'unknown',
    ],
    ['another gRPC code', NO_MATCH, error('denied', { grpcCode: 5 }), 'unknown'],
    [
      'a code that nobody knows',
      NO_MATCH,
      error('denied', { code: 'API_KEY_INVALID', grpcCode: 7 }),
      'unknown',
    ],
    ['a rate limit', NO_MATCH, error('denied', { code: 'RATE_LIMITED', grpcCode: 8 }), 'unknown'],
    ['a deadline', NO_MATCH, error('denied', { grpcCode: 4 }), 'unknown'],
    ['no connection', NO_MATCH, error('unreachable'), 'unknown'],
    ['no answer in time', NO_MATCH, error('timed_out'), 'unknown'],
    ['a page of a proxy', NO_MATCH, error('unexpected_answer', { httpStatus: 403, grpcCode: 7 }), 'unknown'],
    ['anything else that is thrown', NO_MATCH, new Error('a secret'), 'unknown'],
    [
      'a policy that allows too much',
      NO_MATCH,
      error('denied', { code: 'PERMISSION_NOT_GRANTED' }),
      'failed',
    ],
    [
      'a token that was made, and more than granted',
      INVALID_TOKEN,
      error('denied', { code: 'GRANT_EXCEEDED' }),
      'failed',
    ],
    [
      'a token that was made, and not recorded',
      INVALID_TOKEN,
      error('denied', { code: 'AUDIT_UNAVAILABLE' }),
      'failed',
    ],
  ] as const
  for (const [name, expected, thrown, outcome] of cases) {
    test(`${outcome} by ${name}`, () => {
      const finding = judgeRefusal(thrown, expected)
      assert.equal(finding.outcome, outcome)
      assert.equal(finding.incident, outcome === 'failed' ? true : undefined)
      assert.doesNotMatch(finding.detail, /a secret/)
    })
  }
})

describe('an exchange that has to be allowed', () => {
  const cases = [
    ['a denial', error('denied', { code: 'POLICY_MISMATCH', grpcCode: 7, httpStatus: 403 }), 'failed'],
    ['a denial without details', error('denied', { grpcCode: 5 }), 'failed'],
    ['an internal error', error('denied', { code: 'INTERNAL', grpcCode: 13, httpStatus: 500 }), 'failed'],
    ['a page of HTML', error('unexpected_answer', { httpStatus: 200 }), 'failed'],
    ['a service that is not available', error('denied', { grpcCode: 14, httpStatus: 503 }), 'unknown'],
    ['a rate limit', error('denied', { grpcCode: 8, httpStatus: 429 }), 'unknown'],
    ['a proxy without a service', error('unexpected_answer', { httpStatus: 502 }), 'unknown'],
    ['an answer of no gRPC server', error('unexpected_answer', { grpcCode: 2 }), 'unknown'],
    ['no connection', error('unreachable'), 'unknown'],
    ['no answer in time', error('timed_out'), 'unknown'],
    ['an error of ours', new StsError('unexpected'), 'unknown'],
  ] as const
  for (const [name, thrown, outcome] of cases) {
    test(`${outcome} by ${name}`, () => {
      assert.equal(judgeFailure(thrown).outcome, outcome)
    })
  }
})
