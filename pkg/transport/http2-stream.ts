import { constants, type ServerHttp2Stream } from 'node:http2'

import { startLifetime, type RequestLifetime } from './request-lifetime.ts'
import type { ServiceContext } from './service.ts'

/** A request on an HTTP/2 stream whose headers have arrived. */
export interface StreamArrival {
  readonly stream: ServerHttp2Stream
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[]
  /** Whether the request has no body. */
  readonly endStream: boolean
  readonly requestId: string
  readonly remoteAddress: string | undefined
  /** Milliseconds within which the rest of the request arrives. */
  readonly receiveMs: number
  /** To be called when it has. */
  readonly received: () => void
}

/** How long the rest of a refused request is read and dropped, in milliseconds. */
const LINGER_MS = 1_000

/** A lifetime of `ms` that ends with `stream`, and ends it when nobody takes the answer. */
export function startStreamLifetime(
  stream: ServerHttp2Stream,
  ms: number,
  { limits, observer }: Pick<ServiceContext, 'limits' | 'observer'>,
): RequestLifetime {
  const lifetime = startLifetime({
    ms,
    deliveryMs: limits.deliveryMs,
    cut: () => {
      observer.cut?.('request_overdue')
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    },
  })
  stream.once('close', () => {
    lifetime.end()
  })
  return lifetime
}

/** Whether everything that was written on a closed stream, its end included, was taken by the connection. */
export function wasDelivered(stream: ServerHttp2Stream): boolean {
  return stream.writableFinished && !wasReset(stream)
}

/** Whether a stream was ended by other means than the end of its data. */
export function wasReset(stream: ServerHttp2Stream): boolean {
  return stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR
}

/**
 * Reads and drops the rest of a request whose answer is written, and after a while tells the client to
 * stop sending (RFC 9113, section 8.1). Said at once, some versions of Node send it before the answer.
 */
export function dropRequest(stream: ServerHttp2Stream): void {
  stream.resume()
  const timer = setTimeout(() => {
    stream.close(constants.NGHTTP2_NO_ERROR)
  }, LINGER_MS)
  stream.once('close', () => {
    clearTimeout(timer)
  })
}
