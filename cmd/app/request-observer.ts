import type { Logger, Metrics } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'
import { observeConnections } from '../connection-observer.ts'

/** Counts requests, and logs what the records do not hold: requests refused for their shape, connections cut, defects. */
export function observeRequests(logger: Logger, metrics: Metrics): TransportObserver {
  const connections = observeConnections(logger, metrics)
  return {
    ...connections,
    answered(event) {
      connections.answered(event)
      const { code, reason, transport, durationMs } = event
      // The reason of any other denial is in its record, and the exchange has counted it.
      if (reason === undefined) return
      logger.info({ request: event }, 'request refused')
      if (code !== undefined) metrics.exchangeEnded({ code, reason, level: 'none', transport, durationMs })
    },
  }
}
