import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { createReviewQueue } from '../../pkg/webhook/work/review-queue.ts'
import type { ReviewEnd, Ticket } from '../../pkg/webhook/work/ticket.ts'
import {
  createScriptedReviewer,
  DONE,
  GIVEN_UP,
  type headAt,
  requestFor,
  waitFor,
  type ScriptedAttempt,
} from './support/scripted-reviewer.ts'
import { createVirtualClock } from './support/virtual-clock.ts'

const COMMITS = ['a', 'b', 'c', 'd', 'e', 'f']
const OWNERS = ['acme', 'zeta']
const GRACE_MS = 6_000

type Step =
  | {
      readonly kind: 'submit'
      readonly commit: string
      readonly owner: string
      readonly source: string
      readonly again: boolean
      readonly head: ReturnType<typeof headAt> | undefined
    }
  | { readonly kind: 'end'; readonly which: number; readonly outcome: 'done' | 'given_up' | 'wait' | 'shown' }
  | { readonly kind: 'advance'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('submit' as const),
    commit: fc.constantFrom(...COMMITS),
    owner: fc.constantFrom(...OWNERS),
    source: fc.constantFrom('x', 'y', 'z'),
    again: fc.boolean(),
    head: fc.option(
      fc.record({ branch: fc.constantFrom('main', 'topic'), pushedAt: fc.integer({ min: 1, max: 5 }) }),
      { nil: undefined },
    ),
  }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(),
    outcome: fc.constantFrom('done' as const, 'given_up' as const, 'wait' as const, 'shown' as const),
  }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 10_000 }) }),
)

/** Who waits for what. */
interface Waiting {
  readonly key: string
  readonly source: string
  readonly head: ReturnType<typeof headAt> | undefined
  readonly ticket: Ticket
  end: ReviewEnd | undefined
}

const keyOf = ({ owner, commit }: { readonly owner: string; readonly commit: string }): string =>
  `${owner}@${commit}`

test('whatever comes in whatever order, no commit is reviewed twice at a time and every ticket ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, drains) => {
      const reviewer = createScriptedReviewer()
      const clock = createVirtualClock()
      const queue = createReviewQueue({ reviewer, now: clock.now, schedule: clock.schedule })
      const all: Waiting[] = []
      /** Sources of the last review of each commit that came to its end. */
      const reported = new Map<string, readonly string[]>()
      let runs = 0

      function check(): void {
        const keys = reviewer.running.map(keyOf)
        assert.equal(new Set(keys).size, keys.length, 'a commit is reviewed twice at a time')
        for (const owner of OWNERS) {
          assert.ok(reviewer.running.filter((one) => one.owner === owner).length <= 4)
        }
      }

      async function end(attempt: ScriptedAttempt, outcome: 'done' | 'given_up' | 'wait' | 'shown') {
        if (outcome === 'shown') attempt.job.run ??= { id: (runs += 1), sent: new Set() }
        if (outcome === 'done' && !attempt.job.isSuperseded) reported.set(keyOf(attempt), attempt.sources)
        const outcomes = { done: DONE, given_up: GIVEN_UP, wait: waitFor(1_000), shown: waitFor(60_000) }
        await attempt.end(outcomes[outcome])
        check()
      }

      for (const one of steps) {
        if (one.kind === 'advance') clock.advance(one.ms)
        if (one.kind === 'end') {
          const attempt = reviewer.running[one.which % Math.max(1, reviewer.running.length)]
          if (attempt !== undefined) await end(attempt, one.outcome)
        }
        if (one.kind === 'submit') {
          const { commit, owner, source, again, head } = one
          const ticket = queue.submit(requestFor(commit, { owner, sources: [source], again, head }))
          assert.ok(ticket)
          const waiting: Waiting = { key: keyOf(one), source, head, ticket, end: undefined }
          all.push(waiting)
          void ticket.end.then((ended) => (waiting.end = ended))
        }
        await setImmediate()
        check()
      }

      if (drains) {
        const drained = queue.drain(GRACE_MS)
        clock.advance(GRACE_MS)
        while (reviewer.running[0] !== undefined) await end(reviewer.running[0], 'given_up')
        await drained
      } else {
        for (let ended = 0; queue.depth > 0; ended += 1) {
          assert.ok(ended < 1_000, 'it comes to an end')
          if (reviewer.running[0] !== undefined) await end(reviewer.running[0], 'done')
          else assert.ok(clock.next(), 'something is to come')
        }
      }
      await setImmediate()
      assert.equal(queue.depth, 0)
      assert.deepEqual(clock.due(), [])
      for (const { ticket } of all) await Promise.all([ticket.end, ticket.progress])

      // What is done is in a report: that of its commit, or of a newer one of the branch.
      for (const { key, source, head, end: ended } of all) {
        if (ended?.kind !== 'done') continue
        const isReported = reported.get(key)?.includes(source) === true
        const isInherited = head !== undefined && [...reported.values()].some((of) => of.includes(source))
        assert.ok(isReported || isInherited, `${key} was to be about ${source}`)
      }
    }),
    { numRuns: 300 },
  )
})
