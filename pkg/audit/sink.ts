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
