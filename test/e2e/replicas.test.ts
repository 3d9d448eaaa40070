import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CERTIFICATE,
  startRedis,
  waitUntil,
  WITHOUT_REDIS,
  type RedisServer,
} from '../store/support/redis-server.ts'
import { startFleet, type Fleet, type Replica } from './support/fleet.ts'

const SECRET = 'a-secret-of-the-test'
const skip = WITHOUT_REDIS
/** Channels as the store names them. */
const STALE = 'github-sts:{v1}:stale'
const QUOTA = 'github-sts:{v1}:quota'

/** Over TLS, with an authority that only the processes know. */
async function startRedisFor(t: TestContext, fleet: Fleet) {
  const redis = await startRedis(t, { isTls: true })
  const authorities = join(dirname(fleet.poolFile), 'redis-ca.pem')
  await writeFile(authorities, CERTIFICATE.cert)
  const env = { STS_STORE: 'redis', STS_REDIS_URL: redis.url, STS_REDIS_CA_FILE: authorities }
  return { redis, env }
}

async function startReplicas(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const fleet = await startFleet(t, 2)
  const { redis, env: shared } = await startRedisFor(t, fleet)
  const start = (): Promise<Replica> => fleet.startService({ ...shared, ...env })
  const [one, two] = await Promise.all([start(), start()])
  return { fleet, redis, shared, one, two }
}

async function storeIs(replica: Replica, problem: string): Promise<void> {
  await waitUntil(async () => (await replica.readiness())['store'] === problem)
}

/** Has the policy `reader` let nobody in. */
function closePolicy({ github }: Fleet): void {
  github.push({
    repository: 'acme/app',
    files: {
      '.github/chainguard/reader.sts.yaml':
        'issuer: https://token.actions.githubusercontent.com\nsubject: nobody\npermissions:\n  contents: read\n',
    },
  })
}

test('a caller with checks: write is served by the same App at every replica', { skip }, async (t) => {
  const { fleet, one, two } = await startReplicas(t)
  const identities = Array.from({ length: 8 }, (_, n) => `checker-${n}`)
  for (const identity of identities) fleet.allow(identity, 'checks: write')
  const served = []
  for (const identity of identities) {
    const first = await one.exchange(identity)
    assert.equal(first.status, 200)
    assert.deepEqual(await two.exchange(identity), first)
    served.push(first.app)
  }
  t.diagnostic(`Apps: ${String(served)}`)
})

test('what one replica learns of what is left, the others use', { skip }, async (t) => {
  const floors = { OCTOSTS_QUOTA_FLOOR_HARD: '100', OCTOSTS_QUOTA_FLOOR_SOFT: '200' }
  const { fleet, one, two } = await startReplicas(t, floors)
  const [spent, rich] = fleet.apps
  assert.ok(spent !== undefined && rich !== undefined)
  fleet.allow('reader', 'contents: read', 'docs')
  const readThroughBoth = async (replica: Replica): Promise<void> => {
    for (const scope of ['acme/app', 'acme/docs']) await replica.exchange('reader', scope)
  }
  await readThroughBoth(two)
  fleet.github.setRateLimit({ installation: fleet.installationOf(spent) }, { remaining: 50 })
  await readThroughBoth(one)
  // They tell each other every two seconds.
  await sleep(3_000)
  for (let n = 0; n < 12; n++) assert.equal((await two.exchange()).app, rich.id)
})

test('a push drops the copies of a policy in every replica', { skip }, async (t) => {
  const { fleet, shared, one, two } = await startReplicas(t)
  const [app] = fleet.apps
  assert.ok(app !== undefined)
  const webhook = await fleet.startWebhook({ ...shared, GITHUB_WEBHOOK_SECRET: SECRET })
  fleet.github.setWebhook({ id: Number(app.id) }, { url: webhook.url, secret: SECRET })
  for (const replica of [one, two]) {
    await storeIs(replica, 'ok')
    assert.equal((await replica.exchange()).status, 200)
  }
  closePolicy(fleet)
  const pushed = performance.now()
  for (const replica of [one, two]) {
    await waitUntil(async () => (await replica.exchange()).reason === 'POLICY_MISMATCH')
  }
  t.diagnostic(`${Math.round(performance.now() - pushed)} ms`)
})

test('replicas go on without the store, and doubt their copies when it is back', { skip }, async (t) => {
  const { fleet, redis, one, two } = await startReplicas(t)
  for (const replica of [one, two]) {
    await storeIs(replica, 'ok')
    assert.equal((await replica.exchange()).status, 200)
  }
  await redis.stop()
  for (const replica of [one, two]) {
    await storeIs(replica, 'unreachable')
    assert.equal((await replica.readiness())['status'], 200)
    assert.equal((await replica.exchange()).status, 200)
  }
  // Nobody can be told.
  closePolicy(fleet)
  assert.equal((await one.exchange()).status, 200)
  await redis.start()
  for (const replica of [one, two]) {
    await storeIs(replica, 'ok')
    await waitUntil(async () => (await replica.exchange()).reason === 'POLICY_MISMATCH')
    await replica.program.saw(/the shared store is there again/)
  }
})

test(
  'a store that is away at the start is a problem, not an end; its coming is noticed',
  { skip },
  async (t) => {
    const fleet = await startFleet(t, 1)
    const { redis, env } = await startRedisFor(t, fleet)
    await redis.stop()
    const replica = await fleet.startService({ ...env, METRICS: 'true', METRICS_PORT: '0' })
    const [, port = ''] = await replica.program.saw(/"port":(\d+),"message":"serving metrics"/)
    const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    await storeIs(replica, 'unreachable')
    assert.match(await scrape(), /^sts_store_problem\{[^}]*problem="unreachable"[^}]*\} 1/m)
    assert.equal((await replica.exchange()).status, 200)

    closePolicy(fleet)
    await redis.start()
    await storeIs(replica, 'ok')
    assert.match(await scrape(), /^sts_store_problem\{[^}]*problem="none"[^}]*\} 0/m)
    await waitUntil(async () => (await replica.exchange()).reason === 'POLICY_MISMATCH')
  },
)

test('whoever writes to the store can make nobody believe anything', { skip }, async (t) => {
  const { fleet, redis, one, two } = await startReplicas(t)
  fleet.allow('checker', 'checks: write')
  for (const replica of [one, two]) {
    await storeIs(replica, 'ok')
    await replica.exchange()
    await replica.exchange('checker')
  }
  await attack(redis, fleet)
  for (const replica of [one, two]) {
    const { status, store } = await replica.readiness()
    assert.deepEqual([status, store], [200, 'ok'])
    for (const identity of ['reader', 'checker']) {
      const { status: answer, app } = await replica.exchange(identity)
      assert.equal(answer, 200)
      assert.ok(fleet.apps.some(({ id }) => id === app))
    }
    assert.equal((await replica.exchange('nobody')).reason, 'POLICY_NOT_FOUND')
    assert.doesNotMatch(replica.program.output(), /unexpected/)
  }
})

/** Says every wrong thing on both channels, and writes over every route. */
async function attack(redis: RedisServer, fleet: Fleet): Promise<void> {
  const [app] = fleet.apps
  const time = Date.now()
  const figure = {
    appId: '31337',
    installationId: 4711,
    remaining: 5_000,
    limit: 5_000,
    resetAt: time + 60_000,
    seenAt: time,
  }
  const messages = [
    '',
    'null',
    '[]',
    '{"kind":"owner"}',
    '{"kind":"owner","owner":7}',
    '{"kind":"grant","owner":"acme","repository":"app"}',
    '{"kind":"policies","owner":"acme"}',
    '{"__proto__":{"kind":"owner","owner":"acme"}}',
    JSON.stringify({ kind: 'owner', owner: 'x'.repeat(20_000) }),
    '['.repeat(50_000),
    JSON.stringify({ kind: 'policies', owner: 'acme', repository: '../../x' }),
    JSON.stringify({ kind: 'repository', owner: 'acme', repository: 'app' }),
    JSON.stringify({ kind: 'owner', owner: 'ACME' }),
    JSON.stringify([figure, { ...figure, remaining: -1 }, { ...figure, seenAt: time + 9e9 }, null, 7]),
    JSON.stringify([{ ...figure, appId: app?.id, installationId: -1 }]),
    JSON.stringify(Array(1_000).fill({})),
  ]
  for (const message of messages) {
    for (const channel of [STALE, QUOTA]) await redis.command('PUBLISH', channel, message)
  }
  const keys = (await redis.command('KEYS', 'github-sts:{v1}:route:*')).split('\n').filter(Boolean)
  assert.notEqual(keys.length, 0)
  for (const key of keys) await redis.command('SET', key, '31337')
}
