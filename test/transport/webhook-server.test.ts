import assert from 'node:assert/strict'
import { test } from 'node:test'

import { http1Client, json } from './support/http.ts'
import { connectRaw, rawRequest } from './support/raw.ts'
import { until } from './support/sts.ts'
import { deliveryHeaders, requestHead, startWebhook } from './support/webhook.ts'

const BODY = '{"action":"opened"}'

test('takes a delivery at every path but those of health', async (t) => {
  const webhook = await startWebhook(t)
  const send = http1Client(webhook.port)
  for (const path of [
    '/',
    '/webhook',
    '/healthz/',
    '/HEALTHZ',
    '/healthz%20',
    '/?x=/healthz',
    '/sts/exchange',
    '//',
  ]) {
    const answer = await send({ method: 'POST', path, headers: deliveryHeaders(BODY), body: BODY })
    assert.equal(answer.status, 200, path)
    assert.deepEqual(Object.keys(json(answer)), ['status', 'checks'])
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.match(answer.headers['x-request-id'] ?? '', /^[\da-f-]{36}$/)
  }
  assert.equal(webhook.deliveries.length, 8)
  assert.deepEqual(webhook.defects, [])
})

const ANSWERS: readonly (readonly [method: string, path: string, status: number, allow?: string])[] = [
  ['GET', '/healthz', 200],
  ['HEAD', '/healthz', 200],
  ['GET', '/healthcheck?x', 200],
  ['HEAD', '/readyz', 200],
  ['POST', '/healthz', 405, 'GET, HEAD'],
  ['POST', '/healthcheck', 405, 'GET, HEAD'],
  ['POST', '/readyz', 405, 'GET, HEAD'],
  ['GET', '/', 405, 'POST'],
  ['HEAD', '/webhook', 405, 'POST'],
  ['PUT', '/', 405, 'POST'],
  ['OPTIONS', '/', 405, 'POST'],
  ['DELETE', '/healthz', 405, 'GET, HEAD'],
]

test('answers by method and path', async (t) => {
  const webhook = await startWebhook(t)
  const send = http1Client(webhook.port)
  for (const [method, path, status, allow] of ANSWERS) {
    const label = `${method} ${path}`
    const body = method === 'POST' ? { headers: deliveryHeaders(BODY), body: BODY } : {}
    const answer = await send({ method, path, ...body })
    assert.equal(answer.status, status, label)
    assert.equal(answer.headers['allow'], allow, label)
  }
  assert.equal(webhook.deliveries.length, 0)
  assert.deepEqual(
    new Set(webhook.answers.map(({ route }) => route)),
    new Set(['/healthz', '/healthcheck', '/readyz', 'other']),
  )
})

test('refusals and failures have the form of other errors', async (t) => {
  const webhook = await startWebhook(t)
  const send = http1Client(webhook.port)
  const unsigned = await send({ method: 'POST', path: '/', body: BODY })
  assert.equal(unsigned.status, 401)
  assert.deepEqual(Object.keys(json(unsigned)), ['code', 'message', 'details'])
  const busy = await send({ method: 'POST', path: '/', headers: deliveryHeaders(BODY, 'busy'), body: BODY })
  assert.equal(busy.status, 503)
  assert.equal(busy.headers['retry-after'], '3')
})

test('two signatures in the raw headers are refused, though the parsed ones show both as one', async (t) => {
  const webhook = await startWebhook(t)
  const headers = { ...deliveryHeaders(BODY), 'x-hub-signature-256': 'sha256=0', Connection: 'close' }
  const answer = await rawRequest(t, webhook.port, requestHead(BODY.length, headers) + BODY)
  assert.equal(answer.status, 401)
  assert.equal(webhook.deliveries.length, 0)
})

test('a defect of the receiver is a 500, and is reported', async (t) => {
  const defect = new Error('a defect')
  const webhook = await startWebhook(t, { receive: () => Promise.reject(defect) })
  const answer = await http1Client(webhook.port)({ method: 'POST', path: '/', body: BODY })
  assert.equal(answer.status, 500)
  assert.deepEqual(Object.keys(json(answer)), ['code', 'message', 'details'])
  assert.deepEqual(webhook.defects, [defect])
})

test('drain turns readiness while deliveries are still taken, and close finishes them', async (t) => {
  const webhook = await startWebhook(t)
  const send = http1Client(webhook.port)
  webhook.server.drain()
  const ready = await send({ path: '/readyz' })
  assert.equal(ready.status, 503)
  assert.deepEqual(json(ready), { app: 'ok', draining: true, ready: false })
  assert.equal((await send({ path: '/healthz' })).status, 200)
  const slow = send({ method: 'POST', path: '/', headers: deliveryHeaders(BODY, 'slow'), body: BODY })
  await until(() => webhook.deliveries.length === 1, 'the delivery')

  const silent = await connectRaw(t, webhook.port)
  const closed = webhook.server.close({ graceMs: 30_000 })
  await silent.closed
  await assert.rejects(send({ path: '/healthz' }), { code: 'ECONNREFUSED' })
  webhook.release()
  assert.equal((await slow).status, 200)
  await closed
})

test('readiness that throws is not ready', async (t) => {
  const webhook = await startWebhook(t, {
    readiness: () => {
      throw new Error('a defect')
    },
  })
  assert.equal((await http1Client(webhook.port)({ path: '/readyz' })).status, 503)
})
