import { StsError, toStsError, type ErrorDetail, type Reason } from '#pkg/errors'

/** A failure to fetch an issuer's keys, kept for those who ask next: its facts, not the error with its stack. */
export interface Failure {
  readonly reason: Reason
  readonly detail: ErrorDetail
  /** In milliseconds since the epoch. */
  readonly at: number
}

export function failureOf(thrown: unknown, at: number): Failure {
  const { reason, detail } = toStsError(thrown)
  return { reason, detail, at }
}

/** The error of a remembered failure, anew for each who gets it. */
export function errorOf(failure: Failure, retryAfterMs?: number): StsError {
  return new StsError(failure.reason, { detail: failure.detail, retryAfterMs })
}
