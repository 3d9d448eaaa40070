import { redact } from '#pkg/telemetry'

const NUL = /\0/g

/**
 * `text` as it may leave in an event: without anything that looks like a secret and cut as in the log (see
 * {@link redact}), and without what warehouses refuse in JSON, lone surrogates and NUL.
 */
export function toEventText(text: string): string {
  return redact(text).toWellFormed().replace(NUL, '\u{fffd}')
}
