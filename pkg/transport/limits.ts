import { BEARER_MAX_BYTES } from '#pkg/jwt'

/** What a caller may use of any server before it has proven anything. */
export interface HttpLimits {
  /** Bytes of all headers of a request. */
  readonly headerBytes: number
  /** Bytes of a request body; of a gRPC message. */
  readonly bodyBytes: number
  /** Milliseconds within which the headers of an HTTP/1.1 request arrive. */
  readonly headersMs: number
  /** Milliseconds from the first byte of a request until it is answered, whatever happens in between. */
  readonly requestMs: number
  /** Milliseconds within which the first request of a connection is received completely. */
  readonly firstRequestMs: number
  /** In place of `firstRequestMs`, milliseconds for a first request whose headers have arrived within that. */
  readonly firstBodyMs?: number
  /** Milliseconds after `requestMs` in which an answer may still be delivered. */
  readonly deliveryMs: number
  /** Milliseconds without a request after which a connection is closed; load balancers keep theirs 600 s. */
  readonly idleMs: number
  /** Connections at a time. */
  readonly connections: number
  /** Requests at a time on one connection. */
  readonly streams: number
}

/** The limits of the security token service. */
export interface TransportLimits extends HttpLimits {
  /** Bytes of the bearer token. */
  readonly bearerBytes: number
  /** Milliseconds after which an HTTP/2 peer is asked for a sign of life, again and again. */
  readonly probeMs: number
  /** Milliseconds that it may take to give one. */
  readonly probeTimeoutMs: number
  /** Milliseconds after which an HTTP/2 connection is asked to go (±10 %), so that clients rebalance. */
  readonly ageMs: number
  /** Milliseconds that such a connection may take to finish its requests. */
  readonly ageGraceMs: number
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

/** The limits of the webhook. */
export interface WebhookLimits extends HttpLimits {
  /** Bytes that all bodies occupy at one time. */
  readonly bodiesBytes: number
}

export const DEFAULT_WEBHOOK_LIMITS: WebhookLimits = {
  headerBytes: 32 * 1024,
  // https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
  bodyBytes: 25 * 1024 * 1024,
  headersMs: 5_000,
  requestMs: 45_000,
  firstRequestMs: 10_000,
  // No sender waits longer: github.com gives up after 10 s, an Enterprise Server after 30 s.
  firstBodyMs: 30_000,
  deliveryMs: 5_000,
  idleMs: 620_000,
  connections: 4_096,
  streams: 10,
  bodiesBytes: 128 * 1024 * 1024,
}
