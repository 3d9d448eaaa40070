import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import { createIssuerDirectory, type IssuerDirectory } from '../../pkg/oidc/issuer-directory.ts'
import type { IssuerKeys, KeySource } from '../../pkg/oidc/key-source.ts'
import { rejectsWith } from './support/world.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const FRESH_MS = 15 * MINUTE_MS
const ISSUER = 'https://issuer.test'

/** A directory over a source that answers at will, and a clock. */
function createStage(t: TestContext, maxEntries = 10) {
  let time = 0
  const fetched: string[] = []
  const stage = {
    fetched,
    /** What the source does; each call gives new keys unless changed. */
    answer: (() => Promise.resolve(keysOf())) as KeySource,
    advance: (ms: number) => {
      time += ms
    },
    keys: (issuer = ISSUER, signal = new AbortController().signal) => directory.keysOf(issuer, signal),
    /** How often `issuer` was fetched. */
    count: (issuer = ISSUER) => fetched.filter((name) => name === issuer).length,
    get directory(): IssuerDirectory {
      return directory
    },
  }
  const directory = createIssuerDirectory({
    source: (issuer, signal) => {
      fetched.push(issuer)
      return stage.answer(issuer, signal)
    },
    now: () => time,
    limits: { maxEntries, maxBytes: 1_000_000 },
  })
  t.after(() => {
    directory.close()
  })
  return stage
}

type Stage = ReturnType<typeof createStage>

function keysOf(freshForMs = FRESH_MS, bytes = 100): IssuerKeys {
  return { keys: [], algorithms: new Set(), freshForMs, bytes }
}

const unavailable = (): Promise<never> =>
  Promise.reject(new StsError('issuer_unavailable', { detail: { status: 503 } }))

/** Lets everything that can go on without a timer go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('S12: one fetch for all', () => {
  test('100 who ask for a new issuer at once share one fetch', async (t) => {
    const stage = createStage(t)
    const keys = await Promise.all(Array.from({ length: 100 }, () => stage.keys()))
    assert.equal(new Set(keys).size, 1)
    assert.equal(stage.count(), 1)
  })

  test('a failure is remembered for five seconds, with the time that is left', async (t) => {
    const stage = createStage(t)
    stage.answer = unavailable
    await rejectsWith(stage.keys(), 'issuer_unavailable')
    stage.advance(4 * SECOND_MS)
    const error = await rejectsWith(stage.keys(), 'issuer_unavailable')
    assert.equal(error.retryAfterMs, SECOND_MS)
    assert.equal(error.detail['status'], 503)
    assert.equal(stage.count(), 1)
    stage.advance(SECOND_MS)
    await rejectsWith(stage.keys(), 'issuer_unavailable')
    assert.equal(stage.count(), 2)
  })

  test('a fetch that its callers gave up is no failure to remember', async (t) => {
    const stage = createStage(t)
    stage.answer = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      })
    const caller = new AbortController()
    const waiting = stage.keys(ISSUER, caller.signal)
    caller.abort(new StsError('caller_gone'))
    await rejectsWith(waiting, 'caller_gone')
    await settle()
    stage.answer = () => Promise.resolve(keysOf())
    await stage.keys()
  })

  test('first fetches under way are bounded', async (t) => {
    const stage = createStage(t)
    stage.answer = () => new Promise(() => undefined)
    const callers = Array.from({ length: 128 }, () => new AbortController())
    const waiting = Promise.allSettled(
      callers.map(({ signal }, i) => stage.keys(`https://i${i}.test`, signal)),
    )
    const error = await rejectsWith(stage.keys(), 'issuer_unavailable')
    assert.ok(error.retryAfterMs)
    assert.equal(stage.fetched.length, 128)
    for (const caller of callers) caller.abort(new StsError('caller_gone'))
    await waiting
    stage.answer = () => Promise.resolve(keysOf())
    await stage.keys()
  })
})

describe('freshness', () => {
  test('keys are used as they are for four fifths of it, then refetched in the background', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(0.8 * FRESH_MS - 1)
    assert.equal(await stage.keys(), first)
    assert.equal(stage.count(), 1)
    stage.advance(1)
    assert.equal(await stage.keys(), first)
    await settle()
    assert.equal(stage.count(), 2)
    assert.notEqual(await stage.keys(), first)
    assert.equal(stage.count(), 2)
  })

  test('past it callers wait for newer keys, all for one fetch', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(FRESH_MS)
    const keys = await Promise.all(Array.from({ length: 20 }, () => stage.keys()))
    assert.equal(new Set(keys).size, 1)
    assert.notEqual(keys[0], first)
    assert.equal(stage.count(), 2)
  })

  test('old keys go on for 24 hours while newer ones cannot be had, and no longer', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.answer = unavailable
    for (let hour = 0; hour < 23; hour++) {
      stage.advance(HOUR_MS)
      assert.equal(await stage.keys(), first)
    }
    stage.advance(HOUR_MS - 1)
    assert.equal(await stage.keys(), first)
    stage.advance(1)
    await rejectsWith(stage.keys(), 'issuer_unavailable')
    stage.advance(MINUTE_MS)
    stage.answer = () => Promise.resolve(keysOf())
    assert.notEqual(await stage.keys(), first)
  })

  test('during an outage callers do not wait, and the issuer is asked every five seconds', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(FRESH_MS)
    stage.answer = unavailable
    assert.equal(await stage.keys(), first)
    assert.equal(stage.count(), 2)
    // From here on a fetch hangs: whoever waited for it would wait for ever.
    stage.answer = () => new Promise(() => undefined)
    stage.advance(4 * SECOND_MS)
    assert.equal(await stage.keys(), first)
    assert.equal(stage.count(), 2)
    stage.advance(SECOND_MS)
    assert.equal(await stage.keys(), first)
    assert.equal(await stage.keys(), first)
    assert.equal(stage.count(), 3)
  })

  test('a failure of long ago does not excuse old keys', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(0.9 * FRESH_MS)
    stage.answer = unavailable
    await stage.keys()
    await settle()
    stage.advance(HOUR_MS)
    stage.answer = () => Promise.resolve(keysOf())
    assert.notEqual(await stage.keys(), first)
  })

  test('an issuer that does not answer holds callers up for a while only', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(FRESH_MS)
    stage.answer = () => new Promise(() => undefined)
    assert.equal(await stage.keys(), first)
  })

  test('a caller who leaves while newer keys are fetched is let go, the fetch goes on for the rest', async (t) => {
    const stage = createStage(t)
    const first = await stage.keys()
    stage.advance(FRESH_MS)
    let finish: (keys: IssuerKeys) => void = () => undefined
    stage.answer = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    const caller = new AbortController()
    const leaving = stage.keys(ISSUER, caller.signal)
    const staying = stage.keys()
    caller.abort(new StsError('deadline_passed'))
    await rejectsWith(leaving, 'deadline_passed')
    finish(keysOf())
    assert.notEqual(await staying, first)
  })
})

describe('S12: unknown keys', () => {
  const newer = (stage: Stage, used: IssuerKeys): Promise<IssuerKeys> =>
    stage.directory.newerKeysOf(ISSUER, used, new AbortController().signal)

  test('a storm of them causes one fetch in 30 seconds', async (t) => {
    const stage = createStage(t)
    let keys = await stage.keys()
    stage.directory.markVerified(ISSUER)
    for (let second = 0; second < 60; second++) {
      const all = await Promise.all(Array.from({ length: 20 }, () => newer(stage, keys)))
      keys = all[0] ?? keys
      stage.advance(SECOND_MS)
    }
    assert.equal(stage.count(), 1 + 2)
  })

  test('an issuer that has verified nothing is not asked twice at once', async (t) => {
    const stage = createStage(t)
    const keys = await stage.keys()
    assert.equal(await newer(stage, keys), keys)
    assert.equal(stage.count(), 1)
    stage.advance(30 * SECOND_MS)
    assert.notEqual(await newer(stage, keys), keys)
  })

  test('verifying again does not allow more fetches', async (t) => {
    const stage = createStage(t)
    let keys = await stage.keys()
    for (let i = 0; i < 10; i++) {
      stage.directory.markVerified(ISSUER)
      keys = await newer(stage, keys)
    }
    assert.equal(stage.count(), 2)
  })

  test('keys that somebody else has fetched meanwhile are used', async (t) => {
    const stage = createStage(t)
    const old = await stage.keys()
    stage.directory.markVerified(ISSUER)
    const keys = await newer(stage, old)
    assert.equal(await newer(stage, old), keys)
    assert.equal(stage.count(), 2)
  })

  test('a fetch that fails is no verdict about the token, and keeps the old keys', async (t) => {
    const stage = createStage(t)
    const keys = await stage.keys()
    stage.directory.markVerified(ISSUER)
    stage.answer = unavailable
    await rejectsWith(newer(stage, keys), 'issuer_unavailable')
    await rejectsWith(newer(stage, keys), 'issuer_unavailable')
    assert.equal(stage.count(), 2)
    assert.equal(await stage.keys(), keys)
  })
})

test('a failure that is over does not concern later tokens', async (t) => {
  const stage = createStage(t)
  const first = await stage.keys()
  stage.directory.markVerified(ISSUER)
  stage.advance(0.9 * FRESH_MS)
  stage.answer = unavailable
  await stage.keys()
  await settle()
  stage.answer = () => Promise.resolve(keysOf())
  stage.advance(HOUR_MS)
  const keys = await stage.keys()
  assert.notEqual(keys, first)
  assert.equal(await stage.directory.newerKeysOf(ISSUER, keys, new AbortController().signal), keys)
})

describe('S13: who can push out whom', () => {
  test('10,000 made-up issuers leave those that have verified a token alone', async (t) => {
    const stage = createStage(t)
    const keys = await stage.keys()
    stage.directory.markVerified(ISSUER)
    stage.answer = (issuer) => (issuer.includes('served') ? Promise.resolve(keysOf()) : unavailable())
    for (let i = 0; i < 5_000; i++) {
      await rejectsWith(stage.keys(`https://absent${i}.test`), 'issuer_unavailable')
      await stage.keys(`https://served${i}.test`)
    }
    assert.equal(await stage.keys(), keys)
    assert.equal(stage.count(), 1)
    await stage.keys('https://served0.test')
    assert.equal(stage.count('https://served0.test'), 2)
  })

  test('issuers that verify, but never serve a grant, leave those that did alone', async (t) => {
    const stage = createStage(t)
    const keys = await stage.keys()
    stage.directory.markVerified(ISSUER)
    stage.directory.vouch(ISSUER)
    for (let i = 0; i < 100; i++) {
      await stage.keys(`https://i${i}.test`)
      stage.directory.markVerified(`https://i${i}.test`)
    }
    assert.equal(await stage.keys(), keys)
    await stage.keys('https://i0.test')
    assert.equal(stage.count('https://i0.test'), 2)
  })

  test('keys count by their bytes too', async (t) => {
    const stage = createStage(t)
    stage.answer = () => Promise.resolve(keysOf(FRESH_MS, 400_000))
    for (const issuer of ['https://a.test', 'https://b.test', 'https://c.test', 'https://a.test'])
      await stage.keys(issuer)
    assert.equal(stage.count('https://a.test'), 2)
  })

  test('keys that grow when they are refetched count with their new size', async (t) => {
    const stage = createStage(t)
    stage.answer = () => Promise.resolve(keysOf(FRESH_MS, 400_000))
    for (const issuer of ['https://a.test', 'https://b.test']) {
      await stage.keys(issuer)
      stage.directory.markVerified(issuer)
    }
    stage.advance(FRESH_MS)
    stage.answer = () => Promise.resolve(keysOf(FRESH_MS, 700_000))
    await stage.keys('https://b.test')
    // Still known, though stale, it would be served without a fetch that works.
    stage.answer = unavailable
    await rejectsWith(stage.keys('https://a.test'), 'issuer_unavailable')
  })

  test('an issuer that is refetched keeps its rank', async (t) => {
    const stage = createStage(t)
    await stage.keys()
    stage.directory.markVerified(ISSUER)
    stage.advance(FRESH_MS)
    await stage.keys()
    for (let i = 0; i < 50; i++) await stage.keys(`https://i${i}.test`)
    await stage.keys()
    assert.equal(stage.count(), 2)
  })
})
