import { ClientError } from './client-error.ts'

/** A server that answers with more is not one of those asked for tokens. */
const ANSWER_MAX_BYTES = 64 * 1024

/** GitHub refuses requests without one. https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent */
export const USER_AGENT = 'github-sts'

/** What no HTTP header can carry, and no token has. */
const NOT_IN_TOKENS = /[^\x21-\x7e]/

/** Why a request was stopped: not by its caller. */
const TIMED_OUT = Symbol('timed out')

const ERROR_CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** What is used of `fetch`. */
export type Fetch = (
  url: URL,
  init: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body?: string
    readonly redirect: 'manual'
    readonly signal: AbortSignal
  },
) => Promise<Pick<Response, 'status' | 'headers' | 'body'>>

/** How requests are made. */
export interface HttpOptions {
  /** Milliseconds until the last byte of an answer. Each function has a default of its own. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait with `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** Sent as `traceparent`, so that the request is found in the server's traces. https://www.w3.org/TR/trace-context/ */
  readonly traceParent?: string | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined
}

export interface HttpRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Goes into `Authorization`, as a bearer; undefined: the request has none. */
  readonly token: string | undefined
  readonly accept: string
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string>> | undefined
  readonly timeoutMs: number
  /** Of the answer. Default: 64 KiB. */
  readonly maxBytes?: number | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * Sends one request and reads the whole answer, of bounded size. Redirects are not followed: a token is for this server
 * alone.
 *
 * @throws ClientError `invalid_input` (a token that no header can carry), `unreachable`, `timed_out`, `aborted`,
 * `unexpected_answer` (a redirect, too many bytes).
 */
export async function sendRequest(request: HttpRequest, options: HttpOptions): Promise<HttpAnswer> {
  const { url, method, token, accept, body, maxBytes = ANSWER_MAX_BYTES } = request
  if (token !== undefined) checkToken(token)
  const { signal, traceParent, fetch = globalThis.fetch } = options
  const stop = new AbortController()
  const timer = setTimeout(() => {
    stop.abort(TIMED_OUT)
  }, options.timeoutMs ?? request.timeoutMs)
  const onAbort = (): void => {
    stop.abort()
  }
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted === true) onAbort()
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept,
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(traceParent !== undefined && { traceparent: traceParent }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: stop.signal,
    })
    const { status, headers } = response
    if (status < 200 || (status >= 300 && status < 400)) {
      await response.body?.cancel()
      const message = `${url.host} answers with a redirect (HTTP ${status}), which is not followed with a token`
      throw new ClientError('unexpected_answer', message, { httpStatus: status })
    }
    return { status, headers, text: await readText(response, url, maxBytes) }
  } catch (thrown) {
    if (thrown instanceof ClientError) throw thrown
    if (signal?.aborted === true) throw new ClientError('aborted', 'the request was aborted')
    if (stop.signal.reason === TIMED_OUT)
      throw new ClientError('timed_out', `${url.host} did not answer in time`)
    throw new ClientError('unreachable', `${url.host} cannot be reached${codeOf(thrown)}`)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** @throws ClientError `invalid_input`: no header can carry it. */
export function checkToken(token: string): void {
  if (token !== '' && !NOT_IN_TOKENS.test(token)) return
  throw new ClientError(
    'invalid_input',
    'the token is empty, or has white space or other characters of no token',
  )
}

async function readText(
  response: Pick<Response, 'status' | 'body'>,
  { host }: URL,
  maxBytes: number,
): Promise<string> {
  if (response.body === null) return ''
  const chunks: AsyncIterable<Uint8Array> = response.body
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) {
      const message = `${host} answers with more than ${maxBytes} bytes (HTTP ${response.status})`
      throw new ClientError('unexpected_answer', message, { httpStatus: response.status })
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** The code of the system or of the TLS stack, such as ECONNREFUSED, that `fetch` hides in a cause. */
function codeOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return typeof cause.code === 'string' && ERROR_CODE.test(cause.code) ? ` (${cause.code})` : ''
}
