import { core, metrics } from '@opentelemetry/sdk-node'
import type { TelemetryOptions } from '../telemetry.ts'

const EXPORT_INTERVAL_MS = 60_000
const EXPORT_TIMEOUT_MS = 30_000

/**
 * Readers that send metrics away by themselves, set by `OTEL_*` as the SDK's own would be.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#periodic-exporting-metricreader
 */
export async function createPushReaders(
  exporters: TelemetryOptions['metrics'],
  gauges: metrics.MetricProducer,
): Promise<readonly metrics.MetricReader[]> {
  const exportIntervalMillis = positiveFromEnv('OTEL_METRIC_EXPORT_INTERVAL') ?? EXPORT_INTERVAL_MS
  const exportTimeoutMillis = Math.min(
    positiveFromEnv('OTEL_METRIC_EXPORT_TIMEOUT') ?? EXPORT_TIMEOUT_MS,
    exportIntervalMillis,
  )
  const readers: metrics.MetricReader[] = []
  for (const name of new Set(exporters)) {
    const exporter = name === 'otlp' ? await createOtlpExporter() : new metrics.ConsoleMetricExporter()
    readers.push(
      new metrics.PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis,
        exportTimeoutMillis,
        metricProducers: [gauges],
      }),
    )
  }
  return readers
}

async function createOtlpExporter(): Promise<metrics.PushMetricExporter> {
  const protocol =
    core.getStringFromEnv('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL') ??
    core.getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL')
  switch (protocol) {
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc')
      return new OTLPMetricExporter()
    }
    case 'http/json': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
      return new OTLPMetricExporter()
    }
    default: {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
      return new OTLPMetricExporter()
    }
  }
}

function positiveFromEnv(name: string): number | undefined {
  const value = core.getNumberFromEnv(name)
  return value !== undefined && value > 0 ? value : undefined
}
