import type { ErrorCode, Reason } from '#pkg/errors'
import type { TraceContext, TraceHeaders } from './trace-context.ts'

/** The steps of an exchange, in their order. */
export type StepName =
  | 'request'
  | 'issuer'
  | 'token'
  | 'pool'
  | 'installation'
  | 'issuer_list'
  | 'policy'
  | 'match'
  | 'grant'
  | 'mint'
  | 'record'
  | 'answer'

/** How a request ended. Nothing of it was chosen by the caller. */
export interface RequestEnd {
  readonly requestId: string
  readonly transport: 'grpc' | 'http'
  /** A known path or method. */
  readonly route: string
  /** The HTTP status, or the gRPC code. */
  readonly status: number
  /** For exchanges. */
  readonly code?: ErrorCode | 'OK' | undefined
  readonly reason?: Reason | undefined
}

/** The trace of one request that came in: a span for itself, and one for each step. */
export interface RequestTrace {
  /** Where this request stands in a trace; undefined when nobody traces it. */
  readonly context: TraceContext | undefined
  /**
   * Does `work` as a step: the span begins and ends with it, and has the reason of the StsError that it throws or
   * rejects with.
   *
   * @param work - is given the context of the step, for calls that are made for this request alone.
   */
  step<T>(name: StepName, work: (context: TraceContext | undefined) => T): T
  /** Adds what is only known at the end of an exchange. */
  conclude(code: ErrorCode | 'OK', reason: Reason | undefined): void
  /** Ends the span of the request. */
  end(end: RequestEnd): void
}

/** Begins traces. Nothing of it throws. */
export interface Tracer {
  startRequest(headers: TraceHeaders): RequestTrace
}
