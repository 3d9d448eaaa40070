import type { Delivery } from '../webhook/delivery.ts'

/** `hook-delivery-item` of GitHub's description. */
export function listedDeliveryJson(delivery: Delivery) {
  const { message } = delivery
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: new Date(delivery.deliveredAt).toISOString(),
    redelivery: delivery.redelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: message.event,
    action: message.action,
    installation_id: message.installationId,
    repository_id: message.repositoryId,
    throttled_at: null,
  }
}

/** `hook-delivery`. */
export function deliveryJson(delivery: Delivery) {
  const answered = delivery.statusCode !== 0
  return {
    ...listedDeliveryJson(delivery),
    url: delivery.url,
    request: { headers: delivery.requestHeaders, payload: payloadJson(delivery) },
    response: {
      headers: answered ? delivery.responseHeaders : null,
      payload: answered ? delivery.responseBody : null,
    },
  }
}

/** Null for what a test had sent that is no JSON object. */
function payloadJson({ message }: Delivery): unknown {
  try {
    const value: unknown = JSON.parse(message.payload.toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
