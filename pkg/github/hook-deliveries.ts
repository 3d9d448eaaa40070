import type { StsError } from '#pkg/errors'
import { isJsonObject, isPositiveInteger, malformed, readTime, refused } from './answer.ts'
import type { AppCaller } from './app-caller.ts'
import type { GitHubAnswer } from './github-client.ts'
import { nextPageOf } from './link-header.ts'
import { resourcePath } from './resource-path.ts'

/** Of one page. */
const PAGE_DELIVERIES_MAX = 100

/** At most this many pages are read. */
const PAGES_MAX = 20

/** A string of JSON, or an integer outside of strings that a JavaScript number may not hold. */
const STRING_OR_LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])\d{16,19}(?![\d.eE])/g

/** One attempt of GitHub to hand an event to the webhook of the App. */
export interface HookDelivery {
  /** Of this attempt, in decimal digits: GitHub's are larger than a number holds. */
  readonly id: string
  /** Of the event, the same for all attempts: `X-GitHub-Delivery`. */
  readonly guid: string
  /** Milliseconds since the epoch, on GitHub's clock. */
  readonly deliveredAt: number
  readonly redelivery: boolean
  /** What the webhook answered; 0 for nothing. */
  readonly statusCode: number
  readonly event: string
}

export interface DeliveryListing {
  /** Newest first. */
  readonly deliveries: readonly HookDelivery[]
  /** False when there may be older ones of interest: at most 20 pages of 100 are read. */
  readonly complete: boolean
}

export interface ListDeliveriesOptions {
  /** The oldest of interest, in milliseconds since the epoch. */
  readonly sinceMs: number
  readonly signal: AbortSignal
}

/** What GitHub has delivered to the webhook of the App. */
export interface HookDeliveries {
  /**
   * The attempts since `sinceMs`, but at most the newest 2,000.
   * https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook
   *
   * @throws StsError `github_refused`, `github_answer_malformed` and the failures of `AppCaller.call`.
   */
  list(options: ListDeliveriesOptions): Promise<DeliveryListing>
  /**
   * Has GitHub make another attempt, with the guid of the first. Asked for once more when the answer is lost.
   * https://docs.github.com/rest/apps/webhooks#redeliver-a-delivery-for-an-app-webhook
   *
   * @throws StsError as `list`
   */
  redeliver(id: string, options: { readonly signal: AbortSignal }): Promise<void>
}

export function createHookDeliveries({ caller }: { readonly caller: AppCaller }): HookDeliveries {
  return {
    async list({ sinceMs, signal }) {
      const operation = 'list_deliveries'
      const deliveries: HookDelivery[] = []
      let cursor: string | null | undefined
      for (let page = 0; page < PAGES_MAX; page++) {
        const query = new URLSearchParams({
          per_page: String(PAGE_DELIVERIES_MAX),
          ...(cursor && { cursor }),
        })
        const path = `/app/hook/deliveries?${query.toString()}`
        const answer = await caller.call({ operation, method: 'GET', path, repeatable: true, signal })
        if (answer.status !== 200) throw refused(operation, answer)
        const read = readHookDeliveries(answer)
        const wanted = read.filter(({ deliveredAt }) => deliveredAt >= sinceMs)
        deliveries.push(...wanted)
        cursor = nextPageOf(answer)?.get('cursor')
        if (!cursor || wanted.length < read.length) return { deliveries, complete: true }
      }
      return { deliveries, complete: false }
    },
    async redeliver(id, { signal }) {
      const operation = 'redeliver'
      const path = resourcePath('app', 'hook', 'deliveries', id, 'attempts')
      const answer = await caller.call({ operation, method: 'POST', path, repeatable: true, signal })
      if (answer.status !== 202) throw refused(operation, answer)
    },
  }
}

/**
 * The deliveries in a page of GitHub's.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readHookDeliveries(answer: GitHubAnswer): readonly HookDelivery[] {
  const body = readJsonExactly(answer)
  if (!Array.isArray(body)) throw notDeliveries()
  return body.map(readDelivery)
}

/** As `JSON.parse`, with integers of 16 digits or more as strings of them. */
function readJsonExactly({ body }: GitHubAnswer): unknown {
  const exact = body
    .toString('utf8')
    .replace(STRING_OR_LONG_INTEGER, (text) => (text.startsWith('"') ? text : `"${text}"`))
  try {
    return JSON.parse(exact)
  } catch {
    // The cause is left out on purpose: it quotes the body.
    throw malformed('list_deliveries', 'the body is not JSON')
  }
}

function readDelivery(item: unknown): HookDelivery {
  if (!isJsonObject(item)) throw notDeliveries()
  const { guid, redelivery, status_code: statusCode, event } = item
  const id = isPositiveInteger(item['id']) ? String(item['id']) : item['id']
  const deliveredAt = readTime(item['delivered_at'])
  if (
    typeof id !== 'string' ||
    !/^\d{1,19}$/.test(id) ||
    typeof guid !== 'string' ||
    deliveredAt === undefined ||
    typeof redelivery !== 'boolean' ||
    typeof statusCode !== 'number' ||
    typeof event !== 'string'
  ) {
    throw notDeliveries()
  }
  return { id, guid, deliveredAt, redelivery, statusCode, event }
}

function notDeliveries(): StsError {
  return malformed('list_deliveries', 'not a list of deliveries')
}
