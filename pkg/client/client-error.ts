/**
 * Why a client has no result.
 *
 * - `invalid_input`: refused here; nothing was sent.
 * - `unreachable`: no connection, or it broke before the whole answer was there.
 * - `timed_out`: the answer took longer than the client waits.
 * - `aborted`: the caller's signal ended it.
 * - `denied`: the server refused, in its own words.
 * - `unexpected_answer`: an answer that such a server does not give: a redirect, a page of HTML, too many bytes.
 */
export type ClientErrorKind =
  'invalid_input' | 'unreachable' | 'timed_out' | 'aborted' | 'denied' | 'unexpected_answer'

/** What is known of a failure. All text is printable and bounded. */
export interface ClientErrorFacts {
  /** Undefined when there was no answer. */
  readonly httpStatus?: number | undefined
  /** The gRPC code of the service's refusal, also where it came as JSON; undefined when there was none. */
  readonly grpcCode?: number | undefined
  /** The service's code, such as `POLICY_MISMATCH`; undefined when it names none (octo-sts does not). */
  readonly code?: string | undefined
  /** What the service adds to its code: `field`, `actual` and `expected` of a mismatch. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** What the service's log has the request under. */
  readonly requestId?: string | undefined
  /** When asking again may help, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined
}

/**
 * The one error of this area. `message` is one line for people: printable, bounded and without the token that was
 * sent. There is no `cause`, because the errors of HTTP stacks carry bytes of the answer.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly kind: ClientErrorKind
  readonly httpStatus: number | undefined
  readonly grpcCode: number | undefined
  readonly code: string | undefined
  readonly metadata: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(kind: ClientErrorKind, message: string, facts: ClientErrorFacts = {}) {
    super(message)
    this.kind = kind
    this.httpStatus = facts.httpStatus
    this.grpcCode = facts.grpcCode
    this.code = facts.code
    this.metadata = facts.metadata ?? {}
    this.requestId = facts.requestId
    this.retryAfterMs = facts.retryAfterMs
  }
}
