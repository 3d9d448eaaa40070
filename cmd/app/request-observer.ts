import type { Logger } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'

/** Logs what the records do not hold: requests refused for their shape, connections cut, defects. */
export function logRequests(logger: Logger): TransportObserver {
  return {
    answered(event) {
      // The reason of any other denial is in its record.
      if (event.reason !== undefined) logger.info({ request: event }, 'request refused')
    },
    cut(cause) {
      logger.debug({ cause }, 'connection cut')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure in the transport')
    },
  }
}
