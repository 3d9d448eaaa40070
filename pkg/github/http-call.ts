import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { StsError } from '#pkg/errors'

/** One HTTP request. Redirects are not followed and nothing is decoded. */
export interface HttpCall {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly path: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Buffer | undefined
  /** From here to the last byte of the answer, the wait for a connection included. */
  readonly timeoutMs: number
  /** A longer answer fails as `too_large`. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  /** What `signal` may still stop once the request is on its way: everything, or nothing. */
  readonly abortable: 'always' | 'until_sent'
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** How a call ended without a whole answer. */
export interface HttpFailure {
  readonly reason: 'github_network' | 'github_timeout' | 'too_large' | 'aborted'
  /** False: not a byte of the request has left, so it can be repeated whatever it is. */
  readonly sent: boolean
  /** What was thrown below; for `aborted` the reason of the signal. */
  readonly cause: unknown
}

export type HttpOutcome =
  { readonly ok: true; readonly answer: HttpAnswer } | { readonly ok: false; readonly failure: HttpFailure }

/** Sends `call` and reads the whole answer. Never rejects. */
export function sendHttpCall(call: HttpCall): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let status = 0
    let headers: IncomingHttpHeaders = {}
    let chunks: Buffer[] = []
    let bytes = 0
    let ended = false

    /** False when the call has ended before. */
    const end = (): boolean => {
      if (ended) return false
      ended = true
      clearTimeout(timer)
      call.signal.removeEventListener('abort', onAbort)
      return true
    }
    const fail = (reason: HttpFailure['reason'], cause: unknown): void => {
      if (end()) resolve({ ok: false, failure: { reason, sent: controller !== undefined, cause } })
    }
    /** Ends the call from our side. A request that still waits for a connection is stopped in `onRequestStart`. */
    const stop = (reason: HttpFailure['reason'], cause: unknown): void => {
      fail(reason, cause)
      chunks = []
      controller?.abort(new StsError('github_network'))
    }
    const onAbort = (): void => {
      if (controller === undefined || call.abortable === 'always') stop('aborted', call.signal.reason)
    }
    const timer = setTimeout(() => {
      stop('github_timeout', undefined)
    }, call.timeoutMs)

    if (call.signal.aborted) {
      fail('aborted', call.signal.reason)
      return
    }
    call.signal.addEventListener('abort', onAbort)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // Called just before the request is written: given up by now, it must never reach GitHub.
        if (ended) started.abort(new StsError('github_network'))
        else controller = started
      },
      onResponseStart(_, statusCode, responseHeaders) {
        status = statusCode
        headers = responseHeaders
      },
      onResponseData(_, chunk) {
        bytes += chunk.length
        if (bytes > call.maxBytes) stop('too_large', undefined)
        else if (!ended) chunks.push(chunk)
      },
      onResponseEnd() {
        if (!end()) return
        const [first = Buffer.alloc(0)] = chunks
        const body = chunks.length > 1 ? Buffer.concat(chunks, bytes) : first
        const outcome: HttpOutcome = { ok: true, answer: { status, headers, body } }
        // undici frees the connection just after this turn of the event loop. Waiting for that lets a call
        // that follows at once use it, instead of paying for a TLS handshake on a new one.
        queueMicrotask(() => setImmediate(resolve, outcome))
      },
      onResponseError(_, error) {
        fail('github_network', error)
      },
    }
    try {
      call.dispatcher.dispatch(
        {
          origin: call.origin,
          path: call.path,
          method: call.method,
          headers: call.headers,
          body: call.body ?? null,
          // The one timer above bounds the whole call.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        handler,
      )
    } catch (error) {
      fail('github_network', error)
    }
  })
}
