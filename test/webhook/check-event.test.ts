import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { BAD, FOLDER } from './support/policies.ts'
import { COMPARE, READ } from './support/operations.ts'
import { SECRET, startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'

let w: WebhookWorld

before(async () => {
  w = await startWarmWebhook()
})
beforeEach(() => {
  w.github.clearCalls()
})
after(() => w.close())

describe('a check that is asked for again', () => {
  test('is done again, for the run and for its suite', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/again.sts.yaml`]: BAD },
    })
    await w.settled()
    const first = w.checkOf(head)
    w.github.clearCalls()
    w.github.rerequestCheckRun('acme/app', first.id)
    await w.settled()
    const second = w.checks().filter(({ headSha }) => headSha === head)
    assert.equal(second.length, 2)
    assert.equal(second.at(-1)?.conclusion, 'failure')
    assert.equal(second.at(-1)?.annotations.length, 2)
    const suite = w.github.findRepository('acme/app')?.checkSuites.find(({ headSha }) => headSha === head)
    assert.ok(suite)
    w.github.rerequestCheckSuite('acme/app', suite.id)
    await w.settled()
    assert.equal(w.checks().filter(({ headSha }) => headSha === head).length, 3)
    const rerequested = w.github.deliveries.findLast(
      ({ message }) => message.event === 'check_run' && message.action === 'rerequested',
    )
    const payload: unknown = JSON.parse(String(rerequested?.requestBody))
    assert.ok(typeof payload === 'object')
    await w.github.deliver(w.world.app, {
      event: 'check_run',
      payload: { ...payload, action: 'requested_action', requested_action: { identifier: 'again' } },
    })
    await w.settled()
    assert.equal(w.checks().filter(({ headSha }) => headSha === head).length, 4)
  })
})

describe('a check suite that GitHub requests', () => {
  async function request(app: { readonly id: number }, content: string, before?: string): Promise<string> {
    const branch = w.newBranch()
    await w.settled()
    w.github.setWebhook(w.world.app, undefined)
    const push = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/suite.sts.yaml`]: content },
    })
    w.github.setWebhook(w.world.app, { url: w.url, secret: SECRET })
    const last = w.github.deliveries.findLast(({ message }) => message.event === 'check_suite')
    const payload = JSON.parse(String(last?.requestBody)) as { readonly check_suite: object }
    w.github.clearCalls()
    await w.github.deliver(w.world.app, {
      event: 'check_suite',
      payload: {
        ...payload,
        action: 'requested',
        sender: { login: 'dependabot[bot]', type: 'Bot' },
        check_suite: {
          ...payload.check_suite,
          app,
          head_branch: branch,
          head_sha: push.after,
          before: before ?? push.before,
          after: push.after,
          pull_requests: [],
        },
      },
    })
    await w.settled()
    return push.after
  }

  test('of the App itself asks for nothing that the push has not asked for', async () => {
    const head = await request(w.world.app, BAD)
    assert.deepEqual(w.operations(), [])
    w.hasNoCheck(head)
  })

  test('of another bot is worked: the difference to the commit before', async () => {
    const head = await request({ id: 15368 }, BAD)
    assert.equal(w.checkOf(head).conclusion, 'failure')
    assert.equal(w.operations()[0], COMPARE)
  })

  test('for a first commit is worked by the folder', async () => {
    const head = await request({ id: 15368 }, BAD, '0'.repeat(40))
    assert.equal(w.checkOf(head).conclusion, 'failure')
    assert.equal(w.operations()[0], READ)
  })
})
