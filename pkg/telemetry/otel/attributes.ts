import { OTHER } from '../metric/label-values.ts'
import type { LabelSet } from '../metric/label-sets.ts'

/** Statuses are numbers in OpenTelemetry's conventions, and left out where there is none. */
const STATUS_CODE_LABEL = /\.status_code$/

/** The labels of a series as OpenTelemetry's attributes. */
export function attributesOf(labels: LabelSet): Readonly<Record<string, string | number>> {
  const attributes: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(labels)) {
    if (!STATUS_CODE_LABEL.test(name)) attributes[name] = value
    else if (value !== OTHER) attributes[name] = Number(value)
  }
  return attributes
}
