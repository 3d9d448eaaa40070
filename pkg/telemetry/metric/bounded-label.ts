import { OTHER, type LabelBound } from './label-values.ts'

/** Gives a value that the label may have: the one it is given, or `other`. */
export type BoundedLabel = (value: string) => string

/** Values beyond the bound of an open label become `other` for as long as the process lives. */
export function createBoundedLabel(bound: LabelBound): BoundedLabel {
  if ('values' in bound) {
    const values = new Set(bound.values)
    return (value) => (values.has(value) ? value : OTHER)
  }
  const { pattern, max } = bound
  const admitted = new Set<string>()
  return (value) => {
    if (admitted.has(value)) return value
    if (admitted.size >= max || !pattern.test(value)) return OTHER
    admitted.add(value)
    return value
  }
}
