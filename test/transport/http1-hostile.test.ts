import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connectRaw, parseAnswer, rawRequest, type RawAnswer } from './support/raw.ts'
import { startSts, until } from './support/sts.ts'

const HOST = 'Host: localhost\r\n'

/** The form of every refusal: an answer of the usual kind, after which the connection ends. */
function assertRefusal(answer: RawAnswer, status: number, label: string): void {
  assert.equal(answer.status, status, label)
  assert.equal(answer.headers['connection'], 'close', label)
  assert.equal(answer.headers['cache-control'], 'no-store', label)
  assert.equal(answer.headers['x-content-type-options'], 'nosniff', label)
  assert.match(answer.headers['x-request-id'] ?? '', /^[\da-f-]{36}$/, label)
  const body = JSON.parse(answer.body) as Record<string, unknown>
  assert.deepEqual(Object.keys(body), ['code', 'message', 'details'], label)
}

const MALFORMED: readonly (readonly [label: string, text: string, status: number])[] = [
  ['bytes that are no HTTP', '\x16\x03\x01 hello\r\n\r\n', 400],
  ['a request line without a version', 'GET /\r\n\r\n', 400],
  ['HTTP/1.1 without a host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['two hosts', `GET /healthz HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  ['another version in the request line', `GET /healthz HTTP/2.0\r\n${HOST}\r\n`, 400],
  [
    'a transfer coding that is not undone',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'a transfer coding in HTTP/1.0',
    'POST /sts/exchange HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  [
    'Content-Length beside Transfer-Encoding',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'two different lengths',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    400,
  ],
  ['a length that is no number', `POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\na`, 400],
  [
    'an unknown transfer encoding',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n`,
    400,
  ],
  ['a header folded over two lines', `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\n${HOST}X : a\r\n\r\n`, 400],
  ['a NUL in a header', `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
  ['a line ended by LF alone', `GET / HTTP/1.1\n${HOST}\n`, 400],
  ['a broken chunk', `POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  [
    'chunk extensions without end',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`,
    413,
  ],
  ['an unknown expectation', `POST /sts/exchange HTTP/1.1\r\n${HOST}Expect: tea\r\n\r\n`, 417],
  ['headers over 32 KiB', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(33 * 1024)}\r\n\r\n`, 431],
  ['many headers over 32 KiB', `GET / HTTP/1.1\r\n${HOST}${'X: a\r\n'.repeat(6_000)}\r\n`, 431],
  ['a target over 32 KiB', `GET /${'x'.repeat(33 * 1024)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ['a body declared over 64 KiB', `POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: 65537\r\n\r\n`, 413],
  [
    'a body declared over 64 KiB that asks first',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n`,
    413,
  ],
  [
    'a chunked body over 64 KiB',
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)}`,
    413,
  ],
]

test('refuses malformed and oversized requests, and ends their connection', async (t) => {
  const sts = await startSts(t)
  for (const [label, text, status] of MALFORMED) {
    assertRefusal(await rawRequest(t, sts.port, text), status, label)
  }
  assert.equal(sts.calls.length, 0)
})

test('the answer to an oversized body arrives although the body goes on', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(`POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: 300000\r\n\r\n`)
  connection.socket.write(Buffer.alloc(300_000, 'x'))
  assertRefusal(parseAnswer(await connection.closed), 413, '413')
})

test('a refused request gets one answer, whatever its body turns into', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  const chunk = `10001\r\n${'x'.repeat(0x10001)}\r\n`
  connection.socket.write(`POST /sts/exchange HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunk}`)
  await until(() => connection.received().includes('413'), 'the refusal')
  connection.socket.write('no chunk\r\n')
  assert.equal((await connection.closed).toString().match(/HTTP\/1\.1/g)?.length, 1)
})

test('a body of 64 KiB is served, with and without a length', async (t) => {
  const sts = await startSts(t)
  const body = `identity=ci&x=${'x'.repeat(64 * 1024 - 14)}`
  const head = `POST /sts/exchange HTTP/1.1\r\n${HOST}Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n`
  const whole = await rawRequest(t, sts.port, `${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  assert.equal(whole.status, 200)
  const chunks = `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  assert.equal((await rawRequest(t, sts.port, chunks)).status, 200)
  assert.deepEqual(
    sts.calls.map(({ identity }) => identity),
    ['ci', 'ci'],
  )
})

test('says 100 Continue before it reads a body that waits for it', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(
    `POST /sts/exchange HTTP/1.1\r\n${HOST}Connection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n`,
  )
  await until(() => connection.received().includes('100 Continue'), '100 Continue')
  connection.socket.write('{"identity":"ci"}')
  assert.match((await connection.closed).toString(), /HTTP\/1\.1 200 OK/)
})

test('sees every authorization header', async (t) => {
  const sts = await startSts(t)
  const noise = 'X: a\r\n'.repeat(3_000)
  await rawRequest(
    t,
    sts.port,
    `GET /sts/exchange HTTP/1.1\r\n${HOST}Connection: close\r\nAuthorization: Bearer one\r\n${noise}aUTHORIZATION: Bearer two\r\n\r\n`,
  )
  assert.deepEqual(sts.calls[0]?.authorization, ['Bearer one', 'Bearer two'])
})

test('does not read Grpc-Metadata headers', async (t) => {
  const sts = await startSts(t)
  await rawRequest(
    t,
    sts.port,
    `GET /sts/exchange HTTP/1.1\r\n${HOST}Connection: close\r\nGrpc-Metadata-Authorization: Bearer x\r\n\r\n`,
  )
  assert.deepEqual(sts.calls[0]?.authorization, [])
})

test('accepts the absolute form of a target, and HTTP/1.0', async (t) => {
  const sts = await startSts(t)
  const absolute = await rawRequest(
    t,
    sts.port,
    `GET http://sts.example.com/sts/exchange?identity=ci HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  )
  assert.equal(absolute.status, 200)
  assert.equal(sts.calls[0]?.identity, 'ci')
  assert.equal((await rawRequest(t, sts.port, 'GET /healthz HTTP/1.0\r\n\r\n')).status, 200)
  const asterisk = await rawRequest(t, sts.port, `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
  assert.equal(asterisk.status, 404)
})

test('an upgrade to h2c that is only offered is served over HTTP/1.1', async (t) => {
  const sts = await startSts(t)
  const answer = await rawRequest(
    t,
    sts.port,
    `GET /healthz HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
  )
  assert.equal(answer.status, 200)
})

test('a tunnel is refused', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write('CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n')
  assert.doesNotMatch((await connection.closed).toString(), /^HTTP\/1\.1 2/)
})

test('answers pipelined requests in order', async (t) => {
  const sts = await startSts(t)
  const get = (identity: string, more = ''): string =>
    `GET /sts/exchange?identity=${identity} HTTP/1.1\r\n${HOST}${more}\r\n`
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(get('slow') + get('denied') + get('ci', 'Connection: close\r\n'))
  await until(() => sts.calls.length === 3, 'three calls')
  assert.equal(connection.received().length, 0)
  sts.release()
  const statuses = (await connection.closed).toString().match(/(?<=HTTP\/1\.1 )\d+/g)
  assert.deepEqual(statuses, ['200', '403', '200'])
})

test('a malformed request behind one that is being answered gets no answer in its place', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(`GET /sts/exchange?identity=slow HTTP/1.1\r\n${HOST}\r\n`)
  await until(() => sts.calls.length === 1, 'the call')
  connection.socket.write('garbage\r\n\r\n')
  assert.equal((await connection.closed).toString(), '')
  await until(() => sts.calls[0]?.signal.aborted === true, 'the exchange is aborted')
})

test('ends a connection with more than 100 requests at a time', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(`GET /sts/exchange?identity=slow HTTP/1.1\r\n${HOST}\r\n`.repeat(150))
  await connection.closed
  assert.ok(sts.calls.length <= 100, String(sts.calls.length))
  await until(() => sts.calls.every(({ signal }) => signal.aborted), 'all exchanges are aborted')
})

test('a caller that leaves aborts its exchange, and a late grant is abandoned', async (t) => {
  const sts = await startSts(t)
  for (const identity of ['slow', 'stubborn']) {
    const connection = await connectRaw(t, sts.port)
    connection.socket.write(`GET /sts/exchange?identity=${identity} HTTP/1.1\r\n${HOST}\r\n`)
    await until(() => sts.calls.at(-1)?.identity === identity, 'the call')
    connection.socket.destroy()
    await until(() => sts.calls.at(-1)?.signal.aborted === true, 'the signal aborts')
    const reason: unknown = sts.calls.at(-1)?.signal.reason
    assert.ok(reason instanceof Error && 'reason' in reason)
    assert.equal(reason.reason, 'caller_gone')
  }
  assert.deepEqual(sts.abandoned, [])
  sts.release()
  await until(() => sts.abandoned.length === 1, 'the grant is abandoned')
})

test('a caller that leaves within its body costs nothing', async (t) => {
  const sts = await startSts(t)
  const connection = await connectRaw(t, sts.port)
  connection.socket.write(`POST /sts/exchange HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nabc`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  connection.socket.destroy()
  assert.equal((await rawRequest(t, sts.port, 'GET /healthz HTTP/1.0\r\n\r\n')).status, 200)
  assert.equal(sts.calls.length, 0)
  assert.deepEqual(sts.defects, [])
})
