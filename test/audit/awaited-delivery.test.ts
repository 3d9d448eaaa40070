import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAwaitedDelivery, type AwaitedDelivery } from '../../pkg/audit/event/awaited-delivery.ts'
import type { Delivery, DropCause } from '../../pkg/audit/event/delivery.ts'
import { createPendingEvent } from '../../pkg/audit/event/pending-event.ts'
import { createTroubleLog } from '../../pkg/audit/event/trouble-log.ts'
import { captureLog } from './support/log-capture.ts'
import { GRANTED } from './support/records.ts'
import { createSimulatedClock, type SimulatedClock } from './support/simulated-clock.ts'

interface World {
  readonly awaited: AwaitedDelivery
  readonly clock: SimulatedClock
  readonly drops: readonly DropCause[]
  readonly attempts: () => number
  readonly mostAtOnce: () => number
  /** How a delivery that is begun now ends: undefined when it was taken. */
  readonly deliver: () => Promise<unknown>
}

function createWorld(
  answers: (attempt: number) => { readonly afterMs: number; readonly result: Delivery },
): World {
  const clock = createSimulatedClock()
  const drops: DropCause[] = []
  let attempts = 0
  let atOnce = 0
  let mostAtOnce = 0
  const trouble = createTroubleLog({
    logger: captureLog().logger,
    name: 'events',
    depth: () => awaited.depth,
    now: () => clock.now(),
  })
  const awaited = createAwaitedDelivery({
    clock,
    random: () => 0,
    trouble,
    onDrop: (cause) => drops.push(cause),
    send: (_, signal) =>
      new Promise((resolve) => {
        const { afterMs, result } = answers(++attempts)
        mostAtOnce = Math.max(mostAtOnce, ++atOnce)
        const end = (delivery: Delivery): void => {
          cancel()
          atOnce--
          resolve(delivery)
        }
        const cancel = clock.after(afterMs, () => {
          end(result)
        })
        const abort = (): void => {
          end({ kind: 'failed', problem: 'aborted' })
        }
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort)
      }),
  })
  return {
    awaited,
    clock,
    drops,
    attempts: () => attempts,
    mostAtOnce: () => mostAtOnce,
    deliver: () =>
      awaited.deliver(createPendingEvent(GRANTED, 'sts.acme.test')).then(
        () => undefined,
        (error: unknown) => error,
      ),
  }
}

const TAKEN: Delivery = { kind: 'taken' }
const FAILED: Delivery = { kind: 'failed', problem: 'network' }
const REFUSED = { code: 'AUDIT_UNAVAILABLE', reason: 'audit_refused' } as const

function assertRefused(error: unknown): void {
  assert.ok(error instanceof Error)
  assert.equal((error as { readonly reason?: unknown }).reason, REFUSED.reason)
}

describe('awaited delivery', () => {
  test('resolves when the receiver has taken the event, not before', async () => {
    const { deliver, clock, awaited } = createWorld(() => ({ afterMs: 100, result: TAKEN }))
    let ended = false
    const delivered = deliver().then((error) => {
      ended = true
      return error
    })
    await clock.pass(99)
    assert.equal(ended, false)
    assert.equal(awaited.depth, 1)
    await clock.pass(1)
    assert.equal(await delivered, undefined)
    assert.equal(awaited.depth, 0)
    assert.equal(clock.timers, 0)
  })

  test('tries again while there is time', async () => {
    const { deliver, clock, attempts } = createWorld((attempt) => ({
      afterMs: 10,
      result: attempt < 4 ? FAILED : TAKEN,
    }))
    const delivered = deliver()
    await clock.pass(2_000)
    assert.equal(await delivered, undefined)
    assert.equal(attempts(), 4)
  })

  test('rejects before the exchange gives up, and never tries again', async () => {
    const { deliver, clock, attempts, drops } = createWorld(() => ({ afterMs: 10, result: FAILED }))
    const delivered = deliver()
    await clock.pass(2_500)
    assertRefused(await delivered)
    assert.deepEqual(drops, ['late'])
    const before = attempts()
    await clock.pass(60_000)
    assert.equal(attempts(), before)
    assert.equal(clock.timers, 0)
  })

  test('rejects when the receiver says nothing', async () => {
    const { deliver, clock, drops } = createWorld(() => ({ afterMs: 60_000, result: TAKEN }))
    const delivered = deliver()
    await clock.pass(2_500)
    assertRefused(await delivered)
    assert.deepEqual(drops, ['late'])
  })

  test('rejects at once when the receiver refuses', async () => {
    const { deliver, clock, drops } = createWorld(() => ({
      afterMs: 0,
      result: { kind: 'refused', status: 403 },
    }))
    const delivered = deliver()
    await clock.pass(0)
    assertRefused(await delivered)
    assert.deepEqual(drops, ['refused'])
  })

  test('sends at most 32 at a time; the others wait their turn', async () => {
    const { deliver, clock, mostAtOnce } = createWorld(() => ({ afterMs: 100, result: TAKEN }))
    const delivered = Promise.all(Array.from({ length: 100 }, deliver))
    await clock.pass(400)
    assert.deepEqual(new Set(await delivered), new Set([undefined]))
    assert.equal(mostAtOnce(), 32)
  })

  test('who waits in vain for a turn is told in time, and leaves it to the next', async () => {
    let silent = true
    const { deliver, clock } = createWorld(() => ({ afterMs: silent ? 60_000 : 0, result: TAKEN }))
    const first = Promise.all(Array.from({ length: 40 }, deliver))
    await clock.pass(2_500)
    for (const error of await first) assertRefused(error)
    silent = false
    const second = Promise.all(Array.from({ length: 40 }, deliver))
    await clock.pass(1)
    assert.deepEqual(new Set(await second), new Set([undefined]))
  })

  test('takes no more than may wait', async () => {
    const { deliver, clock, drops } = createWorld(() => ({ afterMs: 60_000, result: TAKEN }))
    const delivered = Promise.all(Array.from({ length: 32 + 1_000 + 5 }, deliver))
    await clock.pass(0)
    assert.deepEqual(drops, ['full', 'full', 'full', 'full', 'full'])
    await clock.pass(2_500)
    await delivered
  })

  test('rejects all when it ends, and what comes later', async () => {
    const { deliver, awaited, clock, drops } = createWorld(() => ({ afterMs: 60_000, result: TAKEN }))
    const delivered = deliver()
    awaited.close()
    assertRefused(await delivered)
    assertRefused(await deliver())
    assert.deepEqual(drops, ['closed', 'closed'])
    assert.equal(clock.timers, 0)
  })
})
