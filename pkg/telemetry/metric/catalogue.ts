import {
  APP,
  CACHE,
  CACHE_RESULT,
  CODE,
  CONCLUSION,
  EVENT,
  FETCH_OUTCOME,
  GRPC_STATUS_CODE,
  HTTP_ROUTE,
  HTTP_STATUS,
  INSTALLATION,
  LEVEL,
  METHOD,
  OPERATION,
  PROBER,
  PROBER_OUTCOME,
  PROBER_STEP,
  REASON,
  RPC_METHOD,
  RPC_SYSTEM,
  SINK,
  STATUS_CLASS,
  STORE_PROBLEM,
  TRANSPORT,
  type LabelBound,
} from './label-values.ts'

/** One metric, as everything that shows or alerts on it has to know it. */
export interface MetricDefinition {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** UCUM, as OpenTelemetry wants it: `s`, `ms`, or what is counted in braces. */
  readonly unit: string
  readonly description: string
  /** Name of each label, and what it can be. */
  readonly labels: Readonly<Record<string, LabelBound>>
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly boundaries?: readonly number[]
}

/** From a warm exchange to the longest that anything here waits. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30]
const MILLISECONDS = SECONDS.map((seconds) => seconds * 1_000)

/**
 * Every metric. Those whose names do not begin with `sts.` are OpenTelemetry's.
 *
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 * https://github.com/open-telemetry/semantic-conventions/blob/v1.37.0/docs/rpc/rpc-metrics.md
 */
export const METRICS = {
  exchangeCount: {
    name: 'sts.exchange.count',
    kind: 'counter',
    unit: '{exchange}',
    description: 'Exchanges that have ended.',
    labels: { code: CODE, level: LEVEL, transport: TRANSPORT },
  },
  exchangeDuration: {
    name: 'sts.exchange.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long exchanges took.',
    labels: { code: CODE, level: LEVEL, transport: TRANSPORT },
    boundaries: SECONDS,
  },
  denialCount: {
    name: 'sts.denial.count',
    kind: 'counter',
    unit: '{denial}',
    description: 'Exchanges that ended without a token, by their reason.',
    labels: { reason: REASON },
  },
  cacheLookupCount: {
    name: 'sts.cache.lookup.count',
    kind: 'counter',
    unit: '{lookup}',
    description: 'Look-ups of what is remembered from one exchange to the next.',
    labels: { cache: CACHE, result: CACHE_RESULT },
  },
  gitHubCallCount: {
    name: 'sts.github.call.count',
    kind: 'counter',
    unit: '{call}',
    description: 'Calls to GitHub that have ended.',
    labels: { operation: OPERATION, status_class: STATUS_CLASS, app: APP },
  },
  gitHubCallDuration: {
    name: 'sts.github.call.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long calls to GitHub took.',
    labels: { operation: OPERATION, status_class: STATUS_CLASS, app: APP },
    boundaries: SECONDS,
  },
  rateLimitRemaining: {
    name: 'sts.github.rate_limit.remaining',
    kind: 'gauge',
    unit: '{request}',
    description: 'What is left of the primary rate limit of an installation, as GitHub last said.',
    labels: { app: APP, installation: INSTALLATION },
  },
  rateLimitLimit: {
    name: 'sts.github.rate_limit.limit',
    kind: 'gauge',
    unit: '{request}',
    description: 'The primary rate limit of an installation, as GitHub last said.',
    labels: { app: APP, installation: INSTALLATION },
  },
  issuerFetchCount: {
    name: 'sts.issuer.fetch.count',
    kind: 'counter',
    unit: '{fetch}',
    description: "Fetches of issuers' keys that have ended.",
    labels: { outcome: FETCH_OUTCOME },
  },
  eventDroppedCount: {
    name: 'sts.event.dropped.count',
    kind: 'counter',
    unit: '{event}',
    description: 'Events that no receiver will see.',
    labels: { sink: SINK },
  },
  auditFailureCount: {
    name: 'sts.audit.failure.count',
    kind: 'counter',
    unit: '{failure}',
    description: 'Records that a sink has not taken.',
    labels: { sink: SINK },
  },
  storeProblem: {
    name: 'sts.store.problem',
    kind: 'gauge',
    unit: '{problem}',
    description: 'Whether something is wrong with the shared store: 1, and what it is; else 0.',
    labels: { problem: STORE_PROBLEM },
  },
  deliveryCount: {
    name: 'sts.webhook.delivery.count',
    kind: 'counter',
    unit: '{delivery}',
    description: "GitHub's deliveries that were taken.",
    labels: { event: EVENT },
  },
  queueDepth: {
    name: 'sts.webhook.queue.depth',
    kind: 'gauge',
    unit: '{delivery}',
    description: 'Deliveries that wait to be worked.',
    labels: {},
  },
  checkRunCount: {
    name: 'sts.check_run.count',
    kind: 'counter',
    unit: '{check_run}',
    description: 'Check runs that were completed.',
    labels: { conclusion: CONCLUSION },
  },
  proberRunCount: {
    name: 'sts.prober.run.count',
    kind: 'counter',
    unit: '{step}',
    description: 'Steps of a prober that have ended; the step `run` is the whole run.',
    labels: { prober: PROBER, step: PROBER_STEP, outcome: PROBER_OUTCOME },
  },
  proberRunDuration: {
    name: 'sts.prober.run.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long steps of a prober took; the step `run` is the whole run.',
    labels: { prober: PROBER, step: PROBER_STEP, outcome: PROBER_OUTCOME },
    boundaries: SECONDS,
  },
  proberLastSuccess: {
    name: 'sts.prober.last_success.time',
    kind: 'gauge',
    unit: 's',
    description: 'When a whole run last passed, in seconds since the epoch.',
    labels: { prober: PROBER },
  },
  httpServerDuration: {
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long requests over HTTP took that are not gRPC.',
    labels: { 'http.route': HTTP_ROUTE, 'http.response.status_code': HTTP_STATUS },
    boundaries: SECONDS,
  },
  rpcServerDuration: {
    name: 'rpc.server.duration',
    kind: 'histogram',
    unit: 'ms',
    description: 'How long requests over gRPC took.',
    labels: { 'rpc.system': RPC_SYSTEM, 'rpc.method': RPC_METHOD, 'rpc.grpc.status_code': GRPC_STATUS_CODE },
    boundaries: MILLISECONDS,
  },
  httpClientDuration: {
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long requests to GitHub took.',
    labels: { 'http.request.method': METHOD, 'http.response.status_code': HTTP_STATUS },
    boundaries: SECONDS,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

/** Every metric, for what shows them. */
export const METRIC_CATALOGUE: readonly MetricDefinition[] = Object.values(METRICS)

/**
 * The names under which Prometheus knows a metric, as OpenTelemetry's exporter writes them: one of a counter or a gauge,
 * three of a histogram. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusNames({ name, kind }: Pick<MetricDefinition, 'name' | 'kind'>): readonly string[] {
  const base = name.replaceAll('.', '_')
  switch (kind) {
    case 'counter':
      return [`${base}_total`]
    case 'gauge':
      return [base]
    case 'histogram':
      return ['count', 'sum', 'bucket'].map((part) => `${base}_${part}`)
  }
}
