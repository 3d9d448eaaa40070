import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { abortable, createSingleFlight } from '#pkg/store'

const never = new AbortController().signal
const gone = new Error('gone')

/** Work that ends when it is told to, and knows its signal. */
function createWork() {
  const calls: AbortSignal[] = []
  let finish: (value: string) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  return {
    calls,
    run: (signal: AbortSignal): Promise<string> => {
      calls.push(signal)
      return new Promise((resolve, reject) => {
        finish = resolve
        fail = reject
      })
    },
    finish: (value: string) => {
      finish(value)
    },
    fail: (error: Error) => {
      fail(error)
    },
  }
}

describe('createSingleFlight', () => {
  test('shares one piece of work among all who ask at the same time', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    const waiting = Array.from({ length: 100 }, () =>
      flights.run('a', new AbortController().signal, work.run),
    )
    assert.equal(flights.size, 1)
    work.finish('done')
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['done']))
    assert.equal(work.calls.length, 1)
    assert.equal(flights.size, 0)
  })

  test('tells whether a call would join one', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    assert.ok(!flights.has('a'))
    const waiting = flights.run('a', never, work.run)
    assert.ok(flights.has('a') && !flights.has('b'))
    work.finish('done')
    await waiting
    assert.ok(!flights.has('a'))
  })

  test('keeps keys apart', async () => {
    const flights = createSingleFlight<string>()
    const both = [
      flights.run('a', never, () => Promise.resolve('a')),
      flights.run('b', never, () => Promise.resolve('b')),
    ]
    assert.deepEqual(await Promise.all(both), ['a', 'b'])
  })

  test('keeps nothing, neither a result nor a failure', async () => {
    const flights = createSingleFlight<string>()
    await assert.rejects(
      flights.run('a', never, () => Promise.reject(gone)),
      gone,
    )
    assert.equal(await flights.run('a', never, () => Promise.resolve('1')), '1')
    assert.equal(await flights.run('a', never, () => Promise.resolve('2')), '2')
  })

  test('gives a failure to all who wait', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    const waiting = [flights.run('a', never, work.run), flights.run('a', never, work.run)]
    work.fail(gone)
    for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, 'rejected')
  })

  test('lets a waiter go without ending the work of the others', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    const caller = new AbortController()
    const leaving = flights.run('a', caller.signal, work.run)
    const staying = flights.run('a', never, work.run)
    caller.abort(gone)
    await assert.rejects(leaving, gone)
    assert.equal(work.calls[0]?.aborted, false)
    work.finish('done')
    assert.equal(await staying, 'done')
  })

  test('ends the work when the last waiter goes, and the next one starts anew', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => flights.run('a', signal, work.run))
    for (const caller of callers) caller.abort(gone)
    for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, 'rejected')
    assert.equal(work.calls[0]?.aborted, true)
    assert.equal(work.calls[0].reason, gone)
    const failAbandoned = work.fail
    const next = flights.run('a', never, work.run)
    assert.equal(work.calls.length, 2)
    work.finish('done')
    assert.equal(await next, 'done')
    failAbandoned(new Error('of no interest to anybody'))
  })

  test('an abandoned flight that ends late does not disturb the one that took its place', async () => {
    const flights = createSingleFlight<string>()
    const [first, second] = [createWork(), createWork()]
    const caller = new AbortController()
    const abandoned = flights.run('a', caller.signal, first.run)
    caller.abort(gone)
    await assert.rejects(abandoned, gone)
    const waiting = flights.run('a', never, second.run)
    first.fail(new Error('of no interest to anybody'))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(flights.size, 1)
    second.finish('done')
    assert.equal(await waiting, 'done')
  })

  test('starts nothing for a waiter that is already gone', async () => {
    const flights = createSingleFlight<string>()
    const work = createWork()
    await assert.rejects(flights.run('a', AbortSignal.abort(gone), work.run), gone)
    assert.equal(work.calls.length, 0)
  })

  test('gives work that throws at once as a rejection, and forgets it', async () => {
    const flights = createSingleFlight<string>()
    const thrower = (): Promise<string> => {
      throw gone
    }
    await assert.rejects(flights.run('a', never, thrower), gone)
    assert.equal(flights.size, 0)
  })
})

describe('abortable', () => {
  test('takes no listener along when it ends', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') return () => (listeners += 1)
        if (name === 'removeEventListener') return () => (listeners -= 1)
        return Reflect.get(target, name, target) as unknown
      },
    })
    await abortable(Promise.resolve(), counted)
    await assert.rejects(abortable(Promise.reject(gone), counted), gone)
    assert.equal(listeners, 0)
  })

  test('takes care of a failure that comes after everybody has left', async () => {
    const failures: unknown[] = []
    const listen = (reason: unknown): void => void failures.push(reason)
    process.on('unhandledRejection', listen)
    await assert.rejects(abortable(Promise.reject(new Error('late')), AbortSignal.abort(gone)), gone)
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', listen)
    assert.deepEqual(failures, [])
  })
})
