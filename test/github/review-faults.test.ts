import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { inspect } from 'node:util'
import type { FaultEffect } from '../../emulator/index.ts'
import {
  COMPARE,
  CREATE_CHECK,
  LIST_DELIVERIES,
  REDELIVER,
  startReviewWorld,
  UPDATE_CHECK,
  type ReviewWorld,
} from './support/review.ts'
import { because, FIND, MINT, patient, POLICY_PATH, READ } from './support/world.ts'

const CALL_TIMEOUT_MS = 300

/** Where nothing is to be late. */
const PATIENT_TIMEOUT_MS = 10_000

/** The App's own calls are made once more on a 401, and there is no token to be patient with on a 403. */
type By = 'token' | 'app' | 'mint'

interface Fault {
  readonly effect: FaultEffect
  readonly reason: string
  /** For a mint that may have taken effect. */
  readonly mintReason?: string
  /** Whether what comes back matters: some answers are not read. */
  readonly isOfBody?: true
}

const FAULTS: readonly Fault[] = [
  { effect: { kind: 'reset' }, reason: 'github_network', mintReason: 'mint_unknown' },
  { effect: { kind: 'cut_body' }, reason: 'github_network', mintReason: 'mint_unknown' },
  { effect: { kind: 'timeout' }, reason: 'github_timeout', mintReason: 'mint_unknown' },
  { effect: { kind: 'slow', delayMs: 1000 }, reason: 'github_timeout', mintReason: 'mint_unknown' },
  {
    effect: { kind: 'bad_json' },
    reason: 'github_answer_malformed',
    mintReason: 'mint_unknown',
    isOfBody: true,
  },
  {
    effect: { kind: 'wrong_type' },
    reason: 'github_answer_malformed',
    mintReason: 'mint_unknown',
    isOfBody: true,
  },
  { effect: { kind: 'status', status: 500, body: '<html>' }, reason: 'github_unavailable' },
  { effect: { kind: 'status', status: 400 }, reason: 'github_refused' },
  { effect: { kind: 'status', status: 204 }, reason: 'github_refused' },
  { effect: { kind: 'status', status: 429 }, reason: 'github_rate_limited' },
  ...[401, 403, 404, 422].map((status) => ({
    effect: { kind: 'status', status, headers: { 'retry-after': '17' } } as const,
    reason: 'github_rate_limited',
  })),
]

interface Question {
  readonly name: string
  readonly operation: string
  readonly by: By
  readonly ask: (world: ReviewWorld) => Promise<unknown>
  /** Whether the body of its answer is read. */
  readonly isRead: boolean
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'minting a token',
    operation: MINT,
    by: 'mint',
    isRead: true,
    ask: ({ app, target }) => app.reviews.readFileAt(target, { path: POLICY_PATH, ref: 'main' }, patient),
  },
  {
    name: 'reading a file',
    operation: READ,
    by: 'token',
    isRead: true,
    ask: ({ app, target }) => app.reviews.readFileAt(target, { path: POLICY_PATH, ref: 'main' }, patient),
  },
  {
    name: 'listing a folder',
    operation: READ,
    by: 'token',
    isRead: true,
    ask: ({ app, target }) => app.reviews.listFolder(target, { path: '.github', ref: 'main' }, patient),
  },
  {
    name: 'comparing commits',
    operation: COMPARE,
    by: 'token',
    isRead: true,
    ask: ({ app, target }) => app.reviews.compareCommits(target, { base: 'main', head: 'topic' }, patient),
  },
  { name: 'creating a check run', operation: CREATE_CHECK, by: 'token', isRead: true, ask: createCheck },
  {
    name: 'updating a check run',
    operation: UPDATE_CHECK,
    by: 'token',
    isRead: false,
    async ask(world) {
      const run = world.github.findRepository('acme/widgets')?.checkRuns[0] ?? (await createCheck(world))
      await world.app.reviews.updateCheckRun(world.target, run.id, { conclusion: 'success' }, patient)
    },
  },
  {
    name: 'finding a repository that is not covered, all at once',
    operation: MINT,
    by: 'mint',
    isRead: true,
    ask: ({ app, target }) => app.reviews.findUnseenRepositories(target, ['widgets'], patient),
  },
  {
    name: 'finding a repository that is not covered, one by one',
    operation: FIND,
    by: 'app',
    isRead: true,
    ask: ({ app, target }) => app.reviews.findUnseenRepositories(target, ['widgets', 'missing'], patient),
  },
  {
    name: 'listing deliveries',
    operation: LIST_DELIVERIES,
    by: 'app',
    isRead: true,
    ask: ({ app }) => app.listDeliveries({ sinceMs: 0, ...patient }),
  },
  {
    name: 'redelivering',
    operation: REDELIVER,
    by: 'app',
    isRead: false,
    ask: ({ app, github }) => app.redeliver(String(github.deliveries[0]?.id), patient),
  },
]

function createCheck(world: ReviewWorld): Promise<{ readonly id: number }> {
  const run = { name: 'check', headSha: world.headOf('main') }
  return world.app.reviews.createCheckRun(world.target, run, patient)
}

async function startBusyWorld(callTimeoutMs: number): Promise<ReviewWorld> {
  const world = await startReviewWorld({ app: { callTimeoutMs } })
  world.github.setWebhook({ id: world.appId }, { url: 'http://127.0.0.1:1/', secret: 'hook-secret' })
  world.github.push({ repository: 'acme/widgets', branch: 'topic', files: { a: 'a' } })
  await world.github.deliveriesSettled()
  world.takeCalls()
  return world
}

describe('N: a fault of GitHub in a review', () => {
  let world: ReviewWorld
  afterEach(() => world.close())

  for (const { name, operation, by, isRead, ask } of QUESTIONS) {
    for (const { effect, reason, mintReason = reason, isOfBody } of FAULTS) {
      if (isOfBody === true && !isRead) continue
      it(`while ${name} is typed, and nothing is remembered of it: ${JSON.stringify(effect)}`, async () => {
        world = await startBusyWorld(CALL_TIMEOUT_MS)
        if (by !== 'mint') await ask(world)
        world.takeCalls()
        const end = world.github.fault({ ...effect, match: operation })
        await assert.rejects(ask(world), because(by === 'mint' ? mintReason : reason))
        end()
        await ask(world)
      })
    }
  }

  it('is met by asking again where that helps, for writes too', async () => {
    world = await startBusyWorld(PATIENT_TIMEOUT_MS)
    for (const { operation, by, ask } of QUESTIONS) {
      if (by === 'mint') continue
      world.failNext(operation, { kind: 'reset', worked: true })
      world.failNext(operation, { kind: 'status', status: 502 })
      await ask(world)
    }
    const runs = world.github.findRepository('acme/widgets')?.checkRuns.length
    assert.equal(runs, 2, 'the first of them is left behind')
  })

  it('shows in no error: neither token nor JWT nor what GitHub sent', async () => {
    world = await startBusyWorld(PATIENT_TIMEOUT_MS)
    const body = { message: 'canary-text', token: 'ghs_canary' }
    for (const { name, operation, ask } of QUESTIONS) {
      await ask(world)
      for (const status of [200, 201, 202, 400, 403, 422, 500]) {
        world.app.forgetRepository(world.target)
        const end = world.github.fault({ kind: 'status', status, body, match: operation })
        const outcome: unknown = await ask(world).catch((thrown: unknown) => thrown)
        if (outcome instanceof Error) {
          assert.doesNotMatch(inspect(outcome, { depth: 10 }), /canary|ghs_|eyJ/, `${name} ${status}`)
        }
        end()
      }
    }
  })

  it('that makes an answer endless is ended by its size', async () => {
    world = await startBusyWorld(PATIENT_TIMEOUT_MS)
    const huge = 'x'.repeat(16 * 1024 * 1024)
    for (const operation of [COMPARE, READ, CREATE_CHECK]) {
      world.failNext(operation, { kind: 'answer', rewrite: () => [{ huge }] })
    }
    const { reviews } = world.app
    const unknown = { files: [], complete: false }
    const range = { base: 'main', head: 'topic' }
    assert.deepEqual(await reviews.compareCommits(world.target, range, patient), unknown)
    const listing = reviews.listFolder(world.target, { path: '.github', ref: 'main' }, patient)
    await assert.rejects(listing, because('github_answer_malformed'))
    await assert.rejects(createCheck(world), because('github_answer_malformed'))
  })

  it('that says a comparison cannot be made gives one that is not complete', async () => {
    world = await startBusyWorld(PATIENT_TIMEOUT_MS)
    world.failNext(COMPARE, { kind: 'status', status: 422, body: { message: 'not available' } })
    const range = { base: 'main', head: 'topic' }
    const compared = await world.app.reviews.compareCommits(world.target, range, patient)
    assert.deepEqual(compared, { files: [], complete: false })
  })
})
