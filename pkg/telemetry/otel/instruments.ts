import type { Attributes, Meter } from '@opentelemetry/api'
import type { MetricDefinition } from '../metric/catalogue.ts'
import { createLabelSets } from '../metric/label-sets.ts'
import { attributesOf } from './attributes.ts'

/** Adds one to the series of these label values, in the order of the catalogue. */
export type Count = (...values: readonly string[]) => void

/** Adds a measured duration to the series of these label values, in the order of the catalogue. */
export type Measure = (durationMs: number, ...values: readonly string[]) => void

interface Series {
  readonly attributes: Attributes
  count: number
}

/**
 * Counts here and tells OpenTelemetry when it asks: its own counters make a text of the labels at each addition, which
 * costs a microsecond.
 *
 * @param atZero - series that are there from the beginning: of one that begins with its first event nobody sees an increase.
 */
export function createCount(
  meter: Meter,
  definition: MetricDefinition,
  atZero: readonly (readonly string[])[] = [],
): Count {
  const all: Series[] = []
  const seriesOf = createLabelSets(definition, (labels): Series => {
    const series = { attributes: attributesOf(labels), count: 0 }
    all.push(series)
    return series
  })
  const { name, unit, description } = definition
  meter.createObservableCounter(name, { unit, description }).addCallback((result) => {
    for (const { attributes, count } of all) result.observe(count, attributes)
  })
  for (const values of atZero) seriesOf(...values)
  return (...values) => {
    seriesOf(...values).count += 1
  }
}

/** A duration that is not a number of milliseconds from 0 on is left out. */
export function createMeasure(meter: Meter, definition: MetricDefinition): Measure {
  const { name, unit, description, boundaries = [] } = definition
  const unitsPerMs = unit === 'ms' ? 1 : 1e-3
  const advice = { explicitBucketBoundaries: [...boundaries] }
  const histogram = meter.createHistogram(name, { unit, description, advice })
  const attributesFor = createLabelSets(definition, attributesOf)
  return (durationMs, ...values) => {
    if (durationMs >= 0 && durationMs < Infinity) {
      histogram.record(durationMs * unitsPerMs, attributesFor(...values))
    }
  }
}
