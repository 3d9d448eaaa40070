import type { Meter } from '@opentelemetry/api'
import { METRICS } from '../metric/catalogue.ts'
import type { Gauges } from '../metric/gauges.ts'
import { OTHER } from '../metric/label-values.ts'
import type { Metrics } from '../metric/metrics.ts'
import type { TelemetryOptions } from '../telemetry.ts'
import { createCount, createMeasure } from './instruments.ts'

const RUN_OUTCOMES = ['passed', 'failed', 'unknown'] as const

/** Counts and measures with OpenTelemetry; what callers pass becomes a label only where the catalogue knows it. */
export function createOtelMetrics(
  meter: Meter,
  gauges: Gauges,
  program: TelemetryOptions['program'],
): Metrics {
  const sinks = program === 'app' ? [['events'], ['log']] : []
  const runs = isProber(program) ? RUN_OUTCOMES.map((outcome) => [program, 'run', outcome]) : []
  const exchanges = createCount(meter, METRICS.exchangeCount)
  const exchangeDuration = createMeasure(meter, METRICS.exchangeDuration)
  const denials = createCount(meter, METRICS.denialCount)
  const lookups = createCount(meter, METRICS.cacheLookupCount)
  const calls = createCount(meter, METRICS.gitHubCallCount)
  const callDuration = createMeasure(meter, METRICS.gitHubCallDuration)
  const clientDuration = createMeasure(meter, METRICS.httpClientDuration)
  const fetches = createCount(meter, METRICS.issuerFetchCount)
  const httpDuration = createMeasure(meter, METRICS.httpServerDuration)
  const rpcDuration = createMeasure(meter, METRICS.rpcServerDuration)
  const drops = createCount(meter, METRICS.eventDroppedCount, sinks)
  const auditFailures = createCount(meter, METRICS.auditFailureCount, sinks)
  const deliveries = createCount(meter, METRICS.deliveryCount)
  const checkRuns = createCount(meter, METRICS.checkRunCount)
  const proberSteps = createCount(meter, METRICS.proberRunCount, runs)
  const proberDuration = createMeasure(meter, METRICS.proberRunDuration)

  return {
    exchangeEnded({ code, reason, level, transport, durationMs }) {
      exchanges(code, level, transport)
      exchangeDuration(durationMs, code, level, transport)
      if (reason !== undefined) denials(reason)
    },
    cacheLookedUp(cache, result) {
      lookups(cache, result)
    },
    gitHubCalled({ operation, status, app, method, durationMs }) {
      const statusClass = statusClassOf(status)
      calls(operation, statusClass, app)
      callDuration(durationMs, operation, statusClass, app)
      clientDuration(durationMs, method, status === undefined ? OTHER : String(status))
    },
    rateLimitSeen(state) {
      gauges.rateLimitSeen(state)
    },
    issuerFetched(outcome) {
      fetches(outcome)
    },
    requestServed({ transport, route, status, durationMs }) {
      if (transport === 'grpc') rpcDuration(durationMs, 'grpc', route, String(status))
      else httpDuration(durationMs, route, String(status))
    },
    eventDropped(sink) {
      drops(sink)
    },
    auditFailed(sink) {
      auditFailures(sink)
    },
    deliveryReceived(event) {
      deliveries(event)
    },
    watchStore(read) {
      gauges.watchStore(read)
    },
    watchQueueDepth(read) {
      gauges.watchQueueDepth(read)
    },
    checkRunCompleted(conclusion) {
      checkRuns(conclusion)
    },
    proberStepEnded({ prober, step, outcome, durationMs }) {
      proberSteps(prober, step, outcome)
      proberDuration(durationMs, prober, step, outcome)
      if (step === 'run' && outcome === 'passed') gauges.proberPassed(prober)
    },
  }
}

function isProber(program: TelemetryOptions['program']): boolean {
  return program === 'prober' || program === 'negative-prober'
}

function statusClassOf(status: number | undefined): string {
  return status === undefined ? 'none' : `${Math.trunc(status / 100)}xx`
}
