export {
  createDeliveryReceiver,
  type DeliveryEvent,
  type DeliveryObserver,
  type DeliveryReceiver,
} from './delivery-receiver.ts'
export type { Delivery, DeliveryResult } from './delivery.ts'
export type { DeliveryRequest } from './read-delivery.ts'
