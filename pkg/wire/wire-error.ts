import type { Denial, ErrorCode } from '#pkg/errors'

import { GRPC_STATUS, grpcStatusOf, httpStatusOf, type GrpcStatusName } from './status-codes.ts'

/** Clients read no more of an error than this (octo-sts's Action and SDK stop at 4,096 bytes). */
export const ERROR_MAX_BYTES = 4_095

const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo'
const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo'

/** A message too long for an answer is cut here, in code points; no constant message is. */
const CUT_MESSAGE_CHARACTERS = 400

/** A denial as both protocols send it. */
export interface WireError {
  readonly code: ErrorCode
  readonly grpcStatus: GrpcStatusName
  readonly httpStatus: number
  readonly message: string
  readonly domain: string
  /** Of ErrorInfo: `request_id`, and what the denial adds. */
  readonly metadata: Readonly<Record<string, string>>
  /** Milliseconds, a positive integer. */
  readonly retryAfterMs: number | undefined
}

export interface WireErrorContext {
  readonly requestId: string
  /** ErrorInfo's `domain`: the name under which this service is known. */
  readonly domain: string
}

/**
 * The wire form of a denial: well-formed Unicode, and with its JSON within `ERROR_MAX_BYTES`. Where the
 * values quoted are too long for that, they are left out and the message is cut.
 */
export function wireErrorOf(denial: Denial, { requestId, domain }: WireErrorContext): WireError {
  const metadata = Object.fromEntries(
    Object.entries(denial.metadata).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  )
  const { retryAfterMs } = denial
  const error: WireError = {
    code: denial.code,
    grpcStatus: grpcStatusOf(denial.code),
    httpStatus: httpStatusOf(denial.code),
    message: denial.message.toWellFormed(),
    domain,
    metadata: { ...metadata, request_id: requestId },
    retryAfterMs:
      retryAfterMs !== undefined && Number.isFinite(retryAfterMs)
        ? Math.max(1, Math.ceil(retryAfterMs))
        : undefined,
  }
  if (Buffer.byteLength(JSON.stringify(errorJson(error))) <= ERROR_MAX_BYTES) return error
  const points = Array.from(error.message)
  const message =
    points.length > CUT_MESSAGE_CHARACTERS
      ? `${points.slice(0, CUT_MESSAGE_CHARACTERS - 1).join('')}…`
      : error.message
  return { ...error, message, metadata: { request_id: requestId } }
}

/** The JSON body of an error, as grpc-gateway writes a `google.rpc.Status`. */
export function errorJson(error: WireError): Readonly<Record<string, unknown>> {
  const details: unknown[] = [
    { '@type': ERROR_INFO_TYPE, reason: error.code, domain: error.domain, metadata: error.metadata },
  ]
  if (error.retryAfterMs !== undefined) {
    details.push({ '@type': RETRY_INFO_TYPE, retryDelay: durationJson(error.retryAfterMs) })
  }
  return { code: GRPC_STATUS[error.grpcStatus], message: error.message, details }
}

// Protobuf's JSON mapping of a Duration: seconds with 0, 3, 6 or 9 digits after the point.
function durationJson(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return `${Number.isInteger(seconds) ? String(seconds) : seconds.toFixed(3)}s`
}
