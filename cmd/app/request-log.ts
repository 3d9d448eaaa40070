import type { Logger } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'

/** Ends of exchanges whose request was never whole: they have no record, so the log is where they show. */
const WITHOUT_RECORD: ReadonlySet<string | undefined> = new Set(['INVALID_REQUEST', 'TOKEN_MISSING'])

/** Logs what the records do not hold: requests refused for their shape, connections cut, defects. */
export function logRequests(logger: Logger): TransportObserver {
  return {
    answered(event) {
      if (event.reason !== undefined || WITHOUT_RECORD.has(event.code)) {
        logger.info({ request: event }, 'request refused')
      }
    },
    cut(cause) {
      logger.debug({ cause }, 'connection cut')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure in the transport')
    },
  }
}
