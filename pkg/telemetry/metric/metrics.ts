import type { ErrorCode, Reason } from '#pkg/errors'
import type { StoreProblem } from '#pkg/store'

/** How an exchange ended, as its caller was told. */
export interface ExchangeEnd {
  readonly code: ErrorCode | 'OK'
  /** Undefined when a token was given. */
  readonly reason: Reason | undefined
  /** Of the policy that was asked for; `none` when the exchange did not get that far. */
  readonly level: 'repository' | 'organization' | 'none'
  readonly transport: 'grpc' | 'http'
  readonly durationMs: number
}

/** What is remembered from one exchange to the next. */
export type CacheName = 'installation' | 'issuer_keys' | 'issuer_list' | 'read_token' | 'trust_policy'

/**
 * `hit`: what was known is fresh; `stale`: it was known, and its source is asked or could not be; `negative`: it is
 * known not to be there; `miss`: nothing was known.
 */
export type CacheResult = 'hit' | 'miss' | 'stale' | 'negative'

/** One call to GitHub. */
export interface GitHubCallEnd {
  /** Closed: what the call was for. */
  readonly operation: string
  /** Undefined when no whole answer came. */
  readonly status: number | undefined
  /** The App's id, which the operator configured. */
  readonly app: string
  readonly method: string
  readonly durationMs: number
}

/** What GitHub said of the primary rate limit of an installation. */
export interface RateLimitState {
  readonly app: string
  readonly installation: number
  readonly remaining: number
  readonly limit: number
}

/** One answered request of the public port. */
export interface ServedRequest {
  readonly transport: 'grpc' | 'http'
  /** A known path or method; `other` for everything else. */
  readonly route: string
  /** The HTTP status, or the gRPC code. */
  readonly status: number
  readonly durationMs: number
}

/** How fetching an issuer's keys ended: well, or by which reason. */
export type IssuerFetchOutcome = 'ok' | Reason

export interface ProberStepEnd {
  readonly prober: 'prober' | 'negative-prober'
  /** One of the prober's own names; `run` is the whole run. */
  readonly step: string
  readonly outcome: 'passed' | 'failed' | 'unknown' | 'skipped'
  readonly durationMs: number
}

/**
 * What is counted and measured. One method for each thing that happens, so that no caller can make a label of its own:
 * every label is of a closed set, or named by the operator or by GitHub. No method throws, waits or keeps its argument.
 */
export interface Metrics {
  exchangeEnded(end: ExchangeEnd): void
  cacheLookedUp(cache: CacheName, result: CacheResult): void
  gitHubCalled(call: GitHubCallEnd): void
  rateLimitSeen(state: RateLimitState): void
  issuerFetched(outcome: IssuerFetchOutcome): void
  requestServed(request: ServedRequest): void
  /** An event that no receiver will see. */
  eventDropped(sink: string): void
  /** A sink has not taken a record. */
  auditFailed(sink: string): void
  /** @param read - what is wrong with the shared store; asked whenever the metric is collected. */
  watchStore(read: () => StoreProblem | undefined): void
  /** @param event - of the known kinds of GitHub's deliveries; `other` for everything else. */
  deliveryReceived(event: string): void
  /** @param read - asked whenever the metric is collected. */
  watchQueueDepth(read: () => number): void
  checkRunCompleted(conclusion: 'success' | 'failure' | 'cancelled' | 'other'): void
  proberStepEnded(step: ProberStepEnd): void
}

function nothing(): void {
  // Nobody counts.
}

/** Counts nothing. */
export const NO_METRICS: Metrics = Object.freeze({
  exchangeEnded: nothing,
  cacheLookedUp: nothing,
  gitHubCalled: nothing,
  rateLimitSeen: nothing,
  issuerFetched: nothing,
  requestServed: nothing,
  eventDropped: nothing,
  auditFailed: nothing,
  watchStore: nothing,
  deliveryReceived: nothing,
  watchQueueDepth: nothing,
  checkRunCompleted: nothing,
  proberStepEnded: nothing,
})
