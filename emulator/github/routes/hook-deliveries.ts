import { jsonAnswer } from '../../http/message.ts'
import { errorAnswer, notFound } from '../error-answer.ts'
import { pageSize } from '../pagination.ts'
import { deliveryJson, listedDeliveryJson } from '../resources/hook-delivery.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'
import type { Delivery } from '../webhook/delivery.ts'
import { callingApp } from './apps.ts'

const DOCS = 'https://docs.github.com/rest/apps/webhooks'

/** What an App's webhook was sent. */
export const hookDeliveryRoutes: readonly Route[] = [
  {
    operation: 'apps/list-webhook-deliveries',
    method: 'GET',
    path: '/app/hook/deliveries',
    docs: `${DOCS}#list-deliveries-for-an-app-webhook`,
    by: 'app',
    answer(request, platform) {
      const { query, path } = request.received
      const from = cursorId(query.get('cursor'))
      const status = query.get('status')
      if (from === undefined) return errorAnswer(422, 'Invalid cursor.', request.route.docs)
      if (status !== null && status !== 'success' && status !== 'failure') {
        return errorAnswer(422, 'Invalid status.', request.route.docs)
      }
      const all = deliveriesOf(request, platform)
        .filter(({ id }) => id <= from)
        .filter(({ statusCode }) => status === null || isOfStatus(status, statusCode))
        .toReversed()
      const size = pageSize(request)
      const next = all[size]
      const links = new URLSearchParams(query)
      if (next !== undefined) links.set('cursor', `v1_${next.id}`)
      return jsonAnswer(
        200,
        all.slice(0, size).map(listedDeliveryJson),
        next === undefined ? {} : { link: `<${platform.api}${path}?${links.toString()}>; rel="next"` },
      )
    },
  },
  {
    operation: 'apps/get-webhook-delivery',
    method: 'GET',
    path: '/app/hook/deliveries/{delivery_id}',
    docs: `${DOCS}#get-a-delivery-for-an-app-webhook`,
    by: 'app',
    answer(request, platform) {
      const delivery = deliveryNamed(request, platform)
      return delivery === undefined ? notFound(request.route.docs) : jsonAnswer(200, deliveryJson(delivery))
    },
  },
  {
    operation: 'apps/redeliver-webhook-delivery',
    method: 'POST',
    path: '/app/hook/deliveries/{delivery_id}/attempts',
    docs: `${DOCS}#redeliver-a-delivery-for-an-app-webhook`,
    by: 'app',
    answer(request, platform) {
      const delivery = deliveryNamed(request, platform)
      if (delivery === undefined) return notFound(request.route.docs)
      void platform.deliveries.redeliver(delivery)
      return jsonAnswer(202, {})
    },
  },
]

function deliveriesOf(request: RoutedRequest, { deliveries }: Platform): readonly Delivery[] {
  const app = callingApp(request)
  return deliveries.log.filter(({ message }) => message.appId === app.id)
}

function deliveryNamed(request: RoutedRequest, platform: Platform): Delivery | undefined {
  const id = Number(request.parameters['delivery_id'])
  return deliveriesOf(request, platform).find((delivery) => delivery.id === id)
}

/** The newest delivery of a page; all for none, undefined for what no answer has told. */
function cursorId(cursor: string | null): number | undefined {
  if (cursor === null) return Infinity
  const digits = /^v1_(\d{1,15})$/.exec(cursor)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** What never got an answer is neither: https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook */
function isOfStatus(status: 'success' | 'failure', code: number): boolean {
  return status === 'success' ? code >= 200 && code < 400 : code >= 400 && code < 600
}
