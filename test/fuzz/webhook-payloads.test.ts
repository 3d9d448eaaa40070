import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { isOwnerName, isRepositoryName } from '#pkg/policy'
import { isBranchName } from '../../pkg/webhook/event/branch-name.ts'
import { readEvent, WORKED_EVENTS } from '../../pkg/webhook/event/read-event.ts'
import type { FileSource } from '../../pkg/webhook/event/review-request.ts'
import { isNearPolicies, isReadable, readPolicyPath } from '../../pkg/webhook/policy-file.ts'
import { readExamples } from '../webhook/delivery/support/examples.ts'
import { SECRET, startWebhookWorld, type WebhookWorld } from '../webhook/support/webhook-world.ts'
import { fuzz } from './support/fuzz.ts'
import { mutate, mutations, toJson, type SentPayload } from './support/webhook-payloads.ts'

const APP_ID = '12345'
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Paths that are asked for as they are. */
const READABLE = /^\.github\/chainguard\/[A-Za-z0-9._-]+\.yaml$/

const POLICY = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@4242/app@510001:ref:refs/heads/main',
  'permissions: { issues: read }',
  '',
].join('\n')

const examples: readonly SentPayload[] = readExamples().flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => ({ event: name, payload: { installation: { id: 1 }, ...payload } })),
)
const events = [...WORKED_EVENTS, 'ping', 'constructor']
const worked = examples.filter(({ event }) => WORKED_EVENTS.has(event))

fuzz('a payload is read as nothing at worst, and never as what cannot be asked for', 3_000, () => {
  const original = fc.oneof(fc.constantFrom(...worked), fc.constantFrom(...examples))
  return fc.property(original, mutations(events, 4), fc.boolean(), (sent, mutation, asWhole) => {
    const { event, payload: mutated } = mutate(sent, mutation)
    const payload = JSON.parse(toJson(mutated)) as Record<string, unknown>
    const { review, stale } = readEvent(
      { id: 'delivery-1', event, payload, targetId: APP_ID },
      { appId: APP_ID, asWhole },
    )
    assert.ok(stale.length <= 2)
    for (const notice of stale) {
      assert.ok(isOwnerName(notice.owner))
      if (notice.kind !== 'owner') assert.ok(isRepositoryName(notice.repository))
    }
    if (review === undefined) return
    const { target, headSha, sources, isFromFork } = review
    assert.ok(!isFromFork || event === 'pull_request')
    assert.ok(isOwnerName(target.owner) && isRepositoryName(target.repository))
    assert.ok(Number.isSafeInteger(target.installationId) && Number.isSafeInteger(target.accountId))
    assert.match(headSha, COMMIT)
    assert.ok(sources.length >= 1 && sources.length <= 10)
    for (const source of sources) assertAskable(source, target.repository)
  })
})

function assertAskable(source: FileSource, repository: string): void {
  const { kind, base } = source
  assert.ok(base === undefined || COMMIT.test(base) || isBranchName(base))
  if (kind !== 'listed') return
  for (const { path } of source.files) {
    assert.ok(isNearPolicies(path))
    for (const orgPolicyRepo of [repository, 'another']) {
      const file = readPolicyPath(path, { repository, orgPolicyRepo })
      if (file !== undefined && isReadable(file)) assert.match(file.path, READABLE)
    }
  }
  assert.equal(new Set(source.files.map(({ path }) => path)).size, source.files.length)
}

/** Nothing listens there: what is sent there is not heard. */
const NOWHERE = 'http://127.0.0.1:1'

interface FuzzedWebhook {
  readonly w: WebhookWorld
  /** Payloads about a new commit, of which the webhook has not heard yet. */
  readonly newPayloads: () => Promise<readonly SentPayload[]>
  /** Fails if anything was thrown that nobody caught, or a defect was logged. */
  readonly assertSound: () => void
  /** Pushes a policy, and fails unless it gets its check. */
  readonly assertServes: () => Promise<void>
}

async function startFuzzedWebhook(t: TestContext): Promise<FuzzedWebhook> {
  const crashes: unknown[] = []
  const onCrash = (thrown: unknown): void => void crashes.push(thrown)
  process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash)
  t.after(() => process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash))
  const w = await startWebhookWorld({ world: { github: { rateLimits: { installation: null, app: null } } } })
  t.after(() => w.close())
  const { github, world } = w
  const repository = 'acme/app'
  let pushes = 0

  const push = (branch: string) => {
    pushes += 1
    const files = { [`.github/chainguard/fuzz.sts.yaml`]: `${POLICY}# ${pushes}\n` }
    return github.push({ repository, branch, files })
  }

  push('main')
  push('feature')
  await w.settled()

  return {
    w,
    async newPayloads() {
      github.setWebhook(world.app, { url: NOWHERE, secret: SECRET })
      const earlier = github.deliveries.at(-1)?.id ?? 0
      const { before, after } = push('feature')
      const pull = github.openPullRequest({ repository, head: 'feature', base: 'main', title: 'a change' })
      await w.settled()
      github.closePullRequest(repository, pull.number)
      await w.settled()
      github.setWebhook(world.app, { url: w.url, secret: SECRET })
      const sent = github.deliveries.filter(({ id }) => id > earlier).map(({ message }) => sentIn(message))
      return [...sent, ...sent.flatMap((one) => variantsOf(one, { head_sha: after, base_sha: before }))]
    },
    assertSound() {
      assert.deepEqual(crashes.splice(0), [], 'nothing is thrown that nobody catches')
      const defects = w.log.splice(0).filter((line) => line.includes('unexpected'))
      assert.deepEqual(defects, [], 'no defect is logged')
    },
    async assertServes() {
      const { after } = push('main')
      await w.settled()
      const check = w.checks(repository).findLast(({ headSha }) => headSha === after)
      assert.equal(check?.conclusion, 'success', 'the next good delivery is served')
    },
  }
}

function sentIn({
  event,
  payload,
}: {
  readonly event: string
  readonly payload: string | Buffer
}): SentPayload {
  return { event, payload: JSON.parse(payload.toString()) as object }
}

/** What GitHub sends when somebody asks for a check again, or queues the commit. */
function variantsOf({ event, payload }: SentPayload, merge_group: object): readonly SentPayload[] {
  if (event === 'check_suite') return [{ event, payload: { ...payload, action: 'rerequested' } }]
  if (event !== 'push') return []
  return [{ event: 'merge_group', payload: { ...payload, action: 'checks_requested', merge_group } }]
}

const delivered = fc.record({
  /** Most are about what is there. */
  original: fc.oneof(
    { weight: 4, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.constantFrom(...worked) },
    { weight: 1, arbitrary: fc.constantFrom(...examples) },
  ),
  mutation: mutations(events, 2),
})

fuzz('nothing that is signed brings the webhook down, or is an error of its own', 60, async (t) => {
  const { w, newPayloads, assertSound, assertServes } = await startFuzzedWebhook(t)
  const { github, world } = w
  const deliveries = fc.array(delivered, { minLength: 1, maxLength: 4 })

  return fc.asyncProperty(deliveries, async (all) => {
    const real = await newPayloads()
    for (const { original, mutation } of all) {
      const known = typeof original === 'number' ? real[original % real.length] : original
      assert.ok(known)
      const { event, payload } = mutate(known, mutation)
      github.clearCalls()
      const delivery = await github.deliver(world.app, { event, payload: Buffer.from(toJson(payload)) })
      assert.ok(delivery)
      const { statusCode, responseBody } = delivery
      assert.ok([200, 202, 400, 503].includes(statusCode), `${statusCode} ${responseBody}`)
      if (statusCode === 503) {
        const hasRefused = github.calls.some(({ status }) => (status ?? 500) >= 400)
        assert.ok(hasRefused, `503 where GitHub refused nothing: ${responseBody}`)
      }
      assertSound()
    }
    await assertServes()
    assertSound()
  })
})

fuzz('nothing that is not signed is even read', 60, async (t) => {
  const { w, newPayloads, assertSound } = await startFuzzedWebhook(t)
  const { github, world } = w
  const real = await newPayloads()

  return fc.asyncProperty(delivered, async ({ original, mutation }) => {
    const known = typeof original === 'number' ? real[original % real.length] : original
    assert.ok(known)
    const { event, payload } = mutate(known, mutation)
    github.clearCalls()
    const checks = w.checks().length
    const body = Buffer.from(toJson(payload))
    const delivery = await github.deliver(world.app, { event, payload: body, secret: 'of somebody else' })
    assert.equal(delivery?.statusCode, 401)
    assert.equal(w.checks().length, checks)
    assert.deepEqual(w.operations(), [])
    assertSound()
  })
})
