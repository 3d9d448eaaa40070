import { METRIC_CATALOGUE, prometheusNames, type LabelBound } from '#pkg/telemetry'

/** The labels of a series and their values, as Prometheus names them; undefined for a series that there is not. */
export function labelsOf(series: string): ReadonlyMap<string, LabelBound> | undefined {
  const definition = METRIC_CATALOGUE.find((each) => prometheusNames(each).includes(series))
  if (definition === undefined) return undefined
  const labels = Object.entries(definition.labels).map(
    ([name, bound]) => [name.replaceAll('.', '_'), bound] as const,
  )
  const buckets = series.endsWith('_bucket') ? [['le', { pattern: /./, max: 20 }] as const] : []
  return new Map<string, LabelBound>([...labels, ...buckets])
}
