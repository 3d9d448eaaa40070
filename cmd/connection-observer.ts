import type { Logger, Metrics } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'

/** Counts requests, logs connections that were cut, and defects. What a program logs of single requests is its own. */
export function observeConnections(logger: Logger, metrics: Metrics): Required<TransportObserver> {
  return {
    answered(event) {
      metrics.requestServed(event)
    },
    cut(cause) {
      logger.debug({ cause }, 'connection cut')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure in the transport')
    },
  }
}
