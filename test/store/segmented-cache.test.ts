import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createSegmentedCache } from '#pkg/store'

interface Value {
  readonly name: string
}

function createStage(maxEntries = 3, maxBytes = 100) {
  const removed: string[] = []
  const cache = createSegmentedCache<Value>({
    maxEntries,
    maxBytes,
    onRemove: ({ name }, key) => removed.push(`${key}=${name}`),
  })
  const put = (key: string, name = key, bytes = 1): void => {
    cache.set(key, { name }, bytes)
  }
  const keys = (...candidates: readonly string[]): readonly string[] =>
    candidates.filter((key) => cache.get(key) !== undefined)
  return { cache, removed, put, keys }
}

describe('createSegmentedCache', () => {
  test('takes room for what it has, not for what it may have', () => {
    const roomOf = (): number => {
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    const before = roomOf()
    const caches = Array.from({ length: 100 }, () => createStage(100_000).cache)
    assert.ok(roomOf() - before < 50 * 1024 * 1024)
    assert.ok(caches.every(({ size }) => size === 0))
  })

  test('evicts the entry that was not used for longest', () => {
    const { cache, removed, put, keys } = createStage()
    for (const key of ['a', 'b', 'c']) put(key)
    cache.get('a')
    put('d')
    assert.deepEqual(keys('a', 'b', 'c', 'd'), ['a', 'c', 'd'])
    assert.deepEqual(removed, ['b=b'])
  })

  test('keeps protected entries out of reach of those on probation', () => {
    const { cache, put, keys } = createStage()
    put('safe')
    cache.protect('safe')
    for (let i = 0; i < 1_000; i++) put(`flood${i}`)
    assert.deepEqual(keys('safe'), ['safe'])
    assert.equal(cache.size, 1 + 3)
  })

  test('protected entries are bounded too', () => {
    const { cache, removed, put, keys } = createStage()
    for (const key of ['a', 'b', 'c', 'd']) {
      put(key)
      cache.protect(key)
    }
    assert.deepEqual(keys('a', 'b', 'c', 'd'), ['b', 'c', 'd'])
    assert.deepEqual(removed, ['a=a'])
  })

  test('protecting what is absent or protected does nothing', () => {
    const { cache, removed, put } = createStage()
    cache.protect('absent')
    put('a')
    cache.protect('a')
    cache.protect('a')
    assert.equal(cache.size, 1)
    assert.deepEqual(removed, [])
  })

  test('a new value of a protected entry is protected', () => {
    const { cache, removed, put } = createStage()
    put('a', 'old')
    cache.protect('a')
    put('a', 'new')
    for (let i = 0; i < 10; i++) put(`flood${i}`)
    assert.equal(cache.get('a')?.name, 'new')
    assert.equal(cache.size, 1 + 3)
    assert.ok(removed.includes('a=old'))
  })

  test('setting the value that is there again removes nothing', () => {
    const { cache, removed } = createStage()
    const value = { name: 'same' }
    cache.set('a', value, 1)
    cache.set('a', value, 50)
    cache.protect('a')
    cache.set('a', value, 1)
    assert.equal(cache.get('a'), value)
    assert.deepEqual(removed, [])
  })

  test('counts bytes in each part', () => {
    const { cache, put, keys } = createStage(10, 100)
    put('a', 'a', 60)
    put('b', 'b', 60)
    assert.deepEqual(keys('a', 'b'), ['b'])
    cache.protect('b')
    put('c', 'c', 100)
    assert.deepEqual(keys('b', 'c'), ['b', 'c'])
  })

  test('can give strangers a smaller part', () => {
    const cache = createSegmentedCache<Value>({ maxEntries: 4, maxBytes: 100, probation: 1 / 4 })
    for (const name of ['a', 'b']) cache.set(name, { name }, 20)
    assert.equal(cache.get('a'), undefined)
    cache.protect('b')
    cache.set('c', { name: 'c' }, 20)
    cache.protect('c')
    assert.deepEqual(Array.from(cache.values(), ({ name }) => name).sort(), ['b', 'c'])
  })

  test('a value that is too large is handed back at once, with the one it should have replaced', () => {
    const { cache, removed, put } = createStage(10, 100)
    put('a', 'old', 1)
    put('a', 'huge', 101)
    assert.equal(cache.get('a'), undefined)
    assert.deepEqual(removed.sort(), ['a=huge', 'a=old'])
  })

  test('delete hands back what it deletes, from either part', () => {
    const { cache, removed, put } = createStage()
    put('a')
    put('b')
    cache.protect('b')
    cache.delete('a')
    cache.delete('b')
    cache.delete('c')
    assert.equal(cache.size, 0)
    assert.deepEqual(removed, ['a=a', 'b=b'])
  })

  test('every value is either in the cache or has been handed back, exactly once', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const step = fc.oneof(
      fc.record({ op: fc.constant('set' as const), key, bytes: fc.integer({ min: 0, max: 120 }) }),
      fc.record({
        op: fc.constantFrom('protect' as const, 'delete' as const, 'get' as const),
        key,
        bytes: fc.constant(0),
      }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const removed: string[] = []
        const cache = createSegmentedCache<Value>({
          maxEntries: 2,
          maxBytes: 100,
          onRemove: ({ name }) => removed.push(name),
        })
        const made: string[] = []
        steps.forEach(({ op, key: name, bytes }, index) => {
          if (op === 'set') {
            made.push(String(index))
            cache.set(name, { name: String(index) }, bytes)
          } else cache[op](name)
        })
        const kept = [...cache.values()].map(({ name }) => name)
        assert.ok(kept.length <= 4)
        assert.deepEqual([...kept, ...removed].sort(), made.sort())
      }),
      { numRuns: 1_000 },
    )
  })
})
