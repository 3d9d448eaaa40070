import type { Logger } from '#pkg/telemetry'
import type { TransportObserver } from '#pkg/transport'
import type { DeliveryObserver, ReviewJob, ValidatorOptions } from '#pkg/webhook'

/** Logs one line for each delivery, with what came of it, and defects. */
export function logDeliveries(logger: Logger): DeliveryObserver {
  return {
    answered(delivery) {
      logger.info({ delivery }, 'delivery answered')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure at a delivery')
    },
  }
}

/** Logs connections that were cut, and defects. Deliveries have lines of their own. */
export function logConnections(logger: Logger): TransportObserver {
  return {
    cut(cause) {
      logger.debug({ cause }, 'connection cut')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure in the transport')
    },
  }
}

/** Logs the ends of check runs, attempts that failed, and redeliveries. */
export function logReviews(logger: Logger): NonNullable<ValidatorOptions['observer']> {
  return {
    concluded(job, { conclusion, title, annotations }) {
      logger.info(
        { check: { ...facts(job), conclusion, title, annotations: annotations.length } },
        'check run concluded',
      )
    },
    failed(job, err, outcome) {
      const log = outcome.kind === 'given_up' ? logger.error : logger.warn
      log({ err, check: facts(job), outcome }, 'an attempt at a check failed')
    },
    redelivery: {
      redelivered({ guid, event, statusCode }) {
        logger.info({ delivery: { id: guid, event, statusCode } }, 'failed delivery redelivered')
      },
      failed(err) {
        logger.warn({ err }, 'failed deliveries could not be redelivered')
      },
    },
  }
}

function facts({ target, headSha, run }: ReviewJob) {
  const { owner, repository } = target
  return { repository: `${owner}/${repository}`, commit: headSha, run: run?.id }
}
