import type { Denial, Reason } from '#pkg/errors'
import type { RequestTrace } from '#pkg/telemetry'

/** One request for a token, as a transport hands it over: read, but not yet judged. */
export interface ExchangeCall {
  /** Made by this service for every request; on every answer, log line and record. */
  readonly requestId: string
  /** The caller's own id of the request, cut and printable; logged only. */
  readonly callerRequestId?: string | undefined
  readonly transport: 'grpc' | 'http'
  readonly userAgent?: string | undefined
  readonly clientAddress?: string | undefined
  /** The value of every `authorization` header of the request, as sent. */
  readonly authorization: readonly string[]
  /** Empty when absent. */
  readonly scope: string
  readonly scopes: readonly string[]
  /** Empty when absent. */
  readonly identity: string
  /** Aborts when the caller's deadline passes (reason: StsError `deadline_passed`) or the caller is gone (`caller_gone`). */
  readonly signal: AbortSignal
  /** Default: nobody traces it. */
  readonly trace?: RequestTrace | undefined
}

/** What a caller gets: a token and how it came about, or a denial. */
export type ExchangeOutcome =
  | {
      readonly ok: true
      readonly token: string
      /** RFC 3339 in UTC, as GitHub gave it; empty when the service is told not to say (`STS_ANSWER_EXPIRY=false`). */
      readonly expiresAt: string
      readonly permissions: Readonly<Record<string, string>>
      /** Bare names; undefined: all of the installation. */
      readonly repositories: readonly string[] | undefined
      /** Where the policy was read, and its git blob id. */
      readonly policy: { readonly path: string; readonly blob: string }
      /** To be called when the answer could not be delivered: revokes the token. Never throws. */
      readonly abandon: () => void
    }
  | {
      readonly ok: false
      readonly denial: Denial
      /** Of a request that was never whole, which has no record; else the record has it. */
      readonly reason?: Reason
    }

/** The token exchange. Never rejects: every failure is a denial. */
export type Exchange = (call: ExchangeCall) => Promise<ExchangeOutcome>
