import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import type { metrics } from '@opentelemetry/sdk-node'
import { withoutRepeatedLabels } from './resource.ts'

/** A reader of metrics that gives them as text when it is asked. */
export interface PrometheusReader {
  readonly reader: metrics.MetricReader
  scrape(): Promise<string>
}

/** Listens on no port: see `metrics-server.ts`. */
export function createPrometheusReader(gauges: metrics.MetricProducer): PrometheusReader {
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [gauges] })
  // Everything is of one scope, so its name and version would only make each line longer.
  const serializer = new PrometheusSerializer('', false, undefined, false, true)
  return {
    reader,
    async scrape() {
      const { resourceMetrics } = await reader.collect()
      const { resource, scopeMetrics } = resourceMetrics
      return serializer.serialize({ resource: withoutRepeatedLabels(resource), scopeMetrics })
    },
  }
}
