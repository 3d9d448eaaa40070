import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { secondaryRateLimit, type FaultMatch } from '../../emulator/index.ts'
import { CLOSE, COMPARE, OPEN, READ } from './support/operations.ts'
import { BAD, FOLDER, GOOD, WIDER } from './support/policies.ts'
import { startWorkWorld, until, type WorkWorld } from './support/work-world.ts'

const HOUR_MS = 3_600_000
const NOT_FOUND = { kind: 'status', status: 404 } as const

let w: WorkWorld

beforeEach(async () => {
  w = await startWorkWorld()
})
afterEach(() => w.close())

type Files = Readonly<Record<string, string | null>>

/** Pushes to a branch of acme/app, and waits until the webhook has heard of it. */
function push(files: Files, branch = 'topic'): Promise<string> {
  return w.heard('push', () => w.github.push({ repository: 'acme/app', branch, files }).after)
}

function checksOf(headSha: string) {
  const { checkRuns = [] } = w.github.findRepository('acme/app') ?? {}
  return checkRuns.filter(({ suite }) => suite.headSha === headSha)
}

function operations(): readonly (string | undefined)[] {
  return w.github.calls.map(({ operation }) => operation)
}

describe('a commit that GitHub does not find yet', () => {
  test('is not taken for one without the policy that its push names', async () => {
    const late = w.github.fault({ ...NOT_FOUND, match: isOneOf([READ, COMPARE]) })
    const head = await push({ [`${FOLDER}/a.sts.yaml`]: BAD })
    await w.run(1_000)
    assert.equal(checksOf(head)[0]?.status, 'in_progress')
    late()
    await w.run()
    assert.equal(checksOf(head)[0]?.conclusion, 'failure')
    assert.equal(checksOf(head)[0]?.annotations.length, 2)
  })

  test('is not taken for one without policies when all that is known is the commit', async () => {
    const late = w.github.fault({ ...NOT_FOUND, match: isOneOf([READ, COMPARE]) })
    const commits = Array.from({ length: 2_049 }, (_, at) => ({ files: { 'n.txt': String(at) } }))
    const head = await w.heard(
      'push',
      () =>
        w.github.push({
          repository: 'acme/app',
          branch: 'long',
          commits: [{ files: { [`${FOLDER}/a.sts.yaml`]: BAD } }, ...commits],
        }).after,
    )
    await w.run(1_000)
    late()
    await w.run()
    assert.equal(checksOf(head)[0]?.conclusion, 'failure')
  })

  test('is left to its author when it is never found', async () => {
    w.github.fault({ ...NOT_FOUND, match: isOneOf([READ, COMPARE]) })
    const head = await push({ [`${FOLDER}/a.sts.yaml`]: GOOD })
    await w.run(2 * HOUR_MS)
    assert.equal(checksOf(head)[0]?.conclusion, 'failure')
    assert.match(checksOf(head)[0]?.output.title ?? '', /could not be checked/)
  })
})

test('a policy that the head does not have although a commit of the push wrote it is no failure', async () => {
  await push({ [`${FOLDER}/a.sts.yaml`]: GOOD, [`${FOLDER}/gone.sts.yaml`]: BAD })
  const head = await push({ [`${FOLDER}/a.sts.yaml`]: WIDER, [`${FOLDER}/gone.sts.yaml`]: null })
  await w.run()
  await w.github.deliveriesSettled()
  const told = w.github.deliveries.find(
    ({ message, requestBody }) => message.event === 'push' && requestBody.includes(`"after":"${head}"`),
  )
  const payload = JSON.parse(String(told?.requestBody)) as { readonly commits: readonly object[] }
  // As GitHub tells of a merge that settled a conflict by leaving the file out.
  const modified = [`${FOLDER}/gone.sts.yaml`, `${FOLDER}/a.sts.yaml`]
  const commits = payload.commits.map((commit) => ({ ...commit, modified, removed: [] }))
  const merged = { ...payload, before: '1'.repeat(40), commits }
  await w.heard('push', () => void w.github.deliver(w.world.app, { event: 'push', payload: merged }))
  await w.run()
  assert.deepEqual(
    checksOf(head).map(({ conclusion }) => conclusion),
    ['success', 'success'],
  )
})

describe('a check that could not be done', () => {
  test('is ended when it is asked for again and there turns out to be nothing to check', async () => {
    const mend = w.github.fault({ kind: 'status', status: 403, match: COMPARE })
    const { after: head } = w.unheard(() =>
      w.github.push({ repository: 'acme/app', branch: 'topic', files: { 'a.txt': '1' } }),
    )
    await w.heard('pull_request', () => w.github.openPullRequest({ repository: 'acme/app', head: 'topic' }))
    await w.run()
    const [failed] = checksOf(head)
    assert.equal(failed?.conclusion, 'failure')
    mend()
    await w.heard('check_run', () => {
      w.github.rerequestCheckRun('acme/app', failed.id)
    })
    await w.run()
    assert.equal(checksOf(head).at(-1)?.conclusion, 'success')
  })

  test('is done when its delivery comes again, which has failed', async () => {
    const mend = w.github.fault({ kind: 'status', status: 403, match: READ })
    const head = await push({ [`${FOLDER}/a.sts.yaml`]: GOOD })
    await w.run()
    assert.equal(checksOf(head)[0]?.conclusion, 'failure')
    await w.github.deliveriesSettled()
    const delivery = w.github.deliveries.findLast(({ message }) => message.event === 'push')
    assert.equal(delivery?.statusCode, 503)
    mend()
    await w.heard('push', () => void w.github.redeliver(delivery.id))
    await w.run()
    assert.equal(checksOf(head).at(-1)?.conclusion, 'success')
  })

  test('is ended although a part of its annotations has been sent', async () => {
    const many = (name: string): string =>
      GOOD + Array.from({ length: 60 }, (_, at) => `${name}${at}: x\n`).join('')
    let updates = 0
    w.github.fault({
      kind: 'status',
      status: 422,
      match: ({ operation }) => operation === CLOSE && (updates += 1) === 2,
    })
    const head = await push({ [`${FOLDER}/a.sts.yaml`]: many('a'), [`${FOLDER}/b.sts.yaml`]: many('b') })
    await w.run()
    const [check] = checksOf(head)
    assert.deepEqual([check?.status, check?.conclusion], ['completed', 'failure'])
    assert.equal(check?.annotations.length, 50)
  })
})

describe('a branch that moves on', () => {
  test('has the check of its older commit ended, also where that has to be tried again', async () => {
    const mend = w.github.fault({ ...secondaryRateLimit(600), match: isOneOf([READ, CLOSE]) })
    const older = await push({ [`${FOLDER}/a.sts.yaml`]: BAD })
    await w.run(0)
    assert.equal(checksOf(older)[0]?.status, 'in_progress')
    w.clock.advance(2_000)
    const newer = await push({ 'readme.md': '1' })
    await w.run(0)
    assert.equal(checksOf(older)[0]?.status, 'in_progress')
    mend()
    await w.run()
    assert.equal(checksOf(older)[0]?.conclusion, 'cancelled')
    assert.equal(checksOf(newer)[0]?.conclusion, 'failure', 'the policy is still in the branch')
  })
})

test('a shutdown begins no check run that it could not end', async () => {
  const { after: head } = w.unheard(() =>
    w.github.push({ repository: 'acme/app', branch: 'topic', files: { [`${FOLDER}/a.sts.yaml`]: GOOD } }),
  )
  let drained: Promise<void> | undefined
  w.github.fault({
    kind: 'reset',
    match({ operation }) {
      if (operation === COMPARE) {
        drained = w.queue.drain(6_000)
        w.clock.advance(2_000)
      }
      return false
    },
  })
  await w.heard('pull_request', () => w.github.openPullRequest({ repository: 'acme/app', head: 'topic' }))
  await until(() => drained !== undefined)
  await drained
  await w.github.deliveriesSettled()
  assert.deepEqual(checksOf(head), [])
  const delivery = w.github.deliveries.findLast(({ message }) => message.event === 'pull_request')
  assert.equal(delivery?.statusCode, 503)
})

test('a commit that GitHub is slow about keeps no other waiting', async () => {
  w.github.fault({ kind: 'timeout', match: ({ path }) => path.includes('stuck.sts.yaml') })
  const stuck = await push({ [`${FOLDER}/stuck.sts.yaml`]: GOOD }, 'stuck')
  const next = await push({ [`${FOLDER}/next.sts.yaml`]: GOOD }, 'next')
  await until(() => checksOf(next)[0]?.conclusion === 'success')
  assert.equal(checksOf(stuck)[0]?.status, 'in_progress')
  assert.ok(operations().includes(OPEN))
  w.github.clearFaults()
})

function isOneOf(wanted: readonly string[]): FaultMatch {
  return ({ operation = '' }) => wanted.includes(operation)
}
