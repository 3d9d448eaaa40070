import { MESSAGES } from '#pkg/errors'
import { grpcStatusOf } from '#pkg/wire'
import type { Outcome } from '../record.ts'

/**
 * The error of an outcome as a Go server prints it, `rpc error: code = NotFound desc = ...`: octo-sts's views look for
 * one. Undefined for `OK`.
 * https://pkg.go.dev/google.golang.org/grpc/internal/status#Error.Error
 */
export function errorTextOf(outcome: Outcome): string | undefined {
  switch (outcome) {
    case 'OK':
      return undefined
    case 'REVOKED':
      return rpcError('CANCELLED', 'the token has been revoked')
    case 'NOT_REVOKED':
      return rpcError('UNAVAILABLE', 'the token could not be revoked')
    case 'MINT_UNKNOWN':
      return rpcError('UNAVAILABLE', 'GitHub did not say whether it made a token')
    default:
      return rpcError(grpcStatusOf(outcome), MESSAGES[outcome])
  }
}

function rpcError(status: string, description: string): string {
  return `rpc error: code = ${goNameOf(status)} desc = ${description}`
}

/** Go's names: `NotFound` for NOT_FOUND. https://pkg.go.dev/google.golang.org/grpc/codes#Code */
function goNameOf(status: string): string {
  // Go spells it with one l.
  if (status === 'CANCELLED') return 'Canceled'
  return status
    .split('_')
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join('')
}
