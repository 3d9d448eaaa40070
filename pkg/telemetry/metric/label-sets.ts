import { createBoundedLabel } from './bounded-label.ts'
import type { MetricDefinition } from './catalogue.ts'
import { OTHER } from './label-values.ts'

/** A metric has at most this many sets of labels; what comes later is counted with all labels `other`. */
export const LABEL_SETS_MAX = 1_000

/** The labels of one series, in the order of the catalogue. */
export type LabelSet = Readonly<Record<string, string>>

/**
 * Finds what belongs to a set of label values, in the order of the catalogue; makes it when the set is new.
 * Asking for a known set costs one look-up.
 */
export type LabelSets<T> = (...values: readonly string[]) => T

/** Nothing that a caller passes is kept unless it is a value that the label may have. */
export function createLabelSets<T>(
  { labels }: Pick<MetricDefinition, 'labels'>,
  make: (labels: LabelSet) => T,
): LabelSets<T> {
  const names = Object.keys(labels)
  const bounds = Object.values(labels).map(createBoundedLabel)
  const known = new Map<string, T>()
  const overflow = names.map(() => OTHER)

  function find(values: readonly string[]): T {
    const key = values.join('\n')
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(Object.fromEntries(names.map((name, index) => [name, values[index] ?? OTHER])))
    known.set(key, made)
    return made
  }

  return (...values) => {
    const found = known.get(values.join('\n'))
    if (found !== undefined) return found
    const bounded = bounds.map((bound, index) => bound(values[index] ?? OTHER))
    return known.has(bounded.join('\n')) || known.size < LABEL_SETS_MAX ? find(bounded) : find(overflow)
  }
}
