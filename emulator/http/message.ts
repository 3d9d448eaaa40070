import type { IncomingHttpHeaders } from 'node:http'

/** One request as it came off the wire, with its whole body. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query exactly as sent: no dot segment resolved, no percent escape decoded. */
  readonly target: string
  /** The part of `target` before the first `?`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly body: Buffer
  /** OpenAPI operation id of the matching route (`repos/get-content`), or undefined where none matches. */
  readonly operation: string | undefined
}

/** One answer, complete before its first byte is sent. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

const JSON_CONTENT_TYPE = 'application/json; charset=utf-8'

/** An answer with `value` as its JSON body. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': JSON_CONTENT_TYPE, ...headers }, body: JSON.stringify(value) }
}
