import type { StoreProblem } from '#pkg/store'
import { NO_METRICS, type Metrics } from './metric/metrics.ts'
import type { Telemetry } from './telemetry.ts'
import { NO_TRACER } from './trace/no-tracer.ts'
import type { Tracer } from './trace/tracer.ts'

/** Metrics and traces that begin to be kept some time after they are handed out. */
export interface TelemetrySwitch {
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** From now on everything goes to `telemetry`. What is watched already will be there too. */
  readonly use: (telemetry: Pick<Telemetry, 'metrics' | 'tracer'>) => void
}

/** What happens before the first `use` is not kept. */
export function createTelemetrySwitch(): TelemetrySwitch {
  let metrics = NO_METRICS
  let tracer: Tracer = NO_TRACER
  let watched: (() => number) | undefined
  let watchedStore: (() => StoreProblem | undefined) | undefined

  return {
    metrics: {
      exchangeEnded: (end) => {
        metrics.exchangeEnded(end)
      },
      cacheLookedUp: (cache, result) => {
        metrics.cacheLookedUp(cache, result)
      },
      gitHubCalled: (call) => {
        metrics.gitHubCalled(call)
      },
      rateLimitSeen: (state) => {
        metrics.rateLimitSeen(state)
      },
      issuerFetched: (outcome) => {
        metrics.issuerFetched(outcome)
      },
      requestServed: (request) => {
        metrics.requestServed(request)
      },
      eventDropped: (sink) => {
        metrics.eventDropped(sink)
      },
      auditFailed: (sink) => {
        metrics.auditFailed(sink)
      },
      deliveryReceived: (event) => {
        metrics.deliveryReceived(event)
      },
      watchStore: (read) => {
        watchedStore = read
        metrics.watchStore(read)
      },
      watchQueueDepth: (read) => {
        watched = read
        metrics.watchQueueDepth(read)
      },
      checkRunCompleted: (conclusion) => {
        metrics.checkRunCompleted(conclusion)
      },
      proberStepEnded: (step) => {
        metrics.proberStepEnded(step)
      },
    },
    tracer: {
      startRequest: (headers) => tracer.startRequest(headers),
    },
    use(telemetry) {
      metrics = telemetry.metrics
      tracer = telemetry.tracer
      if (watched !== undefined) metrics.watchQueueDepth(watched)
      if (watchedStore !== undefined) metrics.watchStore(watchedStore)
    },
  }
}
