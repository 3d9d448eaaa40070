import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { denialOf, MESSAGES, mismatchDenial, type ErrorCode } from '#pkg/errors'
import {
  encodeStatusDetails,
  ERROR_MAX_BYTES,
  errorJson,
  loadWireDefinition,
  wireErrorOf,
  type WireError,
} from '#pkg/wire'

const CONTEXT = { requestId: '00000000-0000-0000-0000-000000000000', domain: 'sts.example.com' }

const definition = loadWireDefinition()

function jsonOf(error: WireError): string {
  return JSON.stringify(errorJson(error))
}

test('is the JSON of a google.rpc.Status', () => {
  assert.deepEqual(errorJson(wireErrorOf(denialOf('RATE_LIMITED', 61_500), CONTEXT)), {
    code: 8,
    message: MESSAGES.RATE_LIMITED,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'RATE_LIMITED',
        domain: 'sts.example.com',
        metadata: { request_id: CONTEXT.requestId },
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '61.500s' },
    ],
  })
})

test('writes a retry time as a whole number of milliseconds, or not at all', () => {
  const table: readonly (readonly [ms: number | undefined, delay: string | undefined])[] = [
    [undefined, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [-5, '0.001s'],
    [0, '0.001s'],
    [0.2, '0.001s'],
    [2_000, '2s'],
    [1_234, '1.234s'],
  ]
  for (const [ms, delay] of table) {
    const { details } = errorJson(wireErrorOf(denialOf('RATE_LIMITED', ms), CONTEXT))
    assert.ok(Array.isArray(details))
    const retry: unknown = details[1]
    const expected =
      delay === undefined
        ? undefined
        : { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay }
    assert.deepEqual(retry, expected, String(ms))
  }
})

test('stays within its bytes for every code and whatever is quoted', () => {
  for (const code of Object.keys(MESSAGES) as ErrorCode[]) {
    assert.ok(Buffer.byteLength(jsonOf(wireErrorOf(denialOf(code, 1e12), CONTEXT))) <= ERROR_MAX_BYTES, code)
  }
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(text, text, text, (field, actual, expected) => {
      const error = wireErrorOf(mismatchDenial({ field, actual, expected }), CONTEXT)
      const json = jsonOf(error)
      assert.ok(Buffer.byteLength(json) <= ERROR_MAX_BYTES)
      assert.ok(json.isWellFormed())
      assert.equal(error.metadata['request_id'], CONTEXT.requestId)
      // grpc-js writes the message with encodeURI, which throws on a lone surrogate.
      encodeURI(error.message)
    }),
  )
})

test('leaves out what is quoted and cuts the message where both are too long', () => {
  const error = wireErrorOf(mismatchDenial({ field: '\u0001'.repeat(1_000), actual: 'a' }), CONTEXT)
  assert.deepEqual(error.metadata, { request_id: CONTEXT.requestId })
  assert.ok(error.message.startsWith(MESSAGES.POLICY_MISMATCH))
  assert.ok(error.message.endsWith('…'))
})

test("a denial cannot replace the answer's request id", () => {
  const denial = { ...denialOf('POLICY_MISMATCH'), metadata: { request_id: 'forged' } }
  assert.equal(wireErrorOf(denial, CONTEXT).metadata['request_id'], CONTEXT.requestId)
})

test('the details of gRPC say the same as the JSON', () => {
  const error = wireErrorOf(
    { ...mismatchDenial({ field: 'subject', actual: 'é😀' }), retryAfterMs: 61_500 },
    CONTEXT,
  )
  const status = definition.status.deserialize(encodeStatusDetails(definition, error))
  const [info, retry] = status.details
  assert.equal(status.code, 7)
  assert.equal(status.message, error.message)
  assert.equal(info?.type_url, 'type.googleapis.com/google.rpc.ErrorInfo')
  assert.deepEqual(definition.errorInfo.deserialize(info.value), {
    reason: 'POLICY_MISMATCH',
    domain: 'sts.example.com',
    metadata: { field: 'subject', actual: 'é😀', request_id: CONTEXT.requestId },
  })
  assert.equal(retry?.type_url, 'type.googleapis.com/google.rpc.RetryInfo')
  assert.deepEqual(definition.retryInfo.deserialize(retry.value), {
    retry_delay: { seconds: '61', nanos: 500_000_000 },
  })
})
