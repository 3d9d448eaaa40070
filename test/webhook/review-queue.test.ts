import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { createQueueWorld, type QueueWorld } from './support/queue-world.ts'
import {
  DONE,
  GIVEN_UP,
  headAt,
  requestFor,
  sourceOf,
  waitFor,
  type ScriptedReviewer,
} from './support/scripted-reviewer.ts'
import type { VirtualClock } from './support/virtual-clock.ts'

const HOUR_MS = 3_600_000

let reviewer: ScriptedReviewer
let clock: VirtualClock
let queue: QueueWorld['queue']
let submit: QueueWorld['submit']
let commits: QueueWorld['commits']
let occupy: QueueWorld['occupy']
let release: QueueWorld['release']

function start(maxCommits?: number): void {
  ;({ reviewer, clock, queue, submit, commits, occupy, release } = createQueueWorld(maxCommits))
}

beforeEach(() => {
  start(40)
})

describe('one commit', () => {
  test('is reviewed once for deliveries that say the same', async () => {
    const tickets = [submit('a'), submit('a'), submit('a')]
    assert.deepEqual(commits(), ['a'])
    await reviewer.attemptAt('a').end(DONE)
    assert.deepEqual(commits(), [])
    for (const { end } of tickets) assert.deepEqual(await end, { kind: 'done', checks: 1 })
    assert.equal(queue.depth, 0)
  })

  test('is read anew when it is asked for while it waits', async () => {
    submit('a', { sources: ['push', 'pull'] })
    const { job, end } = reviewer.attemptAt('a')
    const [push, pull] = job.sources
    await end(waitFor(1_000))
    submit('a', { sources: ['pull'], again: true })
    assert.deepEqual(job.sources, [pull, push])
    assert.notEqual(job.sources[0], pull)
    assert.equal(job.sources[1], push)
  })

  test('is from a fork as long as all deliveries say so', async () => {
    occupy()
    submit('a', { isFromFork: true })
    submit('a', { isFromFork: true, sources: ['pull'] })
    submit('b', { isFromFork: true })
    submit('b', { isFromFork: false })
    await release()
    assert.deepEqual(
      reviewer.running.map(({ job }) => job.isFromFork),
      [true, false],
    )
  })

  test('that waits for its turn gets the sources of all deliveries', async () => {
    occupy()
    const tickets = [submit('a', { sources: ['push'] }), submit('a', { sources: ['pull', 'push'] })]
    await release()
    assert.deepEqual(reviewer.attemptAt('a').sources, ['push', 'pull'])
    await reviewer.attemptAt('a').end(DONE)
    await Promise.all(tickets.map(({ end }) => end))
    assert.deepEqual(commits(), [])
  })

  test('with a further source during its review is reviewed after it, about both', async () => {
    const first = submit('a', { sources: ['push'] })
    const second = submit('a', { sources: ['pull'] })
    assert.deepEqual(commits(), ['a'])
    await reviewer.attemptAt('a').end(DONE)
    assert.deepEqual(await first.end, { kind: 'done', checks: 1 })
    assert.deepEqual([...reviewer.attemptAt('a').sources].sort(), ['pull', 'push'])
    await reviewer.attemptAt('a').end({ kind: 'done', checks: 7 })
    assert.deepEqual(await second.end, { kind: 'done', checks: 7 })
  })

  test('with a further source while it waits is reviewed about both, in one attempt', async () => {
    submit('a', { sources: ['push'] })
    await reviewer.attemptAt('a').end(waitFor(1_000))
    submit('a', { sources: ['pull'] })
    assert.deepEqual(commits(), [])
    clock.advance(1_000)
    assert.deepEqual(reviewer.attemptAt('a').sources, ['push', 'pull'])
  })

  test('whose report was ready loses it when there is more to be reported', async () => {
    submit('a')
    const { job, end } = reviewer.attemptAt('a')
    job.report = { conclusion: 'success', title: '', summary: '', annotations: [] }
    await end(waitFor(1_000))
    submit('a')
    assert.ok(job.report, 'the same is said again')
    submit('a', { sources: ['pull'] })
    assert.equal(job.report, undefined)
  })

  test('is spelled in any case', () => {
    submit('a', { owner: 'Acme' })
    submit('a', { owner: 'acme' })
    assert.deepEqual(commits(), ['a'])
  })

  test('whose review has found out by itself what a delivery tells during it is not reviewed again', async () => {
    const first = submit('a', { sources: ['push'] })
    const covered = submit('a', { sources: ['pull'] })
    const other = submit('a', { sources: ['suite'] })
    const again = submit('a', { sources: ['push'], again: true })
    const { job, end } = reviewer.attemptAt('a')
    // As a new check run names the pull requests that it is of.
    job.sources = [...job.sources, sourceOf('pull')]
    await end(DONE)
    for (const { end } of [first, covered]) assert.deepEqual(await end, { kind: 'done', checks: 1 })
    assert.deepEqual([...reviewer.attemptAt('a').sources].sort(), ['pull', 'push', 'suite'])
    await reviewer.attemptAt('a').end({ kind: 'done', checks: 7 })
    for (const { end } of [other, again]) assert.deepEqual(await end, { kind: 'done', checks: 7 })
    assert.deepEqual(commits(), [])
  })

  test('whose review has not come to its end is reviewed again for what a delivery tells during it', async () => {
    submit('a', { sources: ['push'] })
    const late = submit('a', { sources: ['pull'] })
    const { job, end } = reviewer.attemptAt('a')
    job.sources = [...job.sources, sourceOf('pull')]
    await end(GIVEN_UP)
    await reviewer.attemptAt('a').end(DONE)
    assert.deepEqual(await late.end, { kind: 'done', checks: 1 })
  })

  test('that was given up is given up for those who came in time, and tried for those who came late', async () => {
    const first = submit('a')
    const late = submit('a', { again: true })
    await reviewer.attemptAt('a').end(GIVEN_UP)
    assert.deepEqual(await first.end, { kind: 'given_up' })
    await reviewer.attemptAt('a').end(DONE)
    assert.deepEqual(await late.end, { kind: 'done', checks: 1 })
  })
})

describe('a finished commit', () => {
  test('is not reviewed again within the hour, and is after it', async () => {
    submit('a', { sources: ['push', 'pull'] })
    await reviewer.attemptAt('a').end(DONE)
    clock.advance(HOUR_MS - 1)
    assert.deepEqual(await submit('a', { sources: ['pull'] }).end, { kind: 'done', checks: 0 })
    assert.deepEqual(commits(), [])
    clock.advance(1)
    submit('a', { sources: ['pull'] })
    assert.deepEqual(commits(), ['a'])
  })

  test('is reviewed again for a further source, and then about the former ones too', async () => {
    submit('a', { sources: ['push'] })
    const [push] = reviewer.attemptAt('a').job.sources
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { sources: ['pull'] })
    const { job, sources } = reviewer.attemptAt('a')
    assert.deepEqual(sources, ['pull', 'push'])
    assert.notEqual(job.sources[1], push, 'what was read is known of the source itself, and not kept')
  })

  test('is reviewed again when somebody asks for it, who is to see an answer', async () => {
    submit('a')
    assert.equal(reviewer.attemptAt('a').job.isAsked, false)
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { again: true })
    assert.equal(reviewer.attemptAt('a').job.isAsked, true)
  })

  test('is not one that was given up, whose sources are remembered all the same', async () => {
    submit('a', { sources: ['push', 'pull'] })
    await reviewer.attemptAt('a').end(GIVEN_UP)
    submit('a', { sources: ['push'] })
    assert.deepEqual(reviewer.attemptAt('a').sources, ['push', 'pull'])
    await reviewer.attemptAt('a').end(DONE)
    assert.deepEqual(await submit('a', { sources: ['pull'] }).end, { kind: 'done', checks: 0 })
  })

  test('is not one that was done, and given up when it was asked for again', async () => {
    submit('a')
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { again: true })
    await reviewer.attemptAt('a').end(GIVEN_UP)
    submit('a')
    assert.deepEqual(commits(), ['a'], 'its last check run says nothing about its policies')
  })

  test('is not one that was done, and superseded when it was asked for again', async () => {
    submit('a')
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { sources: ['pull'], again: true, head: headAt(1) })
    reviewer.attemptAt('a').job.run = { id: 2, sent: new Set() }
    await reviewer.attemptAt('a').end(waitFor(HOUR_MS))
    submit('b', { head: headAt(2) })
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { head: headAt(3) })
    assert.equal(reviewer.attemptAt('a').job.isSuperseded, false, 'its last check run was cancelled')
    assert.deepEqual([...reviewer.attemptAt('a').sources].sort(), ['pull', 'push'])
  })

  test('that is asked for again is read anew, also for the sources that are known', async () => {
    submit('a', { sources: ['push', 'pull'] })
    const [first] = reviewer.attemptAt('a').job.sources
    await reviewer.attemptAt('a').end(DONE)
    submit('a', { sources: ['push'], again: true })
    const { job, sources } = reviewer.attemptAt('a')
    assert.deepEqual(sources, ['push', 'pull'])
    assert.notEqual(job.sources[0], first, 'what was read is known of the source itself')
  })
})

describe('many commits', () => {
  test('are reviewed 4 at a time for an owner, and 16 in all', async () => {
    for (const owner of ['a', 'b', 'c', 'd', 'e']) {
      for (let at = 0; at < 5; at += 1) submit(`${owner}${at}`, { owner })
    }
    assert.equal(queue.depth, 25)
    const running = commits()
    assert.deepEqual(
      running,
      ['a', 'b', 'c', 'd'].flatMap((owner) => [0, 1, 2, 3].map((at) => `${owner}${at}`)),
    )
    await reviewer.attemptAt('b2').end(DONE)
    assert.equal(commits().at(-1), 'b4')
    await reviewer.attemptAt('c0').end(waitFor(60_000))
    assert.equal(commits().length, 16, 'one that waits for GitHub takes no place')
  })

  test('of one owner leave room for those of others', async () => {
    start()
    for (let at = 0; at < 200; at += 1) submit(`c${at}`)
    assert.equal(queue.submit(requestFor('one-more')), undefined)
    assert.equal(queue.submit(requestFor('one-more', { owner: 'ACME' })), undefined, 'in any case')
    submit('c1', { sources: ['pull'] })
    submit('one-more', { owner: 'zeta' })
    await reviewer.attemptAt('c0').end(DONE)
    submit('one-more')
    assert.equal(queue.submit(requestFor('two-more')), undefined)
    for (let owner = 0; queue.depth < 2_000; owner += 1) {
      for (let at = 0; at < 100 && queue.depth < 2_000; at += 1) submit(`d${at}`, { owner: `o${owner}` })
    }
    assert.equal(queue.submit(requestFor('too-many', { owner: 'late' })), undefined)
  })

  test('beyond what there is room for are refused, those known are not', async () => {
    for (let at = 0; at < 40; at += 1) submit(`c${at}`, { owner: `o${at}` })
    assert.equal(queue.submit(requestFor('one-more')), undefined)
    assert.ok(queue.submit(requestFor('c1', { owner: 'o1' })))
    await reviewer.attemptAt('c0').end(DONE)
    assert.ok(queue.submit(requestFor('c0', { owner: 'o0' })), 'nothing is to do for it')
    assert.ok(queue.submit(requestFor('one-more')))
  })
})

describe('a ticket', () => {
  test('tells of a long wait, and not of a short one', async () => {
    const told = submit('a')
    await reviewer.attemptAt('a').end({ kind: 'wait', ms: 60_000, reason: 'github_rate_limited' })
    assert.deepEqual(await told.progress, { kind: 'waits', ms: 60_000, reason: 'github_rate_limited' })
    const untold = submit('b')
    await reviewer.attemptAt('b').end(waitFor(2_000))
    clock.advance(2_000)
    await reviewer.attemptAt('b').end(DONE)
    assert.deepEqual(await untold.progress, { kind: 'done', checks: 1 })
  })

  test('is hopeful until its own review has failed, and again as soon as that has a check run', async () => {
    const first = submit('a')
    assert.equal(first.isHopeful(), true)
    reviewer.attemptAt('a').job.hasFailed = true
    assert.equal(first.isHopeful(), false)
    const late = submit('a', { again: true })
    assert.equal(late.isHopeful(), true, 'its own review has not begun')
    reviewer.attemptAt('a').job.run = { id: 1, sent: new Set() }
    assert.equal(first.isHopeful(), true)
    await reviewer.attemptAt('a').end(DONE)
    reviewer.attemptAt('a').job.hasFailed = true
    assert.equal(late.isHopeful(), false, 'the check run of another review is none of its own')
    reviewer.attemptAt('a').job.run = { id: 2, sent: new Set() }
    assert.equal(late.isHopeful(), true)
  })

  test('of a superseded commit follows the newer one', async () => {
    occupy()
    const older = submit('older', { head: headAt(1) })
    submit('newer', { head: headAt(2) })
    await release()
    reviewer.attemptAt('newer').job.hasFailed = true
    assert.equal(older.isHopeful(), false)
  })
})
