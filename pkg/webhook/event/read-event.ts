import type { Delivery } from '../delivery/delivery.ts'
import { readCheck } from './check-event.ts'
import { readMergeGroup } from './merge-group-event.ts'
import { idAt, textAt, type Fields } from './payload.ts'
import { readPullRequest } from './pull-request-event.ts'
import { readPush } from './push-event.ts'
import { readRepositoryFacts } from './repository-facts.ts'
import type { ReviewRequest } from './review-request.ts'
import { readStaleNotices } from './stale-event.ts'
import type { StaleNotice } from './stale-notice.ts'

/** The events that ask for something here. An App that subscribes to others is answered, and that is all. */
export const WORKED_EVENTS: ReadonlySet<string> = new Set([
  'check_run',
  'check_suite',
  'installation',
  'installation_repositories',
  'installation_target',
  'merge_group',
  'organization',
  'pull_request',
  'push',
  'repository',
])

/** What a delivery asks for: a review, caches to be dropped, both or nothing. */
export interface DeliveredEvent {
  readonly review: ReviewRequest | undefined
  readonly stale: readonly StaleNotice[]
}

const NOTHING: DeliveredEvent = { review: undefined, stale: [] }

export interface EventContext {
  /** Of the App that serves the delivery: its id, or its client id. */
  readonly appId: string
  /** See `readPush`. */
  readonly asWhole: boolean
}

/**
 * Reads a delivery. Whatever its payload holds, the worst that can come of it is nothing. Of which event it is, its
 * sender says without a signature, so an event is worked only as far as its payload is one.
 */
export function readEvent({ event, payload }: Delivery, { appId, asWhole }: EventContext): DeliveredEvent {
  const stale = readStaleNotices(event, payload)
  const facts = readRepositoryFacts(payload)
  if (facts === undefined) return { ...NOTHING, stale }
  switch (event) {
    case 'push': {
      const push = readPush(payload, facts, { asWhole })
      if (push === undefined) return NOTHING
      const { owner, repository } = facts.target
      return {
        review: push.request,
        stale: push.changesPolicies ? [{ kind: 'policies', owner, repository }] : [],
      }
    }
    case 'pull_request':
      return { review: readPullRequest(payload, facts), stale }
    case 'check_suite':
    case 'check_run': {
      const isOwnApp = (app: Fields | undefined): boolean =>
        String(idAt(app, 'id')) === appId || textAt(app, 'client_id') === appId
      return { review: readCheck(payload, facts, isOwnApp), stale }
    }
    case 'merge_group':
      return { review: readMergeGroup(payload, facts), stale }
    default:
      return { ...NOTHING, stale }
  }
}
