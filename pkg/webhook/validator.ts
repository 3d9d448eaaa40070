import type { GitHubApp } from '#pkg/github'
import { createChangeReader } from './change/change-reader.ts'
import type { Delivery, DeliveryResult } from './delivery/index.ts'
import type { StaleListener } from './event/stale-notice.ts'
import { createCheckRuns } from './report/check-runs.ts'
import { createPolicyReviewer, type PolicyReviewerOptions } from './review/policy-reviewer.ts'
import { createCommitReviewer, type ReviewObserver } from './work/commit-reviewer.ts'
import { createDeliveryWorker } from './work/delivery-worker.ts'
import { createRedelivery, type RedeliveryObserver } from './work/redelivery.ts'
import { createReviewQueue } from './work/review-queue.ts'

export interface ValidatorOptions {
  readonly app: Pick<GitHubApp, 'appId' | 'findInstallation' | 'reviews' | 'listDeliveries' | 'redeliver'>
  /** As the service is configured that will use the policies. */
  readonly policies: PolicyReviewerOptions['policies']
  /** Owners, in lower case, whose deliveries are worked. Undefined: all. */
  readonly organizations: ReadonlySet<string> | undefined
  /** `always`: a check run also where nothing was to check. */
  readonly checks: 'changed' | 'always'
  /** Told of every delivery that makes caches stale. */
  readonly onStale: StaleListener
  readonly observer?: (ReviewObserver & { readonly redelivery?: RedeliveryObserver }) | undefined
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** Proves policies before they are merged: deliveries of a GitHub App in, check runs out. */
export interface Validator {
  /** Works one delivery whose signature has been verified. */
  work(delivery: Delivery): Promise<DeliveryResult>
  /** Looks for deliveries that failed, now and every five minutes. */
  start(): void
  /** Takes no more work, and finishes what is in hand within `graceMs`. */
  stop(graceMs: number): Promise<void>
  /** Commits in hand. */
  readonly depth: number
}

export function createValidator(options: ValidatorOptions): Validator {
  const { app, policies, observer, now = Date.now } = options
  const { reviews } = app
  const queue = createReviewQueue({
    reviewer: createCommitReviewer({
      changes: createChangeReader({ reviews, orgPolicyRepo: policies.orgPolicyRepo }),
      reviewPolicies: createPolicyReviewer({
        reviews,
        findInstallation: (target, find) => app.findInstallation(target, find),
        policies,
      }),
      checkRuns: createCheckRuns(reviews),
      alwaysChecks: options.checks === 'always',
      now,
      observer,
    }),
    now,
  })
  const redelivery = createRedelivery({ app, now, observer: observer?.redelivery })
  const work = createDeliveryWorker({
    // A check that is required vouches for a commit as a whole.
    events: { appId: app.appId, asWhole: options.checks === 'always' },
    queue,
    organizations: options.organizations,
    onStale: options.onStale,
    now,
  })
  return {
    work,
    start() {
      redelivery.start()
    },
    async stop(graceMs) {
      redelivery.stop()
      await queue.drain(graceMs)
    },
    get depth() {
      return queue.depth
    },
  }
}
