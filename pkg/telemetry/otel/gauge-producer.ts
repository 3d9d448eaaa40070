import { ValueType } from '@opentelemetry/api'
import { metrics, resources } from '@opentelemetry/sdk-node'
import type { Gauges } from '../metric/gauges.ts'

const { AggregationTemporality, DataPointType } = metrics

/**
 * Hands the gauges to a reader of metrics. OpenTelemetry's own observable gauges would show a series for ever that was
 * observed once, and would count it against the number of series that a metric may have.
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
 *
 * @param now - milliseconds since the epoch.
 */
export function createGaugeProducer(
  gauges: Gauges,
  scope: metrics.ScopeMetrics['scope'],
  now: () => number,
): metrics.MetricProducer {
  return {
    collect() {
      const time = hrTimeOf(now())
      const readings = gauges
        .read()
        .map(({ definition: { name, unit, description }, points }): metrics.GaugeMetricData => ({
          descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
          aggregationTemporality: AggregationTemporality.CUMULATIVE,
          dataPointType: DataPointType.GAUGE,
          dataPoints: points.map(({ labels, value }) => ({
            startTime: time,
            endTime: time,
            attributes: labels,
            value,
          })),
        }))
      const scopeMetrics = readings.length === 0 ? [] : [{ scope, metrics: readings }]
      return Promise.resolve({
        resourceMetrics: { resource: resources.emptyResource(), scopeMetrics },
        errors: [],
      })
    },
  }
}

function hrTimeOf(ms: number): [number, number] {
  const seconds = Math.trunc(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)]
}
