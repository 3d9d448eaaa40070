import { NO_METRICS } from './metric/metrics.ts'
import type { Telemetry, TelemetryOptions } from './telemetry.ts'
import { NO_TRACER } from './trace/no-tracer.ts'

const NO_TELEMETRY: Telemetry = Object.freeze({
  metrics: NO_METRICS,
  tracer: NO_TRACER,
  metricsPort: undefined,
  scrape: () => Promise.resolve(undefined),
  stop: () => Promise.resolve(),
})

/**
 * Begins to measure and to trace. Loads OpenTelemetry only now, and only when `options` ask for anything, because that
 * takes a quarter of a second.
 *
 * Never rejects: whatever is wrong with telemetry is a warning, and the program goes on without. One telemetry at a time:
 * the one before has to be stopped.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { prometheus, traces, metrics, logger } = options
  if (prometheus === undefined && traces === 'none' && metrics.length === 0) return NO_TELEMETRY
  try {
    const { startOpenTelemetry } = await import('./otel/open-telemetry.ts')
    return await startOpenTelemetry(options)
  } catch (thrown) {
    logger.warn({ err: thrown }, 'telemetry could not be started')
    return NO_TELEMETRY
  }
}
