import type { ErrorCode, Reason } from '#pkg/errors'

/** Why a connection or a stream was ended by this side. */
export type CutCause =
  | 'connections_full'
  | 'first_request_overdue'
  | 'idle'
  | 'request_overdue'
  | 'too_many_requests'
  | 'header_too_large'
  | 'bodies_full'
  | 'http_malformed'
  | 'http2_reset_flood'
  | 'http2_control_flood'
  | 'http2_byte_flood'

/** One request and how it was answered. Holds nothing that a caller chose. */
export interface AnswerEvent {
  readonly requestId: string
  /** Of an exchange: the trace that it is in. */
  readonly traceId?: string | undefined
  readonly transport: 'grpc' | 'http'
  /** A known path or method; `other` for everything else. */
  readonly route: string
  /** The HTTP status, or the gRPC code. */
  readonly status: number
  /** For exchanges: the outcome. */
  readonly code?: ErrorCode | 'OK' | undefined
  /** For requests that were refused before the exchange: why. */
  readonly reason?: Reason | undefined
  readonly durationMs: number
}

/** What the log and the metrics learn about the transport. No member may throw. */
export interface TransportObserver {
  answered?(event: AnswerEvent): void
  cut?(cause: CutCause): void
  /** A defect: something threw that never should. */
  unexpected?(thrown: unknown, requestId?: string): void
}
