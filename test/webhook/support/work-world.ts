import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startWorld, type World } from '../../../emulator/index.ts'
import { createConnectionPool, createGitHubApp, type GitHubApp } from '#pkg/github'
import type { StsError } from '#pkg/errors'
import { createPemSigner } from '#pkg/signer'
import { createWebhookServer } from '#pkg/transport'
import { createDeliveryReceiver, type Delivery } from '#pkg/webhook'
import { createChangeReader } from '../../../pkg/webhook/change/change-reader.ts'
import { createCheckRuns } from '../../../pkg/webhook/report/check-runs.ts'
import { createPolicyReviewer } from '../../../pkg/webhook/review/policy-reviewer.ts'
import { createCommitReviewer, type CommitReviewer } from '../../../pkg/webhook/work/commit-reviewer.ts'
import { createDeliveryWorker } from '../../../pkg/webhook/work/delivery-worker.ts'
import { createReviewQueue, type ReviewQueue } from '../../../pkg/webhook/work/review-queue.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

const SECRET = 'a-secret-of-the-test'

/** The parts of the webhook on one virtual clock with an emulated GitHub: what waits for an hour is not waited for. */
export interface WorkWorld {
  readonly world: World
  readonly github: World['github']
  readonly app: GitHubApp
  readonly clock: VirtualClock
  readonly queue: ReviewQueue
  readonly url: string
  readonly secret: string
  /** Why attempts have failed so far. */
  readonly failures: StsError[]
  /** Does `act` without the webhook hearing of it. */
  readonly unheard: <T>(act: () => T) => T
  /** Does `act`, and waits until the deliveries of `event` that it causes are worked on. */
  readonly heard: <T>(event: string, act: () => T) => Promise<T>
  /** Does what is to be done, and moves the clock to where it goes on, for at most `ms` of its time. */
  readonly run: (ms?: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startWorkWorld(options: { readonly callTimeoutMs?: number } = {}): Promise<WorkWorld> {
  const clock = createVirtualClock()
  const { now } = clock
  const world = await startWorld({ watch: false, github: { now } })
  const { github } = world
  const dispatcher = createConnectionPool()
  const app = createGitHubApp({
    appId: String(world.app.id),
    signer: createPemSigner(world.appKey.privateKey),
    baseUrl: github.baseUrl,
    dispatcher,
    now,
    pause: (_, signal) => {
      signal.throwIfAborted()
      return Promise.resolve()
    },
    ...options,
  })
  const failures: StsError[] = []
  const { reviews } = app
  const policies = {
    orgPolicyRepo: '.github',
    strict: false,
    allowOrganizationPermissions: false,
    allowLoopback: true,
  }
  const real = createCommitReviewer({
    changes: createChangeReader({ reviews, orgPolicyRepo: '.github' }),
    reviewPolicies: createPolicyReviewer({
      reviews,
      findInstallation: (target, find) => app.findInstallation(target, find),
      policies,
    }),
    checkRuns: createCheckRuns(reviews),
    alwaysChecks: false,
    now,
    observer: { failed: (_, error) => failures.push(error) },
  })
  let attempts = 0
  const reviewer: CommitReviewer = {
    ...real,
    async attempt(job, signals) {
      attempts += 1
      const outcome = await real.attempt(job, signals)
      attempts -= 1
      return outcome
    },
  }
  const queue = createReviewQueue({ reviewer, now, schedule: clock.schedule })
  const work = createDeliveryWorker({
    events: { appId: app.appId, asWhole: false },
    queue,
    organizations: undefined,
    onStale: () => undefined,
    now,
  })
  const worked: Delivery[] = []
  const server = createWebhookServer({
    receive: createDeliveryReceiver({
      secrets: () => [SECRET],
      work(delivery) {
        worked.push(delivery)
        return work(delivery)
      },
      now,
    }),
    readiness: () => ({ ready: true, detail: {} }),
    host: '127.0.0.1',
    port: 0,
  })
  const url = `http://127.0.0.1:${await server.listen()}`
  const hook = { url, secret: SECRET }
  github.setWebhook(world.app, hook)

  return {
    world,
    github,
    app,
    clock,
    queue,
    url,
    secret: SECRET,
    failures,
    unheard(act) {
      github.setWebhook(world.app, undefined)
      const result = act()
      github.setWebhook(world.app, hook)
      return result
    },
    async heard(event, act) {
      const before = worked.length
      const result = act()
      await until(() => worked.slice(before).some((one) => one.event === event))
      return result
    },
    async run(ms = Infinity) {
      const end = now() + ms
      for (;;) {
        await until(() => attempts === 0)
        // Whoever waited for the attempt is told first.
        await delay(1)
        if (attempts > 0) continue
        const [next] = clock.due()
        if (next === undefined || now() + next > end) {
          if (end < Infinity) clock.advance(end - now())
          return
        }
        clock.next()
      }
    },
    async close() {
      const drained = queue.drain(0)
      clock.advance(0)
      await drained
      await server.close({ graceMs: 100 })
      await app.close(1_000)
      await dispatcher.destroy()
      await world.close()
    },
  }
}

/** Waits until `isSo`; a test that waits for ever has failed. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!isSo()) {
    assert.ok(performance.now() < end, 'what the test waits for does not come')
    await delay(2)
  }
}
