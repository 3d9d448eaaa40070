import type { LogFields, Logger, TraceContext } from '#pkg/telemetry'
import type { Outcome } from './record.ts'
import type { Sink } from './sink.ts'

export interface LogSinkOptions {
  /** The Google project whose traces the log is shown with; undefined while it is not known, or for good. */
  readonly googleProject?: (() => string | undefined) | undefined
}

/** What somebody has to look at. */
const FAILED_HERE: ReadonlySet<Outcome> = new Set(['INTERNAL', 'MINT_UNKNOWN', 'NOT_REVOKED'])

/**
 * The log as a sink: one line for each record whatever the level of the log, `info` for what was decided, `error`
 * for what failed here.
 */
export function createLogSink(logger: Logger, { googleProject }: LogSinkOptions = {}): Sink {
  return {
    accept(record, cause) {
      const trace = record.trace && traceFields(record.trace, googleProject?.())
      const fields = { ...trace, record, ...(cause !== undefined && { err: cause }) }
      const message = `exchange ${record.outcome}`
      if (FAILED_HERE.has(record.outcome)) logger.error(fields, message)
      else logger.record(fields, message)
      return Promise.resolve()
    },
  }
}

/**
 * The names that Cloud Logging reads beside our own.
 * https://docs.cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 */
function traceFields({ traceId, spanId, sampled }: TraceContext, project: string | undefined): LogFields {
  if (project === undefined) return { trace_id: traceId }
  return {
    trace_id: traceId,
    'logging.googleapis.com/trace': `projects/${project}/traces/${traceId}`,
    'logging.googleapis.com/spanId': spanId,
    'logging.googleapis.com/trace_sampled': sampled,
  }
}
