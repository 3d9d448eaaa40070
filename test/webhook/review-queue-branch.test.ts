import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { FileSource, PushedFile } from '../../pkg/webhook/event/review-request.ts'
import { createQueueWorld, type QueueWorld } from './support/queue-world.ts'
import { DONE, headAt, requestFor, waitFor, type ScriptedReviewer } from './support/scripted-reviewer.ts'
import type { VirtualClock } from './support/virtual-clock.ts'

const HOUR_MS = 3_600_000

let reviewer: ScriptedReviewer
let clock: VirtualClock
let queue: QueueWorld['queue']
let submit: QueueWorld['submit']
let commits: QueueWorld['commits']
let occupy: QueueWorld['occupy']
let release: QueueWorld['release']

beforeEach(() => {
  ;({ reviewer, clock, queue, submit, commits, occupy, release } = createQueueWorld())
})

describe('a branch', () => {
  test('has its newest commit reviewed, about what those before it brought', async () => {
    occupy()
    const older = submit('older', { head: headAt(1), sources: ['base..older'] })
    const newer = submit('newer', { head: headAt(2), sources: ['older..newer'] })
    await release()
    assert.deepEqual(commits(), ['newer'])
    assert.deepEqual(reviewer.attemptAt('newer').sources, ['older..newer', 'base..older'])
    await reviewer.attemptAt('newer').end(DONE)
    for (const { end } of [older, newer]) assert.deepEqual(await end, { kind: 'done', checks: 1 })
  })

  test('keeps its newest commit when an older push is delivered later', async () => {
    occupy()
    submit('newer', { head: headAt(2) })
    submit('older', { head: headAt(1) })
    await release()
    assert.deepEqual(commits(), ['newer', 'older'])
  })

  test('has what older commits have written read, as far as it is still there', async () => {
    occupy()
    const listed = (...states: readonly PushedFile['state'][]): FileSource => {
      return { kind: 'listed', base: 'base', files: states.map((state) => ({ path: state, state })) }
    }
    const sources = [listed('added', 'changed', 'doubtful', 'removed')]
    assert.ok(queue.submit({ ...requestFor('older', { head: headAt(1) }), sources }))
    submit('newer', { head: headAt(2), sources: [] })
    await release()
    assert.deepEqual(reviewer.attemptAt('newer').job.sources, [
      {
        kind: 'listed',
        base: 'base',
        files: [
          { path: 'added', state: 'doubtful' },
          { path: 'changed', state: 'doubtful' },
          { path: 'doubtful', state: 'doubtful' },
          { path: 'removed', state: 'removed' },
        ],
      },
    ])
  })

  test('has a commit reviewed about all pushes that have led to it', async () => {
    occupy()
    const listed = (path: string): FileSource => {
      return { kind: 'listed', base: 'base', files: [{ path, state: 'added' }] }
    }
    const none: FileSource = { kind: 'listed', base: 'base', files: [] }
    for (const source of [none, listed('a'), listed('b'), listed('a')]) {
      assert.ok(queue.submit({ ...requestFor('commit', { head: headAt(1) }), sources: [source] }))
    }
    await release()
    assert.deepEqual(reviewer.attemptAt('commit').job.sources, [none, listed('a'), listed('b')])
  })

  test('supersedes what came late about an older commit', async () => {
    occupy()
    await reviewer.attemptAt('busy-acme-0').end(DONE)
    submit('older', { head: headAt(1) })
    submit('next')
    submit('older', { head: headAt(1), sources: ['pull'] })
    await reviewer.attemptAt('older').end(DONE)
    submit('newer', { head: headAt(2) })
    for (let at = 1; at < 4; at += 1) await reviewer.attemptAt(`busy-acme-${at}`).end(DONE)
    assert.deepEqual(commits(), ['next', 'newer'])
  })

  test('is superseded by no commit of another branch, or of the same time', async () => {
    occupy()
    submit('a', { head: headAt(1) })
    submit('b', { head: headAt(2, 'topic') })
    submit('c', { head: headAt(1) })
    await release()
    assert.deepEqual(commits(), ['a', 'b', 'c'])
  })

  test('has a commit reviewed that something else than the branch wants', async () => {
    occupy()
    submit('pinned', { head: headAt(1) })
    submit('pinned')
    submit('of-two', { head: headAt(1) })
    submit('of-two', { head: headAt(1, 'topic') })
    submit('newest', { head: headAt(2) })
    await release()
    assert.deepEqual(commits(), ['pinned', 'of-two', 'newest'])
  })

  test('leaves a review alone that has begun', async () => {
    const older = submit('older', { head: headAt(1) })
    submit('newer', { head: headAt(2) })
    assert.deepEqual(commits(), ['older', 'newer'])
    await reviewer.attemptAt('older').end(DONE)
    assert.deepEqual(await older.end, { kind: 'done', checks: 1 })
  })

  test('has the check run of a superseded commit ended, with patience', async () => {
    submit('older', { head: headAt(1) })
    const { job, end } = reviewer.attemptAt('older')
    job.run = { id: 1, sent: new Set() }
    await end(waitFor(HOUR_MS))
    submit('newer', { head: headAt(2) })
    assert.deepEqual(commits(), ['older', 'newer'], 'it is not left to its hour')
    assert.equal(reviewer.attemptAt('older').job.isSuperseded, true)
    await reviewer.attemptAt('older').end(waitFor(5_000))
    clock.advance(5_000)
    await reviewer.attemptAt('older').end(DONE)
    assert.equal(queue.depth, 1)
    // It has not been reviewed, so whoever comes back to it has it reviewed.
    submit('older', { head: headAt(3) })
    assert.equal(reviewer.attemptAt('older').job.isSuperseded, false)
  })

  test('comes back to a superseded commit', async () => {
    submit('older', { head: headAt(1) })
    const { job, end } = reviewer.attemptAt('older')
    job.run = { id: 1, sent: new Set() }
    await end(waitFor(HOUR_MS))
    submit('newer', { head: headAt(2) })
    const back = submit('older', { head: headAt(3) })
    await reviewer.attemptAt('older').end(DONE)
    assert.equal(reviewer.attemptAt('older').job.isSuperseded, false)
    await reviewer.attemptAt('older').end(DONE)
    assert.deepEqual(await back.end, { kind: 'done', checks: 1 })
  })
})
