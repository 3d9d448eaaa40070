import type { Logger } from './logger.ts'
import type { Metrics } from './metric/metrics.ts'
import type { Tracer } from './trace/tracer.ts'

/** Metrics and traces of a program. */
export interface Telemetry {
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** The port of `/metrics` and `/healthz`; undefined where they are not served. */
  readonly metricsPort: number | undefined
  /** All metrics in the text form of Prometheus; undefined while nothing is measured. */
  scrape(): Promise<string | undefined>
  /** Sends what is still held back, and ends, at the latest after `graceMs`; once, however often it is called. Never rejects. */
  stop(graceMs: number): Promise<void>
}

/** What is measured and traced, and where it goes to. The rest is read by OpenTelemetry's SDK from `OTEL_*`. */
export interface TelemetryOptions {
  readonly program: 'app' | 'webhook' | 'prober' | 'negative-prober' | 'demo'
  /** Where Prometheus may ask. A `host` of undefined is all addresses; port 0 any free port. */
  readonly prometheus: { readonly host: string | undefined; readonly port: number } | undefined
  /** `gcp` needs the optional package {@link GOOGLE_TRACE_PACKAGE}. */
  readonly traces: 'none' | 'otlp' | 'console' | 'gcp'
  readonly metrics: readonly ('otlp' | 'console')[]
  /** Share of traces that go to `gcp`, from 0 to 1. Default: 0.1. OTEL_TRACES_SAMPLER goes before it. */
  readonly traceSamplingRate?: number | undefined
  /** Name of the service where OTEL_SERVICE_NAME gives none. Default: `github-sts-` and the program. */
  readonly serviceName?: string | undefined
  /** Name of the deployed revision. */
  readonly revision?: string | undefined
  /** Of this program. */
  readonly version: string
  /** Told what is wrong with telemetry itself. */
  readonly logger: Logger
  /** Answers `/healthz` beside `/metrics`. Default: healthy. */
  readonly health?: (() => boolean) | undefined
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/** Sends traces to Google Cloud Trace. Not installed by default. */
export const GOOGLE_TRACE_PACKAGE = '@google-cloud/opentelemetry-cloud-trace-exporter'
