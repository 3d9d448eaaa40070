import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connectRaw, parseAnswer, rawRequest } from './support/raw.ts'
import {
  connectHttp2,
  FLAG,
  FRAME,
  frame,
  framesOf,
  grpcHeaders,
  headerBlock,
  PREFACE,
  requestHeaders,
} from './support/http2-frames.ts'
import { startSts, until } from './support/sts.ts'

const EXCHANGE_PATH = '/chainguard.platform.oidc.SecurityTokenService/Exchange'

/** Small limits; every other one is long enough not to be the one that is met. */
const FIRST_REQUEST = { limits: { firstRequestMs: 200 } }
const HEADERS = { limits: { headersMs: 200 } }
const REQUEST = { limits: { requestMs: 200, deliveryMs: 100 } }

const silent: readonly (readonly [label: string, bytes: Buffer])[] = [
  ['a silent socket', Buffer.alloc(0)],
  ['half a preface', PREFACE.subarray(0, 10)],
  ['a preface and nothing', PREFACE],
  ['a preface and SETTINGS', Buffer.concat([PREFACE, frame(FRAME.SETTINGS, 0, 0)])],
  [
    'a preface, SETTINGS and PING',
    Buffer.concat([PREFACE, frame(FRAME.SETTINGS, 0, 0), frame(FRAME.PING, 0, 0, Buffer.alloc(8))]),
  ],
  [
    'half of a header block',
    Buffer.concat([
      PREFACE,
      frame(FRAME.SETTINGS, 0, 0),
      frame(FRAME.HEADERS, 0, 1, headerBlock(requestHeaders('GET', '/'))),
    ]),
  ],
  ['half a request line', Buffer.from('GET /heal')],
  ['half of the headers', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nX: ')],
]

test('cuts a connection that does not complete a first request', async (t) => {
  const sts = await startSts(t, FIRST_REQUEST)
  await Promise.all(
    silent.map(async ([, bytes]) => {
      const connection = await connectRaw(t, sts.port)
      connection.socket.write(bytes)
      await connection.closed
    }),
  )
  assert.equal(sts.calls.length, 0)
  assert.ok(sts.cuts.includes('first_request_overdue'))
})

test('an HTTP/2 client that has asked for nothing yet is told that it may ask elsewhere', async (t) => {
  const sts = await startSts(t, FIRST_REQUEST)
  const connection = await connectHttp2(t, sts.port)
  const goaway = framesOf(await connection.closed).find(({ type }) => type === FRAME.GOAWAY)
  // Nothing processed, no error: its next request is safe to send again.
  assert.deepEqual(goaway?.payload.subarray(0, 8), Buffer.alloc(8))
})

test('a client that keeps sending PING without a request is cut all the same', async (t) => {
  const sts = await startSts(t, FIRST_REQUEST)
  const connection = await connectHttp2(t, sts.port)
  const pings = setInterval(() => connection.socket.write(frame(FRAME.PING, 0, 0, Buffer.alloc(8))), 20)
  t.after(() => {
    clearInterval(pings)
  })
  await connection.closed
})

test('a client that drips one header byte at a time gets 408', async (t) => {
  const sts = await startSts(t, HEADERS)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write('GET / HTTP/1.1\r\nHost: x\r\nX: ')
  const drip = setInterval(() => connection.socket.write('a'), 20)
  t.after(() => {
    clearInterval(drip)
  })
  const answer = parseAnswer(await connection.closed)
  assert.equal(answer.status, 408)
  assert.equal(answer.headers['connection'], 'close')
  assert.match(answer.body, /"code":4/)
})

test('a slow body gets 408 over HTTP/1.1, on a first and on a later request', async (t) => {
  const slowBody = 'POST /sts/exchange HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'
  const first = await startSts(t, FIRST_REQUEST)
  assert.equal((await rawRequest(t, first.port, slowBody)).status, 408)

  const later = await startSts(t, REQUEST)
  const connection = await connectRaw(t, later.port)
  connection.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => connection.received().includes('200 OK'), 'the first answer')
  connection.socket.write(slowBody)
  assert.match((await connection.closed).toString(), /HTTP\/1\.1 408/)
  assert.equal(later.calls.length, 0)
})

test('a slow JSON body over HTTP/2 gets 408', async (t) => {
  const sts = await startSts(t, FIRST_REQUEST)
  const connection = await connectHttp2(t, sts.port)
  const head = headerBlock(requestHeaders('POST', '/sts/exchange'))
  connection.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, head))
  connection.socket.write(frame(FRAME.DATA, 0, 1, Buffer.from('abc')))
  await until(() => connection.received().includes('Request Timeout'), 'the refusal')
  assert.equal(sts.calls.length, 0)
})

test('a gRPC message that does not arrive gets a reset, or DEADLINE_EXCEEDED', async (t) => {
  const head = headerBlock(grpcHeaders(EXCHANGE_PATH))
  const cases = [
    [FIRST_REQUEST, (frames: Buffer) => framesOf(frames).some(({ type }) => type === FRAME.RST_STREAM)],
    [REQUEST, (frames: Buffer) => framesOf(frames).some(({ stream }) => stream === 1)],
  ] as const
  for (const [options, isEnded] of cases) {
    const sts = await startSts(t, options)
    const connection = await connectHttp2(t, sts.port)
    connection.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, head))
    await until(() => isEnded(connection.received()), 'the stream is ended')
    assert.equal(sts.calls.length, 0)
  }
})

test('an exchange that outlasts the request gets 504', async (t) => {
  const sts = await startSts(t, REQUEST)
  const get = 'GET /sts/exchange?identity=slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const answer = await rawRequest(t, sts.port, get)
  assert.equal(answer.status, 504)
  assert.match(answer.body, /"reason":"DEADLINE_EXCEEDED"/)
})

test('an answer that the client does not take is dropped, and its grant abandoned', async (t) => {
  const sts = await startSts(t, REQUEST)
  // SETTINGS_INITIAL_WINDOW_SIZE 0: no byte of a body may be sent.
  const connection = await connectHttp2(t, sts.port, Buffer.from([0, 4, 0, 0, 0, 0]))
  const head = headerBlock(requestHeaders('GET', '/sts/exchange?identity=ci'))
  connection.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, head))
  await until(() => sts.abandoned.length === 1, 'the grant is abandoned')
  assert.ok(sts.cuts.includes('request_overdue'))
})

test('closes connections that have been idle for long', async (t) => {
  const sts = await startSts(t, { limits: { idleMs: 200, ageGraceMs: 100 } })
  const http1 = await connectRaw(t, sts.port)
  http1.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  const http2 = await connectHttp2(t, sts.port)
  const head = headerBlock(requestHeaders('GET', '/healthz'))
  http2.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, head))
  const [, frames] = await Promise.all([http1.closed, http2.closed])
  assert.ok(framesOf(frames).some(({ type }) => type === FRAME.GOAWAY))
})

test('cuts an HTTP/2 connection whose peer gives no sign of life, or whose session has failed', async (t) => {
  const sts = await startSts(t, { limits: { probeMs: 100, probeTimeoutMs: 100 } })
  const get = headerBlock(requestHeaders('GET', '/healthz'))
  for (const last of [Buffer.alloc(0), frame(FRAME.SETTINGS, 0, 5)]) {
    const connection = await connectHttp2(t, sts.port)
    connection.socket.write(frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, get))
    await until(() => connection.received().includes('"status":"ok"'), 'the answer')
    connection.socket.write(last)
    await connection.closed
  }
})

test('asks old HTTP/2 connections to go', async (t) => {
  const sts = await startSts(t, { limits: { ageMs: 200, ageGraceMs: 100 } })
  const connection = await connectHttp2(t, sts.port)
  assert.ok(framesOf(await connection.closed).some(({ type }) => type === FRAME.GOAWAY))
})
