import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { beforeEach, test } from 'node:test'
import { createReviewQueue, type ReviewQueue } from '../../pkg/webhook/work/review-queue.ts'
import type { Ticket } from '../../pkg/webhook/work/ticket.ts'
import {
  createScriptedReviewer,
  DONE,
  GIVEN_UP,
  requestFor,
  waitFor,
  type ScriptedReviewer,
  type Wanted,
} from './support/scripted-reviewer.ts'
import { createVirtualClock, type VirtualClock } from './support/virtual-clock.ts'

const GRACE_MS = 6_000

let reviewer: ScriptedReviewer
let clock: VirtualClock
let queue: ReviewQueue

beforeEach(() => {
  reviewer = createScriptedReviewer()
  clock = createVirtualClock()
  queue = createReviewQueue({ reviewer, now: clock.now, schedule: clock.schedule })
})

function submit(commit: string, wanted?: Wanted): Ticket {
  const ticket = queue.submit(requestFor(commit, wanted))
  assert.ok(ticket, 'there is room')
  return ticket
}

/** Whether `promise` has been fulfilled or rejected. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  void promise.then(settle, settle)
  await setImmediate()
  return settled
}

test('a queue with nothing in hand is drained at once, and leaves no timer', async () => {
  await queue.drain(GRACE_MS)
  assert.deepEqual(clock.due(), [])
})

test('a queue that is drained takes nothing more, and finishes what is in hand', async () => {
  const tickets = ['a', 'b', 'c', 'd', 'e'].map((commit) => submit(commit))
  const late = submit('a', { sources: ['pull'] })
  const drained = queue.drain(GRACE_MS)
  assert.equal(queue.submit(requestFor('f')), undefined)
  assert.equal(queue.submit(requestFor('a')), undefined)
  for (const commit of ['a', 'b', 'c', 'd', 'e']) await reviewer.attemptAt(commit).end(DONE)
  assert.equal(await isSettled(drained), false)
  await reviewer.attemptAt('a').end(DONE)
  await drained
  for (const { end } of [...tickets, late]) assert.deepEqual(await end, { kind: 'done', checks: 1 })
  assert.deepEqual(clock.due(), [])
})

test('what waits for GitHub is ended at once, and its timer with it', async () => {
  const ticket = submit('a')
  await reviewer.attemptAt('a').end(waitFor(60_000))
  await queue.drain(GRACE_MS)
  assert.deepEqual(reviewer.abandoned, ['a'])
  assert.deepEqual(await ticket.end, { kind: 'given_up' })
  assert.deepEqual(clock.due(), [])
  assert.deepEqual(reviewer.running, [])
})

test('what is being ended is not taken up again when its time comes', async () => {
  let ended: () => void = () => undefined
  const abandon = (): Promise<void> => new Promise((resolve) => (ended = resolve))
  queue = createReviewQueue({ reviewer: { ...reviewer, abandon }, now: clock.now, schedule: clock.schedule })
  submit('a')
  await reviewer.attemptAt('a').end(waitFor(500))
  const drained = queue.drain(GRACE_MS)
  clock.advance(500)
  assert.deepEqual(reviewer.running, [])
  ended()
  await drained
})

test('what would have to wait for GitHub is ended, too, with those who came late', async () => {
  const tickets = [submit('a'), submit('a', { again: true })]
  const drained = queue.drain(GRACE_MS)
  await reviewer.attemptAt('a').end(waitFor(2_000))
  await drained
  assert.deepEqual(reviewer.abandoned, ['a'])
  for (const { end } of tickets) assert.deepEqual(await end, { kind: 'given_up' })
})

test('after a third of the grace no review is begun, and those that have not begun are given up', async () => {
  const begun = ['a', 'b', 'c', 'd'].map((commit) => submit(commit))
  const waiting = submit('e')
  const drained = queue.drain(GRACE_MS)
  clock.advance(GRACE_MS / 3 - 1)
  assert.equal(await isSettled(waiting.end), false)
  clock.advance(1)
  assert.deepEqual(await waiting.end, { kind: 'given_up' })
  const [attempt] = reviewer.running
  assert.deepEqual(
    [attempt?.signals.closing.aborted, attempt?.signals.stopping.aborted],
    [true, false],
    'the others still end what they have begun',
  )
  for (const { end } of [...reviewer.running]) await end(DONE)
  await drained
  for (const { end } of begun) assert.deepEqual(await end, { kind: 'done', checks: 1 })
})

test('after the grace all calls are given up, and every ticket ends', async () => {
  const tickets = ['a', 'b', 'c', 'd', 'e'].map((commit) => submit(commit))
  tickets.push(submit('a', { again: true }))
  const drained = queue.drain(GRACE_MS)
  clock.advance(GRACE_MS)
  for (const { signals, end } of [...reviewer.running]) {
    assert.equal(signals.stopping.aborted, true)
    await end(GIVEN_UP)
  }
  await drained
  for (const { end } of tickets) assert.deepEqual(await end, { kind: 'given_up' })
  assert.deepEqual(reviewer.running, [])
  assert.deepEqual([...reviewer.abandoned].sort(), ['a', 'b', 'c', 'd', 'e'])
  assert.equal(queue.depth, 0)
})
