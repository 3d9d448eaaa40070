import { parsed, unparsed, type ValueType } from './value-type.ts'

const NANOSECONDS_OF_UNIT: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])
const NANOSECONDS_MAX = 2n ** 63n - 1n
const NANOSECONDS_PER_MS = 1_000_000
const DURATION_TEXT_MAX_LENGTH = 128
/** Go drops the digits of a fraction that make it, read as a whole number, larger than this. */
const FRACTION_MAX = 2n ** 63n

const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/
const PART = /(\d*)\.?(\d*)([a-z\u00b5\u03bc]+)/g

/**
 * A duration in the form of Go's `time.ParseDuration`, in milliseconds: `5m`, `1h30m`, `1.5h`, `300ms`, `0`.
 * Undefined for any other text, and for what Go cannot hold (more than about 292 years). Parts below a
 * nanosecond are dropped. https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > DURATION_TEXT_MAX_LENGTH) return undefined
  if (/^[+-]?0$/.test(text)) return 0
  if (!DURATION.test(text)) return undefined
  let total = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PART)) {
    const nanoseconds = NANOSECONDS_OF_UNIT.get(unit) ?? 0n
    let digits = fraction
    while (BigInt(digits) > FRACTION_MAX) digits = digits.slice(0, -1)
    // In floating point, as Go does it: a third of an hour written with many digits is 20 minutes.
    const part = Number(digits) * (Number(nanoseconds) / 10 ** digits.length)
    total += BigInt(whole) * nanoseconds + BigInt(Math.trunc(part))
  }
  const isNegative = text.startsWith('-') && total > 0n
  // Go's range is that of a 64-bit integer: one nanosecond more below zero than above.
  if (total > NANOSECONDS_MAX + (isNegative ? 1n : 0n)) return undefined
  const milliseconds = Number(total) / NANOSECONDS_PER_MS
  return isNegative ? -milliseconds : milliseconds
}

/** A duration from `min` to `max` (both in Go's form), in milliseconds. */
export function durationType(max: string, min = '0s'): ValueType<number> {
  const maxMs = parseGoDuration(max) ?? 0
  const minMs = parseGoDuration(min) ?? 0
  return {
    allowed: `a duration such as 10s, 5m or 1h30m, ${min} to ${max}`,
    parse: (text) => {
      const milliseconds = parseGoDuration(text)
      if (milliseconds === undefined) return unparsed()
      if (milliseconds < 0) return unparsed('it is negative')
      if (milliseconds < minMs) return unparsed(`it is shorter than ${min}`)
      return milliseconds <= maxMs ? parsed(milliseconds) : unparsed(`it is longer than ${max}`)
    },
  }
}
