export {
  createDeliveryReceiver,
  type DeliveryEvent,
  type DeliveryObserver,
  type DeliveryReceiver,
  type DeliveryRequest,
} from './delivery-receiver.ts'
export type { Delivery, DeliveryResult } from './delivery.ts'
