export {
  createLogger,
  type Log,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts'
export { METRIC_CATALOGUE, prometheusNames, type MetricDefinition } from './metric/catalogue.ts'
export type { LabelBound } from './metric/label-values.ts'
export {
  NO_METRICS,
  type CacheName,
  type CacheResult,
  type ExchangeEnd,
  type GitHubCallEnd,
  type IssuerFetchOutcome,
  type Metrics,
  type ProberStepEnd,
  type RateLimitState,
  type ServedRequest,
} from './metric/metrics.ts'
export { METRICS_TYPE } from './metric/metrics-server.ts'
export { LOGGED_STRING_MAX_LENGTH, REDACTED, redact } from './redact.ts'
export { startTelemetry } from './start-telemetry.ts'
export { createTelemetrySwitch, type TelemetrySwitch } from './telemetry-switch.ts'
export type { Telemetry, TelemetryOptions } from './telemetry.ts'
export { NO_TRACE, NO_TRACER } from './trace/no-tracer.ts'
export {
  formatTraceParent,
  readTraceContext,
  type TraceContext,
  type TraceHeaders,
} from './trace/trace-context.ts'
export type { RequestEnd, RequestTrace, StepName, Tracer } from './trace/tracer.ts'
