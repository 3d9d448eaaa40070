import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createRedisStore, type RedisStoreOptions, type SharedStore, type StoreProblem } from '#pkg/store'
import { failure } from './support/failure.ts'
import { CERTIFICATE, WITHOUT_REDIS, findPort, startRedis, waitUntil } from './support/redis-server.ts'

const LONG = { ttlMs: 60_000 }
const SILENT = { onMessage: () => undefined, onResubscribed: () => undefined }

async function connect(t: TestContext, options: RedisStoreOptions): Promise<SharedStore> {
  const store = await createRedisStore({ deadlineMs: 5_000, probeMs: 50, ...options })
  t.after(() => store.close())
  return store
}

/** Waits until the store serves, with what its problems were on the way. */
function recovery(store: SharedStore): Promise<void> {
  return waitUntil(() => store.problem === undefined)
}

describe('a store whose server is away', { skip: WITHOUT_REDIS }, () => {
  test('fails at once, and serves again when the server is back', async (t) => {
    const server = await startRedis(t)
    const problems: (StoreProblem | undefined)[] = []
    const store = await connect(t, { url: server.url, onProblem: (problem) => problems.push(problem) })
    await store.set('key', 'value', LONG)
    await server.stop()
    await waitUntil(() => store.problem !== undefined)
    await assert.rejects(store.get('key'), failure('unreachable'))
    await assert.rejects(store.publish('channel', 'message'), failure('unreachable'))
    await server.start()
    await recovery(store)
    assert.equal(await store.get('key'), undefined)
    assert.equal(await store.setIfAbsent('key', 'value', LONG), true)
    assert.deepEqual(problems, ['unreachable', undefined])
  })

  test('is created all the same, and serves when the server comes', async (t) => {
    const server = await startRedis(t)
    await server.stop()
    const store = await connect(t, { url: server.url })
    assert.equal(store.problem, 'unreachable')
    await assert.rejects(store.set('key', 'value', LONG), failure('unreachable'))
    await server.start()
    await recovery(store)
    await store.set('key', 'value', LONG)
  })

  test('fails what was under way when it went', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url, deadlineMs: 60_000, probeMs: 60_000 })
    await server.command('client', 'pause', '60000')
    const pending = [store.get('key'), store.set('key', 'value', LONG), store.publish('channel', 'message')]
    const outcomes = Promise.allSettled(pending)
    await server.stop()
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected' && failure('unreachable')(outcome.reason))
    }
  })

  test('tells its subscribers that they may have missed messages, and brings them the next', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url })
    const seen: string[] = []
    for (const channel of ['one', 'two']) {
      store.subscribe(channel, {
        onMessage: (message) => seen.push(`${channel} ${message}`),
        onResubscribed: () => seen.push(`${channel} again`),
      })
    }
    await waitUntil(() => seen.length === 2)
    assert.deepEqual(seen.splice(0).sort(), ['one again', 'two again'])
    await server.stop()
    await waitUntil(() => store.problem !== undefined)
    await server.start()
    await waitUntil(() => seen.length === 2)
    assert.deepEqual(seen.splice(0).sort(), ['one again', 'two again'])
    await recovery(store)
    await store.publish('two', 'news')
    await waitUntil(() => seen.length > 0)
    assert.deepEqual(seen, ['two news'])
  })

  test('notices a subscription that ended alone', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url })
    let times = 0
    store.subscribe('one', { ...SILENT, onResubscribed: () => times++ })
    await waitUntil(() => times === 1)
    await server.command('client', 'kill', 'type', 'pubsub')
    await waitUntil(() => times === 2)
  })

  test('tells nothing to those who have left', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url })
    let times = 0
    const leave = store.subscribe('one', { ...SILENT, onResubscribed: () => times++ })
    await waitUntil(() => times === 1)
    leave()
    await waitUntil(async () => (await server.command('pubsub', 'channels')) === '')
    store.subscribe('one', { ...SILENT, onResubscribed: () => times++ })
    await waitUntil(() => times === 2)
  })
})

describe('a store in Redis', { skip: WITHOUT_REDIS }, () => {
  test('writes under a prefix with the number of the format, each entry with an end', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url })
    await store.set('key', 'value', LONG)
    await store.setIfAbsent('fresh', 'value', LONG)
    await store.compareAndSet('key', 'value', 'other', LONG)
    const keys = (await server.command('keys', '*')).split('\n').sort()
    assert.deepEqual(keys, ['github-sts:{v1}:', 'github-sts:{v1}:fresh', 'github-sts:{v1}:key'])
    for (const key of keys) {
      const left = Number(await server.command('pttl', key))
      assert.ok(left > 0 && left <= 60_000)
    }
  })

  test('uses the database that its URL names', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: `${server.url}/3` })
    await store.set('key', 'value', LONG)
    assert.equal(await server.command('-n', '3', 'get', 'github-sts:{v1}:key'), 'value')
    assert.equal(await server.command('exists', 'github-sts:{v1}:key'), '0')
  })

  test('needs no more permissions than these', async (t) => {
    const server = await startRedis(t)
    const commands = ['get', 'set', 'del', 'eval', 'publish', 'subscribe', 'unsubscribe', 'ping']
    const rules = ['on', '>pass', '~github-sts:*', '&github-sts:*', ...commands.map((name) => `+${name}`)]
    await server.command('acl', 'setuser', 'sts', ...rules)
    const store = await connect(t, { url: server.url.replace('//', '//sts:pass@') })
    await store.set('key', 'a', LONG)
    assert.equal(await store.compareAndSet('key', 'a', 'b', LONG), true)
    assert.equal(await store.get('key'), 'b')
    await store.delete('key')
    let isTold = false
    store.subscribe('one', { ...SILENT, onResubscribed: () => (isTold = true) })()
    store.subscribe('one', { ...SILENT, onResubscribed: () => (isTold = true) })
    await waitUntil(() => isTold)
    await store.publish('one', 'message')
    assert.equal(store.problem, undefined)
  })

  test('says that a permission is missing', async (t) => {
    const server = await startRedis(t)
    await server.command('acl', 'setuser', 'sts', 'on', '>pass', '~*', '&*', '+set')
    const store = await connect(t, { url: server.url.replace('//', '//sts:pass@') })
    await assert.rejects(store.get('key'), failure('access_denied'))
    assert.equal(store.problem, 'access_denied')
  })

  const credentials: readonly [name: string, part: string][] = [
    ['a wrong password', ':wrong-password@'],
    ['a wrong user', 'nobody:right-password@'],
    ['no password', ''],
  ]
  for (const [name, part] of credentials) {
    test(`says that access is denied, with ${name}`, async (t) => {
      const server = await startRedis(t, { password: 'right-password' })
      const store = await connect(t, { url: server.url.replace('//', `//${part}`) })
      assert.equal(store.problem, 'access_denied')
      await assert.rejects(store.get('key'), failure('access_denied'))
    })
  }

  test('prints nothing about a password that the server does not want', async (t) => {
    const lines: unknown[] = []
    for (const method of ['warn', 'error', 'log'] as const) {
      t.mock.method(console, method, (...args: unknown[]) => lines.push(args))
    }
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url.replace('//', '//:secret@') })
    await assert.rejects(store.get('key'), failure('access_denied'))
    assert.deepEqual(lines, [])
  })

  test('says that a server is full, and serves again when it is not', async (t) => {
    const server = await startRedis(t, { args: ['--maxmemory-policy', 'noeviction'] })
    const store = await connect(t, { url: server.url, probeMs: 60_000 })
    await store.set('key', 'value', LONG)
    await server.command('config', 'set', 'maxmemory', '1')
    await assert.rejects(store.set('key', 'other', LONG), failure('full'))
    await assert.rejects(store.compareAndSet('key', 'value', 'other', LONG), failure('full'))
    assert.equal(store.problem, 'full')
    assert.equal(await store.get('key'), 'value')

    const probed = await connect(t, { url: server.url })
    assert.equal(probed.problem, 'full')
    assert.equal(await probed.get('key'), 'value')
    await server.command('config', 'set', 'maxmemory', '0')
    await recovery(probed)
    await probed.set('key', 'value', LONG)
  })

  test('says that a server is a replica, and serves when it is none', async (t) => {
    const server = await startRedis(t)
    const store = await connect(t, { url: server.url, probeMs: 60_000 })
    await server.command('replicaof', '127.0.0.1', String(await findPort()))
    await assert.rejects(store.set('key', 'value', LONG), failure('read_only', 'not_ready'))
    await waitUntil(() => store.problem === 'read_only')
    await server.command('replicaof', 'no', 'one')
    await recovery(store)
    await store.set('key', 'value', LONG)
  })

  test('trusts the authorities it is given, and no others', async (t) => {
    const server = await startRedis(t, { isTls: true })
    const trusting = await connect(t, { url: server.url, certificateAuthorities: CERTIFICATE.cert })
    await trusting.set('key', 'value', LONG)
    const store = await connect(t, { url: server.url })
    assert.equal(store.problem, 'certificate_refused')
    await assert.rejects(store.get('key'), failure('certificate_refused'))
  })

  test('trusts no certificate of another name', async (t) => {
    const server = await startRedis(t, { isTls: true })
    const url = server.url.replace('127.0.0.1', 'localhost')
    const store = await connect(t, { url, certificateAuthorities: CERTIFICATE.cert })
    assert.equal(store.problem, 'certificate_refused')
  })
})

describe('a store in a cluster', { skip: WITHOUT_REDIS }, () => {
  const args = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no']

  test('serves from one node that has all slots', async (t) => {
    const server = await startRedis(t, { args })
    const store = await connect(t, { url: server.url })
    assert.equal(store.problem, 'not_ready')
    await server.command('cluster', 'addslotsrange', '0', '16383')
    await recovery(store)
    await store.set('key', 'value', LONG)
    assert.equal(await store.compareAndSet('key', 'value', 'other', LONG), true)
    assert.equal(await store.get('key'), 'other')
  })

  test('goes to the node that has the keys, and after them when they move', async (t) => {
    const [first, second] = [await startRedis(t, { args }), await startRedis(t, { args })]
    const slot = await first.command('cluster', 'keyslot', 'github-sts:{v1}:')
    await second.command('cluster', 'addslots', slot)
    await first.command('cluster', 'meet', '127.0.0.1', String(second.port))
    const store = await connect(t, { url: first.url })
    await recovery(store)
    await store.set('key', 'value', LONG)
    assert.equal(await second.command('get', 'github-sts:{v1}:key'), 'value')

    const firstId = await first.command('cluster', 'myid')
    await store.delete('key')
    await second.command('del', 'github-sts:{v1}:')
    await first.command('cluster', 'setslot', slot, 'node', firstId)
    await first.command('cluster', 'bumpepoch')
    await second.command('cluster', 'setslot', slot, 'node', firstId)
    await waitUntil(async () => {
      await store.set('key', 'moved', LONG).catch(() => undefined)
      return (await first.command('get', 'github-sts:{v1}:key')) === 'moved'
    })
    await recovery(store)
    assert.equal(await store.get('key'), 'moved')
  })
})
