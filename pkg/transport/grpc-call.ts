import type { ServerHttp2Stream } from 'node:http2'

import type { RequestLifetime } from './request-lifetime.ts'

/**
 * Names the HTTP/2 stream of a call to its handler. grpc-js gives handlers no way back to the stream, its
 * raw headers and its end; so each stream is numbered in this metadata entry, which only the front can set,
 * for it hands grpc-js none of the caller's own headers.
 */
export const STREAM_KEY = 'sts-stream'

/** What a handler needs to know of its call beside the message. */
export interface GrpcCall {
  readonly requestId: string
  readonly stream: ServerHttp2Stream
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[]
  readonly remoteAddress: string | undefined
  readonly lifetime: RequestLifetime
  /** Set when the handler has taken over: it then answers, whatever happens. */
  taken: boolean
}

/** The calls in flight, by the number of their stream. */
export type GrpcCalls = Map<string, GrpcCall>
