import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, beforeEach, test } from 'node:test'
import { startWorld, type World } from '../../emulator/index.ts'
import { createConnectionPool, createGitHubApp, type GitHubApp } from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import { createRedelivery, type RedeliveryOptions } from '../../pkg/webhook/work/redelivery.ts'
import { createVirtualClock, type VirtualClock } from './support/virtual-clock.ts'

const HOUR_MS = 3_600_000
const LIST = 'apps/list-webhook-deliveries'
const REDELIVER = 'apps/redeliver-webhook-delivery'
const { signal } = new AbortController()

let clock: VirtualClock
let world: World
let app: GitHubApp
let receiver: Server
/** What the receiver answers, by event; otherwise 200. */
let answers: Map<string, number>
let disconnect: () => Promise<void>

beforeEach(async () => {
  clock = createVirtualClock()
  world = await startWorld({ watch: false, github: { now: clock.now } })
  answers = new Map()
  receiver = createServer((request, response) => {
    const event = String(request.headers['x-github-event'])
    request.resume().on('end', () => response.writeHead(answers.get(event) ?? 200).end())
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  world.github.setWebhook(world.app, { url: urlOf(receiver), secret: 's' })
  const dispatcher = createConnectionPool()
  app = createGitHubApp({
    appId: String(world.app.id),
    signer: createPemSigner(world.appKey.privateKey),
    baseUrl: world.github.baseUrl,
    dispatcher,
    now: clock.now,
    pause: () => Promise.resolve(),
  })
  disconnect = () => dispatcher.destroy()
})
afterEach(async () => {
  await disconnect()
  await world.close()
  receiver.close()
})

function urlOf(server: Server): string {
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://127.0.0.1:${address.port}`
}

/** Has GitHub deliver an event that the receiver answers with `status`; its id. */
async function deliver(event: string, status: number): Promise<string> {
  answers.set(event, status)
  const delivery = await world.github.deliver(world.app, { event, payload: {} })
  answers.delete(event)
  clock.advance(1_000)
  assert.ok(delivery)
  return delivery.guid
}

function create(more: Partial<RedeliveryOptions> = {}): ReturnType<typeof createRedelivery> {
  return createRedelivery({ app, now: clock.now, ...more })
}

/** Ids of what was delivered again, in its order. */
async function redelivered(): Promise<readonly string[]> {
  await world.github.deliveriesSettled()
  const { deliveries } = world.github
  return deliveries.filter(({ redelivery }) => redelivery).map(({ guid }) => guid)
}

test('deliveries that failed are delivered again once, oldest first', async () => {
  const failed = [
    await deliver('push', 503),
    await deliver('pull_request', 500),
    await deliver('merge_group', 404),
  ]
  await deliver('push', 202)
  await deliver('check_run', 200)
  const redelivery = create()
  assert.equal(await redelivery.look(signal), 3)
  assert.deepEqual(await redelivered(), failed)
  assert.equal(await redelivery.look(signal), 0)
  assert.deepEqual(await redelivered(), failed)
})

test('one that nobody answered is delivered again when somebody is there', async () => {
  world.github.setWebhook(world.app, { url: 'http://127.0.0.1:1', secret: 's' })
  const missed = await deliver('push', 0)
  world.github.setWebhook(world.app, { url: urlOf(receiver), secret: 's' })
  assert.equal(await create().look(signal), 1)
  assert.deepEqual(await redelivered(), [missed])
  assert.equal(world.github.deliveries.at(-1)?.statusCode, 200)
})

test('only events that are worked are delivered again', async () => {
  await deliver('star', 500)
  await deliver('issues', 503)
  const repository = await deliver('repository', 503)
  const installation = await deliver('installation', 503)
  await create().look(signal)
  assert.deepEqual(await redelivered(), [repository, installation])
})

test('one that has been delivered again by another instance, or by hand, is left alone', async () => {
  await deliver('push', 503)
  const again = await deliver('pull_request', 503)
  answers.set('pull_request', 503)
  await world.github.redeliver(world.github.deliveries.find(({ guid }) => guid === again)?.id ?? 0)
  answers.delete('pull_request')
  assert.equal(await create().look(signal), 1)
  await world.github.deliveriesSettled()
  assert.equal(await create().look(signal), 0)
  assert.equal((await redelivered()).length, 2)
})

test('one that fails again is not delivered a third time', async () => {
  await deliver('push', 503)
  answers.set('push', 503)
  const redelivery = create()
  assert.equal(await redelivery.look(signal), 1)
  await world.github.deliveriesSettled()
  clock.advance(HOUR_MS)
  assert.equal(await redelivery.look(signal), 0)
  assert.equal((await redelivered()).length, 1)
})

test('a failure to list is told, and the next look goes back as far', async () => {
  const missed = await deliver('push', 503)
  const reasons: string[] = []
  const looks: number[] = []
  const redelivery = create({
    app: {
      listDeliveries(list) {
        looks.push(list.sinceMs)
        return app.listDeliveries(list)
      },
      redeliver: (id, options) => app.redeliver(id, options),
    },
    observer: { failed: ({ reason }) => reasons.push(reason) },
  })
  const first = clock.now() - 24 * HOUR_MS
  const mend = world.github.fault({ kind: 'status', status: 500, match: LIST })
  assert.equal(await redelivery.look(signal), 0)
  clock.advance(2 * HOUR_MS)
  mend()
  assert.equal(await redelivery.look(signal), 1)
  assert.deepEqual(reasons, ['github_unavailable'])
  assert.deepEqual(await redelivered(), [missed])
  const looked = clock.now()
  clock.advance(HOUR_MS)
  world.github.failNext({ kind: 'status', status: 422 }, LIST)
  await redelivery.look(signal)
  clock.advance(HOUR_MS)
  await redelivery.look(signal)
  assert.deepEqual(looks, [first, first + 2 * HOUR_MS, looked - 600_000, looked - 600_000])
  assert.deepEqual(reasons, ['github_unavailable', 'github_refused'])
})

test('a look that was not shown all deliveries goes back as far the next time, and redelivers what it was shown', async () => {
  const failed = [await deliver('push', 503), await deliver('pull_request', 503)]
  const looks: number[] = []
  let isCut = true
  const redelivery = create({
    app: {
      async listDeliveries(list) {
        looks.push(list.sinceMs)
        const { deliveries, complete } = await app.listDeliveries(list)
        // GitHub lists the newest first.
        return isCut ? { deliveries: deliveries.slice(0, 1), complete: false } : { deliveries, complete }
      },
      redeliver: (id, options) => app.redeliver(id, options),
    },
  })
  const first = clock.now() - 24 * HOUR_MS
  assert.equal(await redelivery.look(signal), 1)
  isCut = false
  clock.advance(HOUR_MS)
  assert.equal(await redelivery.look(signal), 1)
  assert.deepEqual(looks, [first, first + HOUR_MS])
  assert.deepEqual(await redelivered(), failed.toReversed())
})

test('one that GitHub does not deliver again is told, and stands in the way of no other', async () => {
  await deliver('push', 503)
  const other = await deliver('pull_request', 503)
  const reasons: string[] = []
  const told: string[] = []
  world.github.failNext({ kind: 'status', status: 404 }, REDELIVER)
  const redelivery = create({
    observer: { failed: ({ reason }) => reasons.push(reason), redelivered: ({ guid }) => told.push(guid) },
  })
  assert.equal(await redelivery.look(signal), 1)
  assert.deepEqual(await redelivered(), [other])
  assert.deepEqual([reasons, told], [['github_refused'], [other]])
  assert.equal(await redelivery.look(signal), 0, 'nor is it tried for ever')
})

test('what a failed look has not come to is delivered again by the next', async () => {
  const failed = [await deliver('push', 503), await deliver('pull_request', 503)]
  let calls = 0
  world.github.fault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '60' },
    times: 1,
    match: ({ operation }) => operation === REDELIVER && (calls += 1) === 2,
  })
  const redelivery = create()
  assert.equal(await redelivery.look(signal), 1)
  clock.advance(HOUR_MS)
  assert.equal(await redelivery.look(signal), 1)
  assert.deepEqual(await redelivered(), failed)
})

test('looks are made from the start on until the stop', async () => {
  await deliver('push', 503)
  let looks = 0
  let onLook: () => void = () => undefined
  const looked = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onLook = () => {
        if (looks >= count) resolve()
      }
      onLook()
    })
  const redelivery = create({
    intervalMs: 1,
    app: {
      listDeliveries() {
        looks += 1
        onLook()
        return Promise.resolve({ deliveries: [], complete: true })
      },
      redeliver: () => Promise.resolve(),
    },
  })
  redelivery.start()
  await looked(3)
  redelivery.stop()
  const before = looks
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.ok(looks <= before + 1)
})
