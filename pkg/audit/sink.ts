import type { Logger } from '#pkg/telemetry'
import type { ExchangeRecord } from './record.ts'

/** A place that records go to. */
export interface Sink {
  /**
   * Resolves once the record is safe. Rejects when the sink could not take it: a token whose record
   * a required sink refuses is revoked.
   *
   * @param cause - what was thrown, with its stack; for the log alone, never for a sink that leaves the process.
   */
  accept(record: ExchangeRecord, cause?: unknown): Promise<void>
}

/**
 * The log as a sink: one line for each record whatever the level of the log, `info` for what was decided, `error`
 * for what failed here.
 */
export function createLogSink(logger: Logger): Sink {
  return {
    accept(record, cause) {
      const fields = cause === undefined ? { record } : { record, err: cause }
      const message = `exchange ${record.outcome}`
      if (record.outcome === 'INTERNAL' || record.outcome === 'MINT_UNKNOWN') logger.error(fields, message)
      else logger.record(fields, message)
      return Promise.resolve()
    },
  }
}
