import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { createMemoryStore, createRedisStore, type SharedStore } from '#pkg/store'
import { failure } from './support/failure.ts'
import { CERTIFICATE, WITHOUT_REDIS, startRedis, waitUntil } from './support/redis-server.ts'

const LONG = { ttlMs: 60_000 }
const SHORT = { ttlMs: 5 }

/** A store of one kind, and a way to let a short time pass for it. */
interface Subject {
  readonly store: SharedStore
  readonly pass: () => Promise<void>
}

interface Kind {
  readonly name: string
  readonly skip: string | false
  readonly create: (t: TestContext) => Promise<Subject>
}

const kinds: readonly Kind[] = [
  {
    name: 'in memory',
    skip: false,
    create: () => {
      let time = 0
      const pass = (): Promise<void> => {
        time += 30
        return Promise.resolve()
      }
      return Promise.resolve({ store: createMemoryStore({ now: () => time }), pass })
    },
  },
  {
    name: 'in Redis',
    skip: WITHOUT_REDIS,
    create: async (t) => connect(t, (await startRedis(t)).url),
  },
  {
    name: 'in Redis, over TLS with a password',
    skip: WITHOUT_REDIS,
    create: async (t) => {
      const { port } = await startRedis(t, { isTls: true, password: 'p/a:s@s' })
      return connect(t, `rediss://:p%2Fa%3As%40s@127.0.0.1:${port}`, CERTIFICATE.cert)
    },
  },
]

async function connect(t: TestContext, url: string, certificateAuthorities?: string): Promise<Subject> {
  // What is tested here is what is answered, not how fast.
  const store = await createRedisStore({ url, certificateAuthorities, deadlineMs: 5_000 })
  t.after(() => store.close())
  return { store, pass: () => sleep(30) }
}

for (const { name, skip, create } of kinds) {
  describe(`a shared store ${name}`, { skip }, () => {
    test('gives what was set, until it is deleted', async (t) => {
      const { store } = await create(t)
      assert.equal(await store.get('key'), undefined)
      for (const value of ['value', '', '\uFEFFbom', 'ünï\u0000\r\n', 'x'.repeat(4_096)]) {
        await store.set('key', value, LONG)
        assert.equal(await store.get('key'), value)
      }
      assert.equal(await store.get('key2'), undefined)
      await store.delete('key')
      assert.equal(await store.get('key'), undefined)
      await store.delete('key')
      assert.equal(store.problem, undefined)
    })

    test('sets only what is absent, when asked so', async (t) => {
      const { store } = await create(t)
      assert.equal(await store.setIfAbsent('key', 'first', LONG), true)
      assert.equal(await store.setIfAbsent('key', 'second', LONG), false)
      assert.equal(await store.get('key'), 'first')
    })

    test('sets only what is as expected, when asked so', async (t) => {
      const { store } = await create(t)
      assert.equal(await store.compareAndSet('key', 'a', 'b', LONG), false)
      assert.equal(await store.compareAndSet('key', '', 'b', LONG), false)
      assert.equal(await store.get('key'), undefined)
      assert.equal(await store.compareAndSet('key', undefined, 'a', LONG), true)
      assert.equal(await store.compareAndSet('key', undefined, 'b', LONG), false)
      assert.equal(await store.compareAndSet('key', 'b', 'c', LONG), false)
      assert.equal(await store.compareAndSet('key', 'a', 'b', LONG), true)
      assert.equal(await store.get('key'), 'b')
    })

    test('lets one of many win', async (t) => {
      const { store } = await create(t)
      const fresh = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.setIfAbsent('a', `${i}`, LONG)),
      )
      assert.equal(fresh.filter(Boolean).length, 1)
      await store.set('b', 'old', LONG)
      const swaps = Array.from({ length: 20 }, (_, i) => store.compareAndSet('b', 'old', `${i}`, LONG))
      assert.equal((await Promise.all(swaps)).filter(Boolean).length, 1)
    })

    test('forgets each entry at its time, whichever call has set it', async (t) => {
      const { store, pass } = await create(t)
      await store.set('a', '1', SHORT)
      await store.setIfAbsent('b', '1', SHORT)
      await store.compareAndSet('c', undefined, '1', SHORT)
      await store.set('d', '0', LONG)
      await store.compareAndSet('d', '0', '1', SHORT)
      await store.set('kept', '1', SHORT)
      await store.set('kept', '2', LONG)
      await pass()
      for (const key of ['a', 'b', 'c', 'd']) assert.equal(await store.get(key), undefined)
      assert.equal(await store.get('kept'), '2')
      assert.equal(await store.setIfAbsent('a', '2', LONG), true)
      assert.equal(await store.compareAndSet('b', '1', '2', LONG), false)
    })

    test('brings a message to all subscribers of its channel, and to no others', async (t) => {
      const { store } = await create(t)
      const seen: string[] = []
      const subscribe = (channel: string, name: string): (() => void) =>
        store.subscribe(channel, {
          onMessage: (message) => seen.push(`${name} ${message}`),
          onResubscribed: () => undefined,
        })
      subscribe('one', 'a')
      const leave = subscribe('one', 'b')
      subscribe('two', 'c')
      // Redis needs a moment to know of them.
      await waitUntil(async () => {
        await store.publish('one', 'ping')
        await store.publish('two', 'ping')
        return new Set(seen).size === 3
      })
      leave()
      leave()
      seen.length = 0
      await store.publish('one', 'ünï')
      await store.publish('two', 'last')
      await waitUntil(() => seen.includes('c last'))
      assert.deepEqual(
        seen.filter((line) => !line.endsWith('ping')),
        ['a ünï', 'c last'],
      )
    })

    test('refuses what is out of bounds', async (t) => {
      const { store } = await create(t)
      const over = 'ü'.repeat(2_049)
      const subscriber = { onMessage: () => undefined, onResubscribed: () => undefined }
      const calls: readonly (() => unknown)[] = [
        () => store.get(''),
        () => store.get('k'.repeat(257)),
        () => store.get('\uD800'),
        () => store.delete('ü'.repeat(129)),
        () => store.set('key', over, LONG),
        () => store.set('key', '\uDC00', LONG),
        () => store.setIfAbsent('key', over, LONG),
        () => store.compareAndSet('key', over, 'value', LONG),
        () => store.compareAndSet('key', 'value', over, LONG),
        () => store.publish('channel', over),
        () => store.publish('', 'message'),
        () => store.subscribe('', subscriber),
        ...[0, -1, 0.5, NaN, Infinity, 30 * 24 * 3_600_000 + 1].map(
          (ttlMs) => () => store.set('key', 'value', { ttlMs }),
        ),
      ]
      for (const call of calls) {
        await assert.rejects(async () => {
          await call()
        }, failure('invalid'))
      }
      assert.equal(await store.get('key'), undefined)
      assert.equal(store.problem, undefined)
    })

    test('fails once it is closed', async (t) => {
      const { store } = await create(t)
      await store.set('key', 'value', LONG)
      await store.close()
      await store.close()
      assert.equal(store.problem, 'closed')
      await assert.rejects(store.get('key'), failure('closed'))
      await assert.rejects(store.publish('channel', 'message'), failure('closed'))
    })

    test('does as a map with expiry does, in any order of calls', async (t) => {
      const { store, pass } = await create(t)
      const key = fc.constantFrom('a', 'b')
      const value = fc.constantFrom('', '1', '2')
      const step = fc.oneof(
        fc.record({ kind: fc.constantFrom('get', 'delete'), key, value, expected: value }),
        fc.record({
          kind: fc.constantFrom('set', 'setIfAbsent', 'compareAndSet', 'compareAndSet', 'expire'),
          key,
          value,
          expected: fc.option(value, { nil: undefined }),
        }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const model = new Map<string, string>()
          for (const name of ['a', 'b']) await store.delete(name)
          for (const { kind, key, value, expected } of steps) {
            const before = model.get(key)
            if (kind === 'get') assert.equal(await store.get(key), before)
            else if (kind === 'delete') {
              await store.delete(key)
              model.delete(key)
            } else if (kind === 'expire') {
              await store.set(key, value, SHORT)
              await pass()
              model.delete(key)
            } else if (kind === 'set') {
              await store.set(key, value, LONG)
              model.set(key, value)
            } else {
              const wanted = kind === 'setIfAbsent' ? undefined : expected
              const isSet =
                kind === 'setIfAbsent'
                  ? await store.setIfAbsent(key, value, LONG)
                  : await store.compareAndSet(key, wanted, value, LONG)
              assert.equal(isSet, before === wanted)
              if (isSet) model.set(key, value)
            }
          }
        }),
        { numRuns: 40 },
      )
    })
  })
}

describe('createMemoryStore', () => {
  test('drops the least recently used entry beyond its bound', async () => {
    const store = createMemoryStore({ maxEntries: 2 })
    await store.set('a', '1', LONG)
    await store.set('b', '1', LONG)
    await store.get('a')
    await store.set('c', '1', LONG)
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((key) => store.get(key))), ['1', undefined, '1'])
  })

  test('brings nothing to one who leaves before their turn', async () => {
    const store = createMemoryStore()
    const seen: string[] = []
    const subscribe = (): (() => void) =>
      store.subscribe('one', { onMessage: (text) => seen.push(text), onResubscribed: () => undefined })
    const leave = subscribe()
    subscribe()
    const published = store.publish('one', 'message')
    leave()
    await published
    assert.deepEqual(seen, ['message'])
  })

  test('ends an entry at the very millisecond', async () => {
    let time = 1_000
    const store = createMemoryStore({ now: () => time })
    await store.set('a', '1', { ttlMs: 10 })
    time = 1_009
    assert.equal(await store.get('a'), '1')
    time = 1_010
    assert.equal(await store.get('a'), undefined)
  })
})
