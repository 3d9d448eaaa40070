import type { Exchange } from '#pkg/exchange'
import type { Tracer } from '#pkg/telemetry'
import type { WireDefinition } from '#pkg/wire'

import type { TransportLimits } from './limits.ts'
import type { TransportObserver } from './observer.ts'
import type { Readiness } from './readiness.ts'

/** What both protocols need to answer requests. */
export interface ServiceContext {
  readonly exchange: Exchange
  /** Asked at every probe, so it must be cheap; false while draining. */
  readonly readiness: () => Readiness
  /** ErrorInfo's `domain`. */
  readonly domain: string
  /** Where `GET /` points. */
  readonly documentationUrl: string
  /** How many proxies in front of this service append to `X-Forwarded-For`. */
  readonly trustedHops: number
  readonly definition: WireDefinition
  readonly limits: TransportLimits
  readonly observer: TransportObserver
  readonly tracer: Tracer
  /** Makes request ids. */
  readonly randomUUID: () => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
