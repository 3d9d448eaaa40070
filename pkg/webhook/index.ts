export {
  createDeliveryReceiver,
  type Delivery,
  type DeliveryEvent,
  type DeliveryObserver,
  type DeliveryReceiver,
  type DeliveryRequest,
  type DeliveryResult,
} from './delivery/index.ts'
export type { StaleListener, StaleNotice } from './event/stale-notice.ts'
export { createValidator, type Validator, type ValidatorOptions } from './validator.ts'
export type { ReviewJob } from './work/review-job.ts'
