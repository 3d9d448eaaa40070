import { spreadOf } from './statistics.ts'

/** The parts of the benchmark, in the order in which they run. */
export const SECTIONS = [
  'warm',
  'calls',
  'memory',
  'policies',
  'start',
  'deliveries',
  'events',
  'telemetry',
  'scheduler',
  'store',
] as const

export type Section = (typeof SECTIONS)[number]

/** What a value should be. */
export type Target = { readonly atMost: number } | { readonly atLeast: number }

/** One line of the result. */
export interface Measurement {
  readonly section: Section
  /** Unique within its section. */
  readonly name: string
  readonly value: number
  /** As it is written behind the value; empty for a bare number. */
  readonly unit: string
  /** Of the repetitions whose median the value is. */
  readonly range?: { readonly min: number; readonly max: number }
  readonly target?: Target
  readonly note?: string
}

export interface Verdict {
  readonly reached: boolean
  /** Distance to the target as a part of it; positive on the good side. */
  readonly margin: number
}

/** The median of repetitions, with their range. */
export function repeated(values: readonly number[]): Pick<Measurement, 'value' | 'range'> {
  const { median, min, max } = spreadOf(values)
  return values.length > 1 ? { value: median, range: { min, max } } : { value: median }
}

/** How a measurement stands to its target; undefined if it has none. A value that is no number misses. */
export function judge({ value, target }: Measurement): Verdict | undefined {
  if (target === undefined) return undefined
  const wanted = 'atMost' in target ? target.atMost : target.atLeast
  const distance = 'atMost' in target ? wanted - value : value - wanted
  return { reached: distance >= 0, margin: wanted === 0 ? distance : distance / wanted }
}
