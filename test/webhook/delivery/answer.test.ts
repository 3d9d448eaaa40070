import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StsError } from '#pkg/errors'
import type { DeliveryResult } from '#pkg/webhook'
import { requestOf, startReceiver } from './support/receiver.ts'

const MARK = 'mark-of-the-payload'
const BODY = JSON.stringify({ action: 'opened', sender: MARK })

describe('the answer to a delivery', () => {
  const rows: readonly (readonly [
    result: DeliveryResult | Error,
    status: number,
    retryAfter: string | undefined,
  ])[] = [
    [{ kind: 'done', checks: 2 }, 200, undefined],
    [{ kind: 'ignored', reason: 'nothing to check' }, 202, undefined],
    [{ kind: 'continues' }, 202, undefined],
    [{ kind: 'busy', retryAfterMs: 1_001 }, 503, '2'],
    [{ kind: 'failed', reason: 'unexpected' }, 500, undefined],
    [{ kind: 'failed', reason: 'installation_missing' }, 500, undefined],
    [{ kind: 'failed', reason: 'github_unavailable' }, 503, undefined],
    [{ kind: 'failed', reason: 'github_rate_limited', retryAfterMs: 60_000 }, 503, '60'],
    [{ kind: 'failed', reason: 'deadline_passed', retryAfterMs: 0 }, 503, '1'],
    [new StsError('github_rate_limited', { retryAfterMs: 5_000 }), 503, '5'],
    [new Error(`a defect that knows ${MARK}`), 500, undefined],
  ]
  for (const [result, status, retryAfter] of rows) {
    const label = result instanceof Error ? result.name : JSON.stringify(result)
    it(`is ${status} for ${label}`, async () => {
      const { receive, deliveries } = startReceiver(result)
      const answer = await receive(requestOf(BODY))
      assert.equal(answer.status, status)
      assert.equal(answer.headers['Retry-After'], retryAfter)
      assert.equal(deliveries.length, 1)
    })
  }

  it('says what was done', async () => {
    const done = await startReceiver({ kind: 'done', checks: 2 }).receive(requestOf(BODY))
    assert.deepEqual(done.body, { status: 'done', checks: 2 })
    const ignored = await startReceiver({ kind: 'ignored', reason: 'no policy' }).receive(requestOf(BODY))
    assert.deepEqual(ignored.body, { status: 'ignored', reason: 'no policy' })
    const continues = await startReceiver({ kind: 'continues' }).receive(requestOf(BODY))
    assert.deepEqual(continues.body, { status: 'continues' })
  })

  it('has the form of other errors where the work failed', async () => {
    const { receive } = startReceiver({ kind: 'failed', reason: 'github_rate_limited', retryAfterMs: 1_000 })
    const { body } = await receive(requestOf(BODY))
    assert.deepEqual(Object.keys(body), ['code', 'message', 'details'])
    assert.equal(body['code'], 8)
    const details: unknown = body['details']
    assert.ok(Array.isArray(details))
    assert.equal(details.length, 2)
  })

  it('has nothing of what was sent, and neither has what is reported', async () => {
    const headers = { 'X-GitHub-Event': MARK.toUpperCase(), 'User-Agent': MARK }
    const requests = [
      requestOf(BODY),
      requestOf(BODY.slice(1)),
      requestOf(BODY, { 'Content-Type': MARK }),
      requestOf(BODY, headers),
      requestOf(BODY, { 'X-Hub-Signature-256': MARK }),
    ]
    for (const request of requests) {
      const { receive, events } = startReceiver(new Error(MARK))
      const answer = await receive(request)
      assert.doesNotMatch(JSON.stringify([answer, events]), new RegExp(MARK, 'i'))
    }
  })
})

describe('the report of a delivery', () => {
  it('says which one it was, and how long it took', async () => {
    const { receive, events, deliveries } = startReceiver({ kind: 'ignored', reason: 'no policy' })
    await receive(requestOf(BODY, { 'X-GitHub-Delivery': 'a-1', 'X-GitHub-Event': 'pull_request' }))
    assert.deepEqual(events, [
      {
        requestId: 'request-1',
        deliveryId: 'a-1',
        event: 'pull_request',
        action: 'opened',
        status: 202,
        outcome: 'ignored',
        reason: 'no policy',
        durationMs: 7,
      },
    ])
    const { id, event, targetId } = deliveries[0] ?? {}
    assert.deepEqual([id, event, targetId], ['a-1', 'pull_request', '12345'])
  })

  it('leaves out an action that is no plain word', async () => {
    for (const action of ['Opened', 'a b', '\u001b[31m', 'a'.repeat(65), '', 1, null, ['opened']]) {
      const { receive, events } = startReceiver()
      await receive(requestOf(JSON.stringify({ action })))
      assert.equal(events[0]?.action, undefined, String(action))
    }
  })

  it('tells defects of the work from its failures', async () => {
    const defect = new TypeError('a defect')
    const broken = startReceiver(defect)
    await broken.receive(requestOf(BODY))
    assert.deepEqual(broken.defects, [defect])
    assert.equal(broken.events[0]?.reason, 'unexpected')
    const failing = startReceiver(new StsError('github_timeout'))
    await failing.receive(requestOf(BODY))
    assert.deepEqual(failing.defects, [])
    assert.equal(failing.events[0]?.reason, 'github_timeout')
    assert.equal(failing.events[0].outcome, 'failed')
  })

  it('has no target where the header is missing', async () => {
    const { receive, deliveries } = startReceiver()
    await receive(requestOf(BODY, { 'X-GitHub-Hook-Installation-Target-ID': [] }))
    assert.equal(deliveries[0]?.targetId, undefined)
  })
})
