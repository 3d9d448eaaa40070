import { BEARER_MAX_BYTES } from '#pkg/jwt'

/** What a caller may use of this service before it has proven anything. */
export interface TransportLimits {
  /** Bytes of all headers of a request. */
  readonly headerBytes: number
  /** Bytes of a request body; of a gRPC message. */
  readonly bodyBytes: number
  /** Bytes of the bearer token. */
  readonly bearerBytes: number
  /** Milliseconds within which the headers of an HTTP/1.1 request arrive. */
  readonly headersMs: number
  /** Milliseconds from the first byte of a request until it is answered, whatever happens in between. */
  readonly requestMs: number
  /** Milliseconds within which the first request of a connection is received completely. */
  readonly firstRequestMs: number
  /** Milliseconds after `requestMs` in which an answer may still be delivered. */
  readonly deliveryMs: number
  /** Milliseconds without a request after which a connection is closed; load balancers keep theirs 600 s. */
  readonly idleMs: number
  /** Milliseconds after which an HTTP/2 peer is asked for a sign of life, again and again. */
  readonly probeMs: number
  /** Milliseconds that it may take to give one. */
  readonly probeTimeoutMs: number
  /** Milliseconds after which an HTTP/2 connection is asked to go (±10 %), so that clients rebalance. */
  readonly ageMs: number
  /** Milliseconds that such a connection may take to finish its requests. */
  readonly ageGraceMs: number
  /** Connections at a time. */
  readonly connections: number
  /** Requests at a time on one connection. */
  readonly streams: number
  /** Megabytes that one HTTP/2 connection may occupy. */
  readonly sessionMegabytes: number
}

export const DEFAULT_LIMITS: TransportLimits = {
  headerBytes: 32 * 1024,
  bodyBytes: 64 * 1024,
  bearerBytes: BEARER_MAX_BYTES,
  headersMs: 5_000,
  requestMs: 30_000,
  firstRequestMs: 10_000,
  deliveryMs: 5_000,
  idleMs: 620_000,
  probeMs: 60_000,
  probeTimeoutMs: 20_000,
  ageMs: 3_600_000,
  ageGraceMs: 35_000,
  connections: 16_384,
  streams: 100,
  sessionMegabytes: 10,
}
