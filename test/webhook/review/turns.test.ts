import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { ChangedPolicy } from '../../../pkg/webhook/change/change.ts'
import { createPolicyReviewer } from '../../../pkg/webhook/review/policy-reviewer.ts'
import { createTurns } from '../../../pkg/webhook/review/turns.ts'
import { inspectFile, inspectRemovedList } from '../../../pkg/webhook/review/inspect-file.ts'

const POLICY = Buffer.from(
  [
    'issuer: https://token.actions.githubusercontent.com',
    'subject: repo:acme@42/app@7:ref:refs/heads/main',
    'permissions: { issues: read }',
    '',
  ].join('\n'),
)
const LIST = Buffer.from('issuers: [https://a.example]\n')
const PLACE = { owner: 'acme', repository: '.github' }

/** Counts the rounds of the event loop: gives the number of the one that is under way. */
function countRounds(t: TestContext): () => number {
  let round = 0
  let next: NodeJS.Immediate
  const begin = (): void => {
    next = setImmediate(() => {
      round += 1
      begin()
    })
  }
  begin()
  t.after(() => {
    clearImmediate(next)
  })
  return () => round
}

describe('turns', () => {
  test('are never two in one round of the event loop, however many ask at a time', async (t) => {
    const currentRound = countRounds(t)
    const takeTurn = createTurns()
    const rounds: number[] = []
    const work = async (pieces: number): Promise<void> => {
      for (let piece = 0; piece < pieces; piece += 1) {
        await takeTurn()
        rounds.push(currentRound())
      }
    }
    await Promise.all([work(1), work(3), work(10), work(3), work(10)])
    assert.equal(rounds.length, 27)
    assert.equal(new Set(rounds).size, 27)
  })

  test('come in the order in which they were asked for', async () => {
    const takeTurn = createTurns()
    const order: number[] = []
    await Promise.all([0, 1, 2, 3].map((at) => takeTurn().then(() => order.push(at))))
    assert.deepEqual(order, [0, 1, 2, 3])
  })

  test('are not given in the round in which they are asked for, though nobody else waits', async (t) => {
    const currentRound = countRounds(t)
    const takeTurn = createTurns()
    for (let piece = 0; piece < 3; piece += 1) {
      const before = currentRound()
      await takeTurn()
      assert.ok(currentRound() > before)
    }
  })
})

test('a file is inspected in three pieces, and a removed list in one', async () => {
  let turns = 0
  const takeTurn = (): Promise<void> => {
    turns += 1
    return Promise.resolve()
  }
  const turnsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = turns
    await work()
    return turns - before
  }
  const context = { place: PLACE, options: { orgPolicyRepo: '.github' }, takeTurn }
  const found = (bytes: Buffer) => ({ kind: 'found', bytes, etag: undefined, blob: '' }) as const
  const policy = { kind: 'trust-policy', path: 'a.sts.yaml', level: 'organization' } as const
  const list = { kind: 'issuer-list', path: 'issuers.yaml' } as const

  assert.equal(await turnsOf(() => inspectFile(policy, { now: POLICY, before: found(POLICY) }, context)), 3)
  assert.equal(await turnsOf(() => inspectFile(list, { now: LIST, before: found(LIST) }, context)), 3)
  assert.equal(await turnsOf(() => inspectRemovedList(list, found(LIST), context)), 1)
})

test('all policies take turns with each other, those of one commit and those of others', async (t) => {
  const found = { kind: 'found', bytes: POLICY, etag: undefined, blob: '' } as const
  const review = createPolicyReviewer({
    reviews: {
      readFileAt: () => Promise.resolve(found),
      listFolder: () => Promise.resolve(undefined),
      findUnseenRepositories: () => Promise.resolve([]),
    },
    findInstallation: () =>
      Promise.resolve({ permissions: { issues: 'read' }, account: { login: 'acme', id: 42 } }),
    policies: {
      orgPolicyRepo: '.github',
      strict: false,
      allowOrganizationPermissions: false,
      allowLoopback: false,
    },
  })
  const policies = Array.from({ length: 6 }, (_, at): ChangedPolicy => {
    const path = `.github/chainguard/${at}.sts.yaml`
    const file = { kind: 'trust-policy', path, level: 'repository' } as const
    return { file, presence: 'there', blob: undefined, before: { path, ref: 'main' } }
  })
  const target = { owner: 'acme', repository: 'app', installationId: 99, accountId: 42 }

  const currentRound = countRounds(t)
  const before = currentRound()
  const commits = ['a', 'b', 'c'].map((digit) => ({ target, headSha: digit.repeat(40) }))
  await Promise.all(commits.map((commit) => review(policies, commit, AbortSignal.timeout(10_000))))
  assert.ok(currentRound() - before >= commits.length * policies.length * 3)
})
