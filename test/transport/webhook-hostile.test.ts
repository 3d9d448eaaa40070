import assert from 'node:assert/strict'
import { test } from 'node:test'

import { http1Client } from './support/http.ts'
import { connectRaw, parseAnswer, rawRequest, type RawConnection } from './support/raw.ts'
import { until } from './support/sts.ts'
import { deliveryHeaders, requestHead, startWebhook } from './support/webhook.ts'

const MAX_BYTES = 25 * 1024 * 1024
const HOST = 'Host: x\r\n'

const REFUSED: readonly (readonly [label: string, text: string, status: number])[] = [
  ['bytes that are no HTTP', '\x16\x03\x01 hello\r\n\r\n', 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['two hosts', `POST / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  [
    'two different lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    400,
  ],
  ['headers over 32 KiB', `POST / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(33 * 1024)}\r\n\r\n`, 431],
  ['a body declared over 25 MiB', requestHead(MAX_BYTES + 1), 413],
  ['a body of 10^300 bytes', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1${'0'.repeat(300)}\r\n\r\n`, 400],
]

test('refuses malformed and oversized requests, and ends their connection', async (t) => {
  const webhook = await startWebhook(t)
  for (const [label, text, status] of REFUSED) {
    const answer = await rawRequest(t, webhook.port, text)
    assert.equal(answer.status, status, label)
    assert.equal(answer.headers['connection'], 'close', label)
    assert.deepEqual(Object.keys(JSON.parse(answer.body) as object), ['code', 'message', 'details'], label)
  }
  assert.equal(webhook.answers.length, 0)
  assert.deepEqual(webhook.defects, [])
})

test('takes a delivery of 25 MiB, and refuses one byte more', async (t) => {
  const webhook = await startWebhook(t)
  const send = http1Client(webhook.port)
  const body = Buffer.alloc(MAX_BYTES, 'x')
  body.write('{"a":"')
  body.write('"}', MAX_BYTES - 2)
  const answer = await send({ method: 'POST', path: '/', headers: deliveryHeaders(body), body })
  assert.equal(answer.status, 200)
  const over = await connectRaw(t, webhook.port)
  over.socket.write(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`)
  over.socket.write(`${(MAX_BYTES + 1).toString(16)}\r\n`)
  over.socket.write(body)
  over.socket.write('x\r\n')
  assert.equal(parseAnswer(await over.closed).status, 413)
  assert.equal(webhook.deliveries.length, 1)
})

test('takes a body in chunks of one byte', async (t) => {
  const webhook = await startWebhook(t)
  const body = JSON.stringify({ text: 'x'.repeat(20_000) })
  const headers = Object.entries(deliveryHeaders(body)).map(([name, value]) => `${name}: ${value}\r\n`)
  const chunks = Array.from(body, (character) => `1\r\n${character}\r\n`)
  const answer = await rawRequest(
    t,
    webhook.port,
    `POST / HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n${headers.join('')}\r\n${chunks.join('')}0\r\n\r\n`,
  )
  assert.equal(answer.status, 200)
  assert.deepEqual(webhook.deliveries[0]?.payload, JSON.parse(body))
})

const OVERDUE: readonly (readonly [label: string, text: string])[] = [
  ['a silent connection', ''],
  ['headers that never end', `POST / HTTP/1.1\r\n${HOST}`],
  ['a body that never ends', `${requestHead(1_000)}{`],
]

test('ends a connection whose first request does not arrive', async (t) => {
  const webhook = await startWebhook(t, { limits: { headersMs: 300, firstRequestMs: 400, firstBodyMs: 600 } })
  await Promise.all(
    OVERDUE.map(async ([label, text]) => {
      const connection = await connectRaw(t, webhook.port)
      connection.socket.write(text)
      const bytes = await connection.closed
      // The time for headers and that for a first request both end it: which is first depends on the load.
      if (bytes.length > 0) assert.equal(parseAnswer(bytes).status, 408, label)
    }),
  )
  assert.equal(webhook.deliveries.length, 0)
})

test('a body may take longer than the headers of a first request', async (t) => {
  const webhook = await startWebhook(t, { limits: { firstRequestMs: 200, firstBodyMs: 8_000 } })
  const connection = await connectRaw(t, webhook.port)
  connection.socket.write(`${requestHead(2, { ...deliveryHeaders('{}'), Connection: 'close' })}{`)
  await new Promise((resolve) => setTimeout(resolve, 500))
  connection.socket.write('}')
  assert.equal(parseAnswer(await connection.closed).status, 200)
})

/** Sends a part of a body that is to be longer, on a connection of its own. */
async function sendPart(
  ...[t, port, bytes]: [...Parameters<typeof connectRaw>, number]
): Promise<RawConnection> {
  const connection = await connectRaw(t, port)
  connection.socket.write(requestHead(bytes + 1))
  connection.socket.write(Buffer.alloc(bytes))
  return connection
}

test('declared lengths occupy nothing', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodiesBytes: 1024 * 1024 } })
  const silent = await Promise.all(Array.from({ length: 20 }, () => connectRaw(t, webhook.port)))
  for (const { socket } of silent) socket.write(requestHead(MAX_BYTES))
  const send = http1Client(webhook.port)
  assert.equal(
    (await send({ method: 'POST', path: '/', headers: deliveryHeaders('{}'), body: '{}' })).status,
    200,
  )
  assert.deepEqual(webhook.cuts, [])
})

test('where bodies fill their room the largest goes, and a small delivery is taken', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodiesBytes: 1024 * 1024 } })
  const largest = await sendPart(t, webhook.port, 600_000)
  const others = [await sendPart(t, webhook.port, 100_000), await sendPart(t, webhook.port, 100_000)]
  const answer = parseAnswer(await largest.closed)
  assert.equal(answer.status, 503)
  assert.equal(answer.headers['retry-after'], '10')
  assert.deepEqual(webhook.cuts, ['bodies_full'])
  const body = JSON.stringify({ text: 'x'.repeat(100_000) })
  const send = http1Client(webhook.port)
  assert.equal((await send({ method: 'POST', path: '/', headers: deliveryHeaders(body), body })).status, 200)
  for (const { socket } of others) assert.equal(socket.destroyed, false)
  assert.deepEqual(webhook.cuts, ['bodies_full'])
})

test('room is given back after an answer and after a refusal', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodiesBytes: 1024 * 1024, bodyBytes: 800_000 } })
  const send = http1Client(webhook.port)
  const body = JSON.stringify({ text: 'x'.repeat(700_000) })
  for (let round = 0; round < 3; round += 1) {
    const signed = await send({ method: 'POST', path: '/', headers: deliveryHeaders(body), body })
    assert.equal(signed.status, 200)
    assert.equal((await send({ method: 'POST', path: '/', body })).status, 401)
  }
  assert.deepEqual(webhook.cuts, [])
})

test('a body is not given up once it has arrived', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodiesBytes: 1024 * 1024 } })
  const send = http1Client(webhook.port)
  const body = JSON.stringify({ text: 'x'.repeat(600_000) })
  const worked = send({ method: 'POST', path: '/', headers: deliveryHeaders(body, 'slow'), body })
  await until(() => webhook.deliveries.length === 1, 'the delivery')
  const late = await sendPart(t, webhook.port, 500_000)
  assert.equal(parseAnswer(await late.closed).status, 503)
  assert.equal((await send({ path: '/healthz' })).status, 200)
  webhook.release()
  assert.equal((await worked).status, 200)
})

test('health is answered while connections that ask for nothing are many', async (t) => {
  const webhook = await startWebhook(t, { limits: { connections: 10 } })
  const silent = await Promise.all(Array.from({ length: 50 }, () => connectRaw(t, webhook.port)))
  assert.equal((await http1Client(webhook.port)({ path: '/healthz' })).status, 200)
  assert.ok(webhook.cuts.length >= 40)
  assert.ok(webhook.cuts.every((cause) => cause === 'connections_full'))
  for (const { socket } of silent) socket.destroy()
})
