import assert from 'node:assert/strict'
import { test } from 'node:test'

import { grpcClient } from './support/grpc-client.ts'
import { http1Client, http2Client, json } from './support/http.ts'
import {
  connectHttp2,
  FLAG,
  FRAME,
  frame,
  framesOf,
  headerBlock,
  requestHeaders,
} from './support/http2-frames.ts'
import { connectRaw } from './support/raw.ts'
import { startSts, TOKEN, until } from './support/sts.ts'

const SLOW = '/sts/exchange?identity=slow'

test('drain turns readiness while requests are still served', async (t) => {
  const sts = await startSts(t)
  sts.server.drain()
  const send = http1Client(sts.port)
  const ready = await send({ path: '/readyz' })
  assert.equal(ready.status, 503)
  assert.deepEqual(json(ready), { keys: 1, draining: true, ready: false })
  assert.equal(ready.headers['connection'], 'close')
  assert.equal((await send({ path: '/healthz' })).status, 200)
  assert.equal((await send({ path: '/sts/exchange?identity=ci' })).status, 200)
})

test('close finishes what is in flight over all protocols, and nothing new is accepted', async (t) => {
  const sts = await startSts(t)
  const answers = [
    ...Array.from({ length: 20 }, () => http1Client(sts.port)({ path: SLOW })),
    ...Array.from({ length: 20 }, () => http2Client(t, sts.port)({ path: SLOW })),
  ]
  const client = grpcClient(t, sts.port)
  const calls = Array.from({ length: 20 }, () => client.exchange({ identity: 'slow' }))
  await until(() => sts.calls.length === 60, 'sixty exchanges in flight')

  const closed = sts.server.close({ graceMs: 30_000 })
  await assert.rejects(http1Client(sts.port)({ path: '/healthz' }), { code: 'ECONNREFUSED' })
  sts.release()
  for (const { text } of await Promise.all(answers)) assert.ok(text.includes(TOKEN))
  for (const { token } of await Promise.all(calls)) assert.equal(token?.token, TOKEN)
  await closed
  assert.deepEqual(sts.abandoned, [])
})

test('close ends connections without a request at once', async (t) => {
  const sts = await startSts(t)
  const silent = await connectRaw(t, sts.port)
  const idle = await connectRaw(t, sts.port)
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => idle.received().includes('200 OK'), 'the answer')
  const http2 = await connectHttp2(t, sts.port)
  await until(() => framesOf(http2.received()).length >= 2, 'SETTINGS and their acknowledgement')

  await sts.server.close({ graceMs: 30_000 })
  await Promise.all([silent.closed, idle.closed])
  assert.ok(framesOf(await http2.closed).some(({ type }) => type === FRAME.GOAWAY))
})

test('close cuts what is left after its grace, and the exchange is aborted', async (t) => {
  const sts = await startSts(t)
  const http1 = await connectRaw(t, sts.port)
  http1.socket.write(`GET ${SLOW} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const http2 = await connectHttp2(t, sts.port)
  const get = headerBlock(requestHeaders('GET', SLOW))
  http2.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, get))
  await until(() => sts.calls.length === 2, 'two exchanges in flight')
  await sts.server.close({ graceMs: 50 })
  await Promise.all([http1.closed, http2.closed])
  await until(() => sts.calls.every(({ signal }) => signal.aborted), 'both exchanges are aborted')
})

test('a peer that ignores the goodbye does not keep close waiting beyond its grace', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  connection.socket.pause()
  connection.socket.removeAllListeners('end')
  await sts.server.close({ graceMs: 100 })
})

test('listen says when the port cannot be had', async (t) => {
  const first = await startSts(t)
  await assert.rejects(startSts(t, { port: first.port }), { code: 'EADDRINUSE' })
})
