import type { Dispatcher } from 'undici'
import { StsError, type Reason } from '#pkg/errors'
import { formatTraceParent, type TraceContext } from '#pkg/telemetry'
import type { CallEvent, Operation } from './call-event.ts'
import type { CallGate } from './call-gate.ts'
import { sendHttpCall, type HttpAnswer, type HttpFailure } from './http-call.ts'
import type { Pause } from './pause.ts'
import { createRateLimitWait, isRateLimit, quotaOf } from './rate-limit.ts'

/** The oldest version that github.com and all supported GHES releases serve. https://docs.github.com/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28'

/** GitHub refuses requests without one. https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent */
const USER_AGENT = 'github-sts'

/** Bound of an answer, in bytes. */
const ANSWER_MAX_BYTES = 2 * 1024 * 1024

/** A call that failed without effect is made at most this often again. */
const REPEATS_MAX = 2

/** Before the first repeat; doubles before the second. Up to as much again is added at random. */
const REPEAT_DELAY_MS = 100

export interface GitHubRequest {
  readonly operation: Operation
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base URL; see `resourcePath`. */
  readonly path: string
  /** The whole value of the header. */
  readonly authorization: string
  readonly installationId?: number
  /** Of an installation that is known to exist: whose turn it takes when calls have to wait. */
  readonly owner?: string
  /** JSON. */
  readonly body?: Buffer
  readonly accept?: string
  readonly ifNoneMatch?: string | undefined
  /** Default: 2 MiB. */
  readonly maxBytes?: number
  /**
   * Whether GitHub may be asked again when the answer is lost. False for a mint: it is repeated only when not a byte of
   * it was sent, a lost answer is `mint_unknown`, and once sent it is no longer stopped by `signal`.
   */
  readonly repeatable: boolean
  readonly signal: AbortSignal
  /** Where the one request stands that this call is made for; a call for several has none. */
  readonly trace?: TraceContext | undefined
}

/** An answer that is neither a rate limit nor a 5xx. */
export interface GitHubAnswer extends HttpAnswer {
  /** `message` of an answer of 400 or more; empty when there is none. Never to be logged or shown. */
  readonly message: string
}

export interface GitHubClient {
  /**
   * @throws StsError `github_rate_limited` (with the wait), `github_unavailable` (5xx), `github_network`,
   * `github_timeout`, `github_answer_malformed` (too long), `mint_unknown`, `overloaded` (nothing was sent); the reason of the
   * signal when it aborts.
   */
  call(request: GitHubRequest): Promise<GitHubAnswer>
}

export interface GitHubClientOptions {
  /** Such as `https://api.github.com` or `https://HOST/api/v3`. */
  readonly baseUrl: string
  readonly dispatcher: Dispatcher
  readonly gate: CallGate
  /** Of one call, the wait at the gate included. */
  readonly callTimeoutMs: number
  readonly now: () => number
  readonly pause: Pause
  readonly onCall: (event: Omit<CallEvent, 'appId'>) => void
}

/** Says things to GitHub: headers, time-out, size bound, repetition, and the failures that any call can meet. */
export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const { dispatcher, gate, callTimeoutMs, now, pause, onCall } = options
  const base = new URL(options.baseUrl)
  const pathPrefix = base.pathname.replace(/\/+$/, '')
  const rateLimitWait = createRateLimitWait(now)

  /** The error of an answer that says nothing about what was asked. */
  function errorOf(request: GitHubRequest, answer: HttpAnswer, message: string): StsError | undefined {
    if (answer.status < 400) return undefined
    const detail = { operation: request.operation, status: answer.status }
    if (isRateLimit(answer, message)) {
      return new StsError('github_rate_limited', { detail, retryAfterMs: rateLimitWait.after(answer) })
    }
    if (answer.status < 500) return undefined
    // A gateway that gave up waiting does not know either whether a token was made.
    const lost = !request.repeatable && (answer.status === 502 || answer.status === 504)
    return new StsError(lost ? 'mint_unknown' : 'github_unavailable', { detail })
  }

  async function attempt(request: GitHubRequest): Promise<Attempt> {
    const entry = gate.enter({
      owner: request.owner,
      // A token that is not revoked lives on for an hour.
      refusable: request.operation !== 'revoke_token',
      timeoutMs: callTimeoutMs,
      signal: request.signal,
    })
    // Nothing is awaited while there is room.
    const timeoutMs = entry === undefined ? callTimeoutMs : await entry
    try {
      return await send(request, timeoutMs)
    } finally {
      gate.leave()
    }
  }

  async function send(request: GitHubRequest, timeoutMs: number): Promise<Attempt> {
    const started = now()
    const outcome = await sendHttpCall({
      dispatcher,
      origin: base.origin,
      path: pathPrefix + request.path,
      method: request.method,
      headers: headersOf(request),
      body: request.body,
      timeoutMs,
      maxBytes: request.maxBytes ?? ANSWER_MAX_BYTES,
      signal: request.signal,
      abortable: request.repeatable ? 'always' : 'until_sent',
    })
    const answer = outcome.ok ? outcome.answer : undefined
    const message = answer === undefined ? '' : messageOf(answer)
    const error = outcome.ok ? errorOf(request, outcome.answer, message) : failureOf(request, outcome.failure)
    onCall({
      operation: request.operation,
      method: request.method,
      status: answer?.status,
      failure: error instanceof StsError ? error.reason : undefined,
      durationMs: now() - started,
      installationId: request.installationId,
      quota: answer && quotaOf(answer),
      retryAfterMs:
        error instanceof StsError && error.reason === 'github_rate_limited' ? error.retryAfterMs : undefined,
    })
    if (outcome.ok && error === undefined) return { ok: true, answer: { ...outcome.answer, message } }
    return {
      ok: false,
      error,
      repeatable: isRepeatable(request, outcome.ok ? undefined : outcome.failure, error),
    }
  }

  return {
    async call(request) {
      for (let repeats = 0; ; repeats++) {
        const result = await attempt(request)
        if (result.ok) return result.answer
        if (!result.repeatable || repeats === REPEATS_MAX) throw result.error
        await pause(REPEAT_DELAY_MS * 2 ** repeats * (1 + Math.random()), request.signal)
      }
    },
  }
}

type Attempt =
  | { readonly ok: true; readonly answer: GitHubAnswer }
  | { readonly ok: false; readonly error: unknown; readonly repeatable: boolean }

function headersOf(request: GitHubRequest): string[] {
  const headers = [
    'accept',
    request.accept ?? 'application/vnd.github+json',
    'authorization',
    request.authorization,
    'user-agent',
    USER_AGENT,
    'x-github-api-version',
    API_VERSION,
  ]
  if (request.body !== undefined) headers.push('content-type', 'application/json')
  if (request.ifNoneMatch !== undefined) headers.push('if-none-match', request.ifNoneMatch)
  if (request.trace !== undefined) {
    headers.push('traceparent', formatTraceParent(request.trace))
    if (request.trace.tracestate !== undefined) headers.push('tracestate', request.trace.tracestate)
  }
  return headers
}

function failureOf(request: GitHubRequest, failure: HttpFailure): unknown {
  if (failure.reason === 'aborted') return failure.cause
  const known: Reason = failure.reason === 'too_large' ? 'github_answer_malformed' : failure.reason
  const reason: Reason = failure.sent && !request.repeatable ? 'mint_unknown' : known
  return new StsError(reason, {
    cause: failure.cause,
    detail: { operation: request.operation, sent: failure.sent, failure: failure.reason },
  })
}

/** Whether a call failed because its answer was longer than `maxBytes`. */
export function isTooLarge(error: unknown): boolean {
  return (
    error instanceof StsError && error.detail['failure'] === ('too_large' satisfies HttpFailure['reason'])
  )
}

/** Whether asking again may help and can do no harm. A time-out is not repeated: it has used up the time. */
function isRepeatable(request: GitHubRequest, failure: HttpFailure | undefined, error: unknown): boolean {
  if (failure !== undefined) {
    return failure.reason === 'github_network' && (request.repeatable || !failure.sent)
  }
  return request.repeatable && error instanceof StsError && error.reason === 'github_unavailable'
}

function messageOf(answer: HttpAnswer): string {
  if (answer.status < 400) return ''
  try {
    const body: unknown = JSON.parse(answer.body.toString('utf8'))
    return hasMessage(body) ? body.message : ''
  } catch {
    return ''
  }
}

function hasMessage(body: unknown): body is { readonly message: string } {
  return typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string'
}
