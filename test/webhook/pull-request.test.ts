import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { BAD, FOLDER, GOOD } from './support/policies.ts'
import { CLOSE, OPEN, READ } from './support/operations.ts'
import { startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'

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
    assert.deepEqual(w.operations(), ['pulls/list-files', OPEN, READ, CLOSE])
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

  test('with more than a page of files is read to its end', async () => {
    const branch = w.newBranch()
    const files = Object.fromEntries(
      Array.from({ length: 230 }, (_, at) => [`aaa/${branch}/${at}.txt`, String(at)]),
    )
    w.github.push({ repository: 'acme/app', branch, files })
    w.github.push({ repository: 'acme/app', branch, files: { 'zzz.txt': branch } })
    w.github.push({ repository: 'acme/app', branch, files: { 'zzz.md': '1', [`${FOLDER}/z.sts.yaml`]: BAD } })
    w.github.openPullRequest({ repository: 'acme/app', head: branch })
    await w.settled()
    w.github.clearCalls()
    const { after: head } = w.github.push({ repository: 'acme/app', branch, files: { 'zzzz.txt': '1' } })
    await w.settled()
    assert.equal(w.operations().filter((operation) => operation === 'pulls/list-files').length, 3)
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
