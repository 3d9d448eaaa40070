import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { secondaryRateLimit } from '../../emulator/index.ts'
import { CLOSE, OPEN, READ } from './support/operations.ts'
import { FOLDER, GOOD } from './support/policies.ts'
import { startWorkWorld, type WorkWorld } from './support/work-world.ts'

const MINUTE_MS = 60_000

let w: WorkWorld

beforeEach(async () => {
  w = await startWorkWorld()
})
afterEach(() => w.close())

function push(content = GOOD): Promise<string> {
  return w.heard('push', () => {
    const files = { [`${FOLDER}/new.sts.yaml`]: content }
    return w.github.push({ repository: 'acme/app', files }).after
  })
}

function checkOf(headSha: string) {
  const { checkRuns = [] } = w.github.findRepository('acme/app') ?? {}
  return checkRuns.find(({ suite }) => suite.headSha === headSha)
}

/** The answer to the last push. */
async function answer() {
  await w.github.deliveriesSettled()
  const last = w.github.deliveries.findLast(({ message }) => message.event === 'push')
  return { status: last?.statusCode, retryAfter: last?.responseHeaders['retry-after'] }
}

test('a check that is limited while it is in progress says so, and goes on when it is told to', async () => {
  const mend = w.github.fault({ ...secondaryRateLimit(90), match: READ })
  const head = await push()
  await w.run(0)
  assert.equal((await answer()).status, 202)
  assert.equal(checkOf(head)?.status, 'in_progress')
  const goesOn = new Date(w.clock.now() + 91_000).toISOString().slice(11, 16)
  assert.match(checkOf(head)?.output.title ?? '', /rate limit/)
  assert.ok(checkOf(head)?.output.summary?.includes(goesOn))
  mend()
  await w.run(89_000)
  assert.equal(checkOf(head)?.status, 'in_progress')
  await w.run(2_000)
  assert.equal(checkOf(head)?.conclusion, 'success')
  assert.doesNotMatch(checkOf(head)?.output.title ?? '', /rate limit/)
})

test('a check whose hourly limit is spent stays in progress, and ends at the reset', async () => {
  await push()
  await w.run()
  const installation = { installation: installationId() }
  w.github.setRateLimit(installation, { remaining: 1, resetAt: w.clock.now() + 30 * MINUTE_MS })
  const head = await push(`${GOOD}# more\n`)
  await w.run(29 * MINUTE_MS)
  assert.equal((await answer()).status, 202)
  assert.equal(checkOf(head)?.status, 'in_progress')
  await w.run(2 * MINUTE_MS)
  assert.equal(checkOf(head)?.conclusion, 'success')
})

test('a check that cannot be made for a limit is made later, and its delivery comes again', async () => {
  const mend = w.github.fault({ ...secondaryRateLimit(90), match: OPEN })
  const head = await push()
  await w.run(0)
  assert.deepEqual(await answer(), { status: 503, retryAfter: '91' })
  assert.equal(checkOf(head), undefined)
  mend()
  await w.run()
  assert.equal(checkOf(head)?.conclusion, 'success')
})

test('a check whose end is limited is not begun anew', async () => {
  const mend = w.github.fault({ ...secondaryRateLimit(90), match: CLOSE })
  const head = await push()
  await w.run(0)
  w.github.clearCalls()
  mend()
  await w.run()
  assert.equal(checkOf(head)?.conclusion, 'success')
  assert.deepEqual(
    w.github.calls.map(({ operation }) => operation),
    [CLOSE],
  )
})

test('a limit that lasts is waited for as often as it takes', async () => {
  const mend = w.github.fault({ ...secondaryRateLimit(null), match: READ })
  const head = await push()
  await w.run(48 * 60 * MINUTE_MS)
  assert.equal(checkOf(head)?.status, 'in_progress')
  mend()
  await w.run()
  assert.equal(checkOf(head)?.conclusion, 'success')
})

function installationId(): number {
  const payload = JSON.parse(String(w.github.deliveries.at(-1)?.requestBody)) as {
    readonly installation: { readonly id: number }
  }
  return payload.installation.id
}
