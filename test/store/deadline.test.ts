import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { withDeadline } from '#pkg/store'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const LATE = { code: 'late' }
const late = (): unknown => LATE
const signal = new AbortController().signal
const forever = (): Promise<never> =>
  new Promise(() => {
    // Never settles.
  })

test('work that is done in time keeps its result', async () => {
  assert.equal(await withDeadline({ ms: 60_000, signal, late }, () => Promise.resolve(42)), 42)
})

test('work that fails in time keeps its error', async () => {
  await assert.rejects(
    withDeadline({ ms: 60_000, signal, late }, () => Promise.reject(new RangeError('own'))),
    RangeError,
  )
})

test('work that takes too long is given up, and its signal says why', async () => {
  let seen: AbortSignal | undefined
  const work = (given: AbortSignal): Promise<never> => {
    seen = given
    return forever()
  }
  await assert.rejects(withDeadline({ ms: 5, signal, late }, work), LATE)
  assert.equal(seen?.aborted, true)
  assert.equal(seen.reason, LATE)
})

test('work whose caller leaves is given up with the reason of the caller', async () => {
  const caller = new AbortController()
  const gone = { code: 'gone' }
  const working = withDeadline({ ms: 60_000, signal: caller.signal, late }, forever)
  caller.abort(gone)
  await assert.rejects(working, gone)
})

test('nothing is begun for a caller who has left', async () => {
  let begun = 0
  const work = (): Promise<number> => Promise.resolve(++begun)
  const gone = { code: 'gone' }
  await assert.rejects(withDeadline({ ms: 60_000, signal: AbortSignal.abort(gone), late }, work), gone)
  assert.equal(begun, 0)
})

test('a deadline outlives the garbage collector', async () => {
  // Waited for from the start: on a busy machine the deadlines pass before the collector has run.
  const waits = Promise.allSettled(
    Array.from({ length: 20 }, () => withDeadline({ ms: 100, signal, late }, forever)),
  )
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    collectGarbage()
  }
  const results = await waits
  assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['rejected']))
})
