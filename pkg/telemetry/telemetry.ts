import type { Metrics } from './metric/metrics.ts'
import type { Tracer } from './trace/tracer.ts'

/** Metrics and traces of a program. */
export interface Telemetry {
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** All metrics in the text form of Prometheus; undefined while nothing is measured. */
  scrape(): Promise<string | undefined>
  /** Sends what is still held back, and ends, at the latest after `graceMs`. Never rejects. */
  stop(graceMs: number): Promise<void>
}
