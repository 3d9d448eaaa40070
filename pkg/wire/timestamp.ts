/** A point in time as `google.protobuf.Timestamp` holds it; seconds in decimal, for they may exceed 2^53. */
export interface Timestamp {
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: string
  /** 0 to 999,999,999. */
  readonly nanos: number
}

// RFC 3339, section 5.6. Its `T` and `Z` may be lower case.
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/** Years 0001 to 9999, the range of `google.protobuf.Timestamp`. */
const MIN_SECONDS = -62_135_596_800
const MAX_SECONDS = 253_402_300_799

/** Reads an RFC 3339 date-time; undefined for anything else, dates that do not exist and leap seconds included. */
export function timestampOf(dateTime: string): Timestamp | undefined {
  const match = DATE_TIME.exec(dateTime)
  if (match === null) return undefined
  const [, date = '', time = '', fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match
  const local = Date.parse(`${date}T${time}Z`)
  // What does not exist is no time, or the next one that does: 30 February, 24:00, a second of 60.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== `${date}T${time}`)
    return undefined
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60
  const seconds = local / 1000 - (sign === '-' ? -offset : offset)
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return undefined
  return { seconds: String(seconds), nanos: Number(fraction.padEnd(9, '0')) }
}

/**
 * Writes a timestamp as RFC 3339 in UTC, with 0, 3, 6 or 9 digits of a second as protobuf's JSON mapping
 * does; undefined when it is outside the years 0001 to 9999.
 */
export function dateTimeOf({ seconds, nanos }: Timestamp): string | undefined {
  const whole = Number(seconds)
  if (!Number.isInteger(whole) || whole < MIN_SECONDS || whole > MAX_SECONDS) return undefined
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) return undefined
  const fraction = String(nanos)
    .padStart(9, '0')
    .replace(/(?:000)+$/, '')
  const date = new Date(whole * 1000).toISOString().slice(0, 19)
  return fraction === '' ? `${date}Z` : `${date}.${fraction}Z`
}
