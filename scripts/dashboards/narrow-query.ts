import { METRIC_CATALOGUE, prometheusNames } from '#pkg/telemetry'

const SERIES: ReadonlySet<string> = new Set(METRIC_CATALOGUE.flatMap(prometheusNames))

/** Adds matchers, such as `job="sts"`, to every series of this service in a query of PromQL. */
export function narrowQuery(expr: string, matchers: string): string {
  return expr.replace(/\b([a-z]\w*)(?:\{([^}]*)\})?/g, (found, name: string, given?: string) =>
    SERIES.has(name) ? `${name}{${given === undefined ? '' : `${given},`}${matchers}}` : found,
  )
}
