import { MESSAGES, type ErrorCode } from './code.ts'
import { CODE_OF_REASON, type Reason } from './reason.ts'

/** Structured facts about a failure, for the log and the record. Never a token, a key or a fetched byte. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | undefined>>

export interface StsErrorOptions {
  /** Facts for the log and the record; not shown to the caller unless `denial.ts` names them. */
  readonly detail?: ErrorDetail
  /** What was thrown below. Logged, never sent. */
  readonly cause?: unknown
  /** When asking again may help, in milliseconds from now. Sent as `Retry-After` and `RetryInfo`. */
  readonly retryAfterMs?: number | undefined
}

/** The one error type. `code` and `message` follow from `reason`, so that they cannot disagree. */
export class StsError extends Error {
  override readonly name = 'StsError'
  readonly code: ErrorCode
  readonly reason: Reason
  readonly detail: ErrorDetail
  readonly retryAfterMs: number | undefined

  constructor(reason: Reason, options: StsErrorOptions = {}) {
    const code = CODE_OF_REASON[reason]
    super(MESSAGES[code], options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.reason = reason
    this.detail = options.detail ?? {}
    this.retryAfterMs = options.retryAfterMs
  }
}

/** Any thrown value as an StsError: itself, or `unexpected` (INTERNAL) with the value as its cause. */
export function toStsError(thrown: unknown): StsError {
  return thrown instanceof StsError ? thrown : new StsError('unexpected', { cause: thrown })
}
