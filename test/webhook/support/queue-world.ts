import assert from 'node:assert/strict'
import { createReviewQueue, type ReviewQueue } from '../../../pkg/webhook/work/review-queue.ts'
import type { Ticket } from '../../../pkg/webhook/work/ticket.ts'
import {
  createScriptedReviewer,
  DONE,
  requestFor,
  type ScriptedReviewer,
  type Wanted,
} from './scripted-reviewer.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** A queue whose reviewer and clock do what a test says. */
export interface QueueWorld {
  readonly reviewer: ScriptedReviewer
  readonly clock: VirtualClock
  readonly queue: ReviewQueue
  /** Submits a commit that there is room for. */
  readonly submit: (commit: string, wanted?: Wanted) => Ticket
  /** The commits under review, oldest first. */
  readonly commits: () => readonly string[]
  /** Makes an owner's part of the reviewer busy, so that what comes next for it has to wait for its turn. */
  readonly occupy: (owner?: string) => void
  readonly release: (owner?: string) => Promise<void>
}

export function createQueueWorld(maxCommits?: number): QueueWorld {
  const reviewer = createScriptedReviewer()
  const clock = createVirtualClock()
  const limits = maxCommits === undefined ? {} : { maxCommits }
  const queue = createReviewQueue({ reviewer, now: clock.now, schedule: clock.schedule, ...limits })

  function submit(commit: string, wanted?: Wanted): Ticket {
    const ticket = queue.submit(requestFor(commit, wanted))
    assert.ok(ticket, 'there is room')
    return ticket
  }

  return {
    reviewer,
    clock,
    queue,
    submit,
    commits: () => reviewer.running.map(({ commit }) => commit),
    occupy(owner = 'acme') {
      for (let at = 0; at < 4; at += 1) submit(`busy-${owner}-${at}`, { owner })
    },
    async release(owner = 'acme') {
      for (let at = 0; at < 4; at += 1) await reviewer.attemptAt(`busy-${owner}-${at}`).end(DONE)
    },
  }
}
