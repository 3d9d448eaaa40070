import type { Logger, Metrics } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'

/** Counts requests, and logs what the records do not hold: requests refused for their shape, connections cut, defects. */
export function observeRequests(logger: Logger, metrics: Metrics): TransportObserver {
  return {
    answered(event) {
      metrics.requestServed(event)
      const { code, reason, transport, durationMs } = event
      // The reason of any other denial is in its record, and the exchange has counted it.
      if (reason === undefined) return
      logger.info({ request: event }, 'request refused')
      if (code !== undefined) metrics.exchangeEnded({ code, reason, level: 'none', transport, durationMs })
    },
    cut(cause) {
      logger.debug({ cause }, 'connection cut')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure in the transport')
    },
  }
}
