import type { Logger, Metrics } from '#pkg/telemetry'
import type { DeliveryObserver, ReviewJob, ValidatorOptions } from '#pkg/webhook'

/** Logs and counts each delivery, with what came of it, and logs defects. */
export function observeDeliveries(logger: Logger, metrics: Metrics): DeliveryObserver {
  return {
    answered(delivery) {
      // Of one that is refused nothing is proven, its event neither.
      metrics.deliveryReceived(delivery.outcome === 'refused' ? 'refused' : (delivery.event ?? 'other'))
      logger.info({ delivery }, 'delivery answered')
    },
    unexpected(err, requestId) {
      logger.error({ err, requestId }, 'unexpected failure at a delivery')
    },
  }
}

/** Logs and counts the ends of check runs; logs attempts that failed, and redeliveries. */
export function observeReviews(logger: Logger, metrics: Metrics): NonNullable<ValidatorOptions['observer']> {
  return {
    concluded(job, { conclusion, title, annotations }) {
      metrics.checkRunCompleted(conclusion)
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
