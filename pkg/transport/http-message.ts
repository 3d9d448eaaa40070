import { denialOf } from '#pkg/errors'
import { GRPC_STATUS } from '#pkg/wire'

/** One HTTP request, read completely; the same whatever carried it (HTTP/1.1, HTTP/2, a function's event). */
export interface HttpRequest {
  readonly requestId: string
  readonly method: string
  /** The request target as sent (RFC 9112, section 3.2): not decoded, not normalized. */
  readonly target: string
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly remoteAddress: string | undefined
  /** Aborts with `deadline_passed` or `caller_gone`. */
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  /** Without Content-Length, which follows from the body. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** To be called when the caller did not get the answer. Never throws. */
  readonly undelivered?: (() => void) | undefined
}

/** Answers every request; never rejects. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>

/** An answer with a JSON body and the headers that are on every answer. */
export function jsonAnswer(
  requestId: string,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': requestId,
      'sts-request-id': requestId,
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

/** Answers to requests that the HTTP layer itself refuses, with the gRPC code that comes nearest. */
const REFUSALS = {
  400: { code: 3, message: 'Bad Request' },
  404: { code: 5, message: 'Not Found' },
  405: { code: 12, message: 'Method Not Allowed' },
  408: { code: 4, message: 'Request Timeout' },
  413: { code: 8, message: 'Content Too Large' },
  417: { code: 3, message: 'Expectation Failed' },
  431: { code: 8, message: 'Request Header Fields Too Large' },
  503: { code: 14, message: 'Service Unavailable' },
} as const

/** The HTTP statuses of requests that are refused for their form, or for want of room. */
export type RefusalStatus = keyof typeof REFUSALS

/** The answer to a request that the HTTP layer refuses. */
export function refusalAnswer(
  requestId: string,
  status: RefusalStatus,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return jsonAnswer(requestId, status, { ...REFUSALS[status], details: [] }, headers)
}

/** The answer where something threw that never should, of servers without a domain to name. */
export function internalErrorAnswer(requestId: string): HttpAnswer {
  const { message } = denialOf('INTERNAL')
  return jsonAnswer(requestId, 500, { code: GRPC_STATUS.INTERNAL, message, details: [] })
}
