import assert from 'node:assert/strict'
import { test } from 'node:test'

import { status } from '@grpc/grpc-js'

import { MESSAGES, type ErrorCode } from '#pkg/errors'
import { GRPC_STATUS, grpcStatusOf, httpStatusOf } from '#pkg/wire'

const TABLE: Readonly<Record<ErrorCode, readonly [grpc: string, http: number]>> = {
  INVALID_REQUEST: ['INVALID_ARGUMENT', 400],
  TOKEN_MISSING: ['UNAUTHENTICATED', 401],
  TOKEN_MALFORMED: ['INVALID_ARGUMENT', 400],
  ISSUER_INVALID: ['INVALID_ARGUMENT', 400],
  ISSUER_NOT_ALLOWED: ['PERMISSION_DENIED', 403],
  ISSUER_UNREACHABLE: ['UNAVAILABLE', 503],
  ISSUER_REJECTED: ['INVALID_ARGUMENT', 400],
  TOKEN_INVALID: ['UNAUTHENTICATED', 401],
  APP_NOT_CONFIGURED: ['NOT_FOUND', 404],
  INSTALLATION_NOT_FOUND: ['NOT_FOUND', 404],
  POLICY_NOT_FOUND: ['NOT_FOUND', 404],
  POLICY_INVALID: ['NOT_FOUND', 404],
  POLICY_MISMATCH: ['PERMISSION_DENIED', 403],
  PERMISSION_NOT_GRANTED: ['PERMISSION_DENIED', 403],
  GRANT_EXCEEDED: ['INTERNAL', 500],
  ISSUER_LIST_INVALID: ['FAILED_PRECONDITION', 400],
  RATE_LIMITED: ['RESOURCE_EXHAUSTED', 429],
  UPSTREAM_UNAVAILABLE: ['UNAVAILABLE', 503],
  AUDIT_UNAVAILABLE: ['UNAVAILABLE', 503],
  UNIMPLEMENTED: ['UNIMPLEMENTED', 501],
  DEADLINE_EXCEEDED: ['DEADLINE_EXCEEDED', 504],
  INTERNAL: ['INTERNAL', 500],
}

test('every error code has the status of the table, over both protocols', () => {
  assert.deepEqual(Object.keys(TABLE).sort(), Object.keys(MESSAGES).sort())
  for (const code of Object.keys(TABLE) as ErrorCode[]) {
    assert.deepEqual([grpcStatusOf(code), httpStatusOf(code)], TABLE[code], code)
  }
})

test('the numbers are those of grpc-js', () => {
  for (const [name, number] of Object.entries(GRPC_STATUS)) {
    assert.equal(status[number], name)
  }
})
