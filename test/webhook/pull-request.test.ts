import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { BAD, FOLDER, GOOD } from './support/policies.ts'
import { CLOSE, COMPARE, OPEN, READ } from './support/operations.ts'
import { SECRET, startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'

type Json = Readonly<Record<string, unknown>>

let w: WebhookWorld

before(async () => {
  w = await startWarmWebhook()
})
beforeEach(() => {
  w.github.clearCalls()
})
after(() => w.close())

describe('a pull request', () => {
  test('is checked as a whole when it is opened, moved on and opened again', async () => {
    const branch = w.newBranch()
    const first = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/bad.sts.yaml`]: BAD },
    })
    const { number } = w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    assert.equal(w.checks().findLast(({ headSha }) => headSha === first.after)?.conclusion, 'failure')
    // What this push touches is fine, but what it belongs to is not.
    const second = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/fine.sts.yaml`]: GOOD },
    })
    await w.settled()
    const last = w.checks().findLast(({ headSha }) => headSha === second.after)
    assert.equal(last?.conclusion, 'failure')
    assert.match(last.summary ?? '', /bad\.sts\.yaml[^]*fine\.sts\.yaml/)
    w.github.closePullRequest('acme/app', number)
    w.github.reopenPullRequest('acme/app', number)
    await w.settled()
    assert.equal(w.checks().findLast(({ headSha }) => headSha === second.after)?.conclusion, 'failure')
  })

  test('whose later push touches no policy is still checked', async () => {
    const branch = w.newBranch()
    w.github.push({ repository: 'acme/app', branch, files: { [`${FOLDER}/bad.sts.yaml`]: BAD } })
    w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    w.github.clearCalls()
    const { after: head } = w.github.push({ repository: 'acme/app', branch, files: { 'readme.txt': '1' } })
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'failure')
    assert.deepEqual(w.operations(), [COMPARE, OPEN, READ, CLOSE])
  })

  test('and the push to its branch are one check, also where the push is told last', async () => {
    const branch = w.newBranch()
    w.github.push({ repository: 'acme/app', branch, files: { 'a.txt': '1' } })
    w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    w.github.setWebhook(w.world.app, undefined)
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/one.sts.yaml`]: BAD },
    })
    w.github.setWebhook(w.world.app, { url: w.url, secret: SECRET })
    const ofEvent = (event: string) => w.github.deliveries.findLast(({ message }) => message.event === event)
    const patch = (event: string, change: (payload: Json) => Json) => ({
      event,
      payload: change(JSON.parse(String(ofEvent(event)?.requestBody)) as Json),
    })
    const pull = patch('pull_request', (payload) => {
      const pullRequest = payload['pull_request'] as Json
      const moved = { ...(pullRequest['head'] as Json), sha: head }
      return { ...payload, action: 'synchronize', pull_request: { ...pullRequest, head: moved } }
    })
    const push = patch('push', (payload) => {
      const [commit = {}] = payload['commits'] as readonly Json[]
      const commits = [{ ...commit, added: [`${FOLDER}/one.sts.yaml`], modified: [], removed: [] }]
      return { ...payload, before: payload['after'], after: head, created: false, commits }
    })
    await w.github.deliver(w.world.app, pull)
    await w.github.deliver(w.world.app, push)
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'failure')
  })

  test('of a fork is checked in the repository it is for', async () => {
    w.github.addUser('mallory')
    w.github.addFork({ of: 'acme/app', owner: 'mallory' })
    const { after: head } = w.github.push({
      repository: 'mallory/app',
      branch: 'evil',
      files: { [`${FOLDER}/bad.sts.yaml`]: BAD },
    })
    w.github.openPullRequest({ repository: 'acme/app', from: 'mallory/app', head: 'evil' })
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'failure')
  })

  test('with more files than GitHub compares is read by the folder', async () => {
    const branch = w.newBranch()
    const files = Object.fromEntries(
      Array.from({ length: 310 }, (_, at) => [`aaa/${branch}/${at}.txt`, String(at)]),
    )
    w.github.push({ repository: 'acme/app', branch, files })
    w.github.push({ repository: 'acme/app', branch, files: { 'zzz.txt': branch } })
    w.github.push({ repository: 'acme/app', branch, files: { 'zzz.md': '1', [`${FOLDER}/z.sts.yaml`]: BAD } })
    w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    w.github.clearCalls()
    const { after: head } = w.github.push({ repository: 'acme/app', branch, files: { 'zzzz.txt': '1' } })
    await w.settled()
    assert.deepEqual(w.operations().slice(0, 2), [COMPARE, READ])
    assert.equal(w.checkOf(head).conclusion, 'failure')
  })
})

describe('a merge queue', () => {
  test('gets a check on the commit that it would merge', async () => {
    const branch = w.newBranch()
    w.github.push({ repository: 'acme/app', branch, files: { [`${FOLDER}/bad.sts.yaml`]: BAD } })
    const pullRequest = w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    const group = w.github.queueMerge({ repository: 'acme/app', pullRequest: pullRequest.number })
    await w.settled()
    const checks = w.checks().filter(({ headSha }) => headSha === group.headSha)
    assert.equal(checks.at(-1)?.conclusion, 'failure')
  })
})
