import { ClientError } from '#pkg/client'
import { GRPC_STATUS } from '#pkg/wire'

import { codeOf, describe, failed, incident, passed, unknown } from './finding.ts'
import type { ProbeFinding } from './probe-result.ts'

/** The refusal that an exchange has to meet. */
export interface ExpectedRefusal {
  /** The one code of the service that proves it. */
  readonly code: 'POLICY_NOT_FOUND' | 'POLICY_MISMATCH' | 'TOKEN_INVALID'
  /** What proves it at a service that names no codes, such as octo-sts. */
  readonly grpcCode: number
  /** Of a mismatch: the field that has to be the one. A service that names no field is believed by its code. */
  readonly field?: string
}

export const UNKNOWN_IDENTITY: ExpectedRefusal = {
  code: 'POLICY_NOT_FOUND',
  grpcCode: GRPC_STATUS.NOT_FOUND,
}
export const NO_MATCH: ExpectedRefusal = {
  code: 'POLICY_MISMATCH',
  grpcCode: GRPC_STATUS.PERMISSION_DENIED,
}
/** Of a token that the policy would let in but for its audience. */
export const WRONG_AUDIENCE_REFUSED: ExpectedRefusal = { ...NO_MATCH, field: 'audience' }
export const INVALID_TOKEN: ExpectedRefusal = {
  code: 'TOKEN_INVALID',
  grpcCode: GRPC_STATUS.UNAUTHENTICATED,
}

/** Said only of an exchange that a policy has allowed: no token came out of it, but not because it was refused. */
const CODES_AFTER_MATCH: ReadonlySet<string> = new Set([
  'PERMISSION_NOT_GRANTED',
  'GRANT_EXCEEDED',
  'AUDIT_UNAVAILABLE',
])

/** The service is there but cannot serve, or is too slow. */
const TRANSIENT_GRPC_CODES: ReadonlySet<number> = new Set([
  GRPC_STATUS.DEADLINE_EXCEEDED,
  GRPC_STATUS.RESOURCE_EXHAUSTED,
  GRPC_STATUS.UNAVAILABLE,
])

/**
 * What an exchange that has to be refused, and gave no token, proves. A refusal for another reason proves nothing: a
 * token with a broken signature is refused also where the keys of its issuer cannot be had.
 */
export function judgeRefusal(thrown: unknown, expected: ExpectedRefusal): ProbeFinding {
  if (!(thrown instanceof ClientError) || thrown.kind !== 'denied') return unknown(describe(thrown))
  const { code, grpcCode, requestId, metadata } = thrown
  const facts = { requestId }
  if (code !== undefined && CODES_AFTER_MATCH.has(code)) {
    return incident(`a policy allows it; ${code} alone kept the token back`, facts)
  }
  const isExpected = code === undefined ? grpcCode === expected.grpcCode : code === expected.code
  if (!isExpected) return unknown(`refused, but for another reason: ${codeOf(thrown)}`, facts)
  const field = metadata['field']
  if (field !== undefined && expected.field !== undefined && field !== expected.field) {
    return unknown(`refused, but for its ${field}`, facts)
  }
  return passed(`refused: ${codeOf(thrown)}${field === undefined ? '' : ` (${field})`}`, facts)
}

/** What an exchange that has to be allowed, and was not, proves. */
export function judgeFailure(thrown: unknown): ProbeFinding {
  if (!(thrown instanceof ClientError)) return unknown(describe(thrown))
  const { kind, httpStatus = 0, grpcCode, requestId } = thrown
  const isRefusal =
    kind === 'denied' && !(grpcCode !== undefined && TRANSIENT_GRPC_CODES.has(grpcCode)) && httpStatus !== 429
  const isNoService = kind === 'unexpected_answer' && httpStatus > 0 && httpStatus < 500 && httpStatus !== 429
  return (isRefusal || isNoService ? failed : unknown)(describe(thrown), { requestId })
}
