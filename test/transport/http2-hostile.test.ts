import assert from 'node:assert/strict'
import http2 from 'node:http2'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'

import { loadWireDefinition } from '#pkg/wire'

import { http1Client } from './support/http.ts'
import {
  connectHttp2,
  FLAG,
  FRAME,
  frame,
  framesOf,
  grpcHeaders,
  grpcMessage,
  headerBlock,
  requestHeaders,
} from './support/http2-frames.ts'
import type { RawConnection } from './support/raw.ts'
import { startSts, TOKEN, until, type RunningSts } from './support/sts.ts'

const EXCHANGE_PATH = '/chainguard.platform.oidc.SecurityTokenService/Exchange'
const { requestSerialize } = loadWireDefinition().service.Exchange
const MESSAGE = requestSerialize({ scope: 'o/r', identity: 'ci' })
const SLOW_MESSAGE = requestSerialize({ scope: 'o/r', identity: 'slow' })

function headers(stream: number, block: Buffer, flags: number = FLAG.END_HEADERS): Buffer {
  return frame(FRAME.HEADERS, flags, stream, block)
}

function data(stream: number, bytes: Buffer, flags: number = FLAG.END_STREAM): Buffer {
  return frame(FRAME.DATA, flags, stream, bytes)
}

/** Waits until `stream` was ended by the service and returns everything that it received as text. */
async function answerOf(connection: RawConnection, stream: number): Promise<string> {
  const ended = (): boolean =>
    framesOf(connection.received()).some(
      (received) =>
        received.stream === stream &&
        (received.type === FRAME.RST_STREAM ||
          (received.type <= FRAME.HEADERS && (received.flags & FLAG.END_STREAM) !== 0)),
    )
  await until(ended, `the end of stream ${stream}`)
  return framesOf(connection.received())
    .filter((received) => received.stream === stream)
    .map(({ payload }) => payload.toString('latin1'))
    .join('')
}

/** One call of Exchange with any headers and body; resolves with headers and trailers together. */
async function grpcRequest(
  t: TestContext,
  port: number,
  more: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Readonly<Record<string, unknown>>> {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  t.after(() => {
    session.destroy()
  })
  const head = { ':method': 'POST', ':path': EXCHANGE_PATH, 'content-type': 'application/grpc', ...more }
  const stream = session.request(head)
  const received: Record<string, unknown> = {}
  return new Promise((resolve) => {
    stream.on('response', (response) => {
      Object.assign(received, response)
    })
    stream.on('trailers', (trailers) => {
      Object.assign(received, trailers)
    })
    stream.on('error', () => undefined)
    stream.on('close', () => {
      session.close()
      resolve(received)
    })
    stream.resume()
    stream.end(body)
  })
}

async function assertAlive(sts: RunningSts): Promise<void> {
  assert.equal((await http1Client(sts.port)({ path: '/healthz' })).status, 200)
  assert.deepEqual(sts.defects, [])
}

test('sees every authorization header, of gRPC and of JSON', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const twice = [
    ['authorization', 'Bearer one'],
    ['authorization', 'Bearer two'],
  ] as const
  connection.socket.write(headers(1, headerBlock(grpcHeaders(EXCHANGE_PATH, twice))))
  connection.socket.write(data(1, grpcMessage(MESSAGE)))
  connection.socket.write(
    headers(
      3,
      headerBlock(requestHeaders('GET', '/sts/exchange', twice)),
      FLAG.END_HEADERS | FLAG.END_STREAM,
    ),
  )
  await until(() => sts.calls.length === 2, 'both calls')
  for (const { authorization } of sts.calls) assert.deepEqual(authorization, ['Bearer one', 'Bearer two'])
})

test('a bearer with bytes that are no text is neither passed to grpc-js nor printed', async (t) => {
  const printed: unknown[] = []
  t.mock.method(console, 'error', (...args: unknown[]) => printed.push(args))
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const secret = [['authorization', 'Bearer a.b.c\xe9']] as const
  connection.socket.write(headers(1, headerBlock(grpcHeaders(EXCHANGE_PATH, secret))))
  connection.socket.write(data(1, grpcMessage(MESSAGE)))
  await until(() => sts.calls.length === 1, 'the call')
  assert.deepEqual(sts.calls[0]?.authorization, ['Bearer a.b.c\xe9'])
  assert.deepEqual(printed, [])
})

test('a caller cannot name the stream of another call', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const forged = (stream: string): Buffer => headerBlock(grpcHeaders(EXCHANGE_PATH, [['sts-stream', stream]]))
  connection.socket.write(Buffer.concat([headers(1, forged('2')), headers(3, forged('1'))]))
  connection.socket.write(Buffer.concat([data(1, grpcMessage(MESSAGE)), data(3, grpcMessage(MESSAGE))]))
  await until(() => sts.calls.length === 2, 'both calls')
  const ids = sts.calls.map(({ requestId }) => requestId)
  const [first, second] = await Promise.all([answerOf(connection, 1), answerOf(connection, 3)])
  assert.ok(first.includes(TOKEN) && second.includes(TOKEN))
  assert.equal(new Set(ids).size, 2)
})

test('a message that is compressed is UNIMPLEMENTED, and never inflated', async (t) => {
  const sts = await startSts(t)
  const bomb = grpcMessage(gzipSync(Buffer.alloc(10_000_000)), true)
  const declared = await grpcRequest(t, sts.port, { 'grpc-encoding': 'gzip' }, bomb)
  assert.equal(declared['grpc-status'], '12')
  assert.equal(declared['grpc-accept-encoding'], 'identity')
  const flagged = await grpcRequest(t, sts.port, {}, grpcMessage(gzipSync(MESSAGE), true))
  assert.notEqual(flagged['grpc-status'], '0')
  // Said by grpc-js itself.
  const large = await grpcRequest(t, sts.port, {}, Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))
  assert.equal(large['grpc-status'], '8')
  for (const answer of [declared, flagged, large]) {
    assert.match(String(answer['x-request-id']), /^[\da-f-]{36}$/)
    assert.equal(answer['sts-request-id'], answer['x-request-id'])
  }
  assert.equal(sts.calls.length, 0)
  await assertAlive(sts)
})

test('survives gRPC streams of every wrong shape', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const block = headerBlock(grpcHeaders(EXCHANGE_PATH))
  const bodies: readonly (readonly [label: string, body: Buffer])[] = [
    ['no message', Buffer.alloc(0)],
    ['half a prefix', Buffer.from([0, 0])],
    ['a length beyond the limit', Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
    ['less than the length', Buffer.from([0, 0, 0, 0, 9, 1])],
    ['two messages', Buffer.concat([grpcMessage(MESSAGE), grpcMessage(MESSAGE)])],
    ['thousands of empty messages', Buffer.alloc(16_000)],
    ['thousands of empty compressed messages', Buffer.alloc(16_000, Buffer.from([1, 0, 0, 0, 0]))],
    ['an unknown flag', Buffer.from([7, 0, 0, 0, 1, 0x22])],
  ]
  for (const [index, [label, body]] of bodies.entries()) {
    const stream = 2 * index + 1
    connection.socket.write(Buffer.concat([headers(stream, block), data(stream, body)]))
    if (label === 'half a prefix' || label === 'less than the length') {
      assert.match(await answerOf(connection, stream), /grpc-status|\x88|\x48/, label)
    } else await answerOf(connection, stream)
  }
  await assertAlive(sts)
})

test('refuses a malformed grpc-timeout, and takes the largest one', async (t) => {
  const sts = await startSts(t)
  for (const timeout of ['1', 'S', '1.5S', '-1S', '123456789S', '1S 1S', '1s']) {
    const answer = await grpcRequest(t, sts.port, { 'grpc-timeout': timeout }, grpcMessage(MESSAGE))
    assert.equal(answer['grpc-status'], '3', timeout)
  }
  assert.equal(sts.calls.length, 0)
  const longest = await grpcRequest(t, sts.port, { 'grpc-timeout': '99999999H' }, grpcMessage(MESSAGE))
  assert.equal(longest['grpc-status'], '0')
  const none = await grpcRequest(t, sts.port, { 'grpc-timeout': '0S' }, grpcMessage(SLOW_MESSAGE))
  assert.equal(none['grpc-status'], '4')
})

test('only application/grpc is gRPC', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const types = ['application/grpc-web', 'application/grpc+json', 'application/json', 'application/grpcx']
  for (const [index, type] of types.entries()) {
    const stream = 2 * index + 1
    const block = headerBlock(requestHeaders('POST', EXCHANGE_PATH, [['content-type', type]]))
    connection.socket.write(headers(stream, block, FLAG.END_HEADERS | FLAG.END_STREAM))
    assert.match(await answerOf(connection, stream), /"Not Found"/, type)
  }
})

test('serves gRPC and JSON on one connection', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const get = headerBlock(requestHeaders('GET', '/sts/exchange?identity=ci'))
  connection.socket.write(headers(1, headerBlock(grpcHeaders(EXCHANGE_PATH))))
  connection.socket.write(headers(3, get, FLAG.END_HEADERS | FLAG.END_STREAM))
  connection.socket.write(data(1, grpcMessage(MESSAGE)))
  assert.ok((await answerOf(connection, 1)).includes(TOKEN))
  assert.match(await answerOf(connection, 3), /"refreshToken"/)
})

test('a JSON body over 64 KiB gets 413, declared or not', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const declared = requestHeaders('POST', '/sts/exchange', [['content-length', '65537']])
  connection.socket.write(headers(1, headerBlock(declared)))
  assert.match(await answerOf(connection, 1), /Content Too Large/)

  // Another connection: the window of the first is used up by what was sent.
  const second = await connectHttp2(t, sts.port)
  second.socket.write(headers(1, headerBlock(requestHeaders('POST', '/sts/exchange'))))
  for (let sent = 0; sent < 60_000; sent += 10_000) second.socket.write(data(1, Buffer.alloc(10_000), 0))
  await until(
    () =>
      framesOf(second.received()).some(({ type, stream }) => type === FRAME.WINDOW_UPDATE && stream === 1),
    'room for more',
  )
  second.socket.write(data(1, Buffer.alloc(10_000), 0))
  assert.match(await answerOf(second, 1), /Content Too Large/)
  assert.equal(sts.calls.length, 0)
})

test('resets a stream with headers over 32 KiB, of gRPC and of JSON', async (t) => {
  const sts = await startSts(t)
  for (const block of [
    headerBlock(grpcHeaders(EXCHANGE_PATH, [['x', 'x'.repeat(33 * 1024)]])),
    headerBlock(requestHeaders('GET', '/sts/exchange', [['x', 'x'.repeat(33 * 1024)]])),
  ]) {
    const connection = await connectHttp2(t, sts.port)
    const parts = [block.subarray(0, 16_000), block.subarray(16_000, 32_000), block.subarray(32_000)]
    const [first = block, second = block, third = block] = parts
    connection.socket.write(frame(FRAME.HEADERS, FLAG.END_STREAM, 1, first))
    connection.socket.write(frame(FRAME.CONTINUATION, 0, 1, second))
    connection.socket.write(frame(FRAME.CONTINUATION, FLAG.END_HEADERS, 1, third))
    await until(
      () =>
        framesOf(connection.received()).some(
          ({ type }) => type === FRAME.RST_STREAM || type === FRAME.GOAWAY,
        ),
      'the reset',
    )
  }
  assert.equal(sts.calls.length, 0)
})

/** Writes until the service cuts the connection. */
async function flood(connection: RawConnection, next: (round: number) => Buffer): Promise<void> {
  const { socket, closed } = connection
  const isCut = new Promise<'cut'>((resolve) => {
    closed.then(
      () => {
        resolve('cut')
      },
      () => {
        resolve('cut')
      },
    )
  })
  for (let round = 0; ; round += 1) {
    const isFull = !socket.write(next(round))
    const pause = new Promise<'go on'>((resolve) => {
      if (isFull) socket.once('drain', resolve)
      else if (round % 20 === 0) setImmediate(resolve, 'go on')
      else resolve('go on')
    })
    if ((await Promise.race([pause, isCut])) === 'cut') break
  }
  await closed
}

const REQUEST = headerBlock(grpcHeaders(EXCHANGE_PATH))
const HEALTH = headerBlock(requestHeaders('GET', '/healthz'))

const FLOODS: readonly (readonly [label: string, next: (round: number) => Buffer])[] = [
  [
    'rapid reset of gRPC streams',
    (round) => {
      const stream = 2 * round + 1
      return Buffer.concat([
        headers(stream, REQUEST),
        frame(FRAME.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8])),
      ])
    },
  ],
  [
    'rapid reset of JSON streams',
    (round) => {
      const stream = 2 * round + 1
      return Buffer.concat([
        headers(stream, headerBlock(requestHeaders('POST', '/sts/exchange'))),
        frame(FRAME.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8])),
      ])
    },
  ],
  [
    'rapid reset of streams that are answered at once',
    (round) => {
      const stream = 2 * round + 1
      return Buffer.concat([
        frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, stream, HEALTH),
        frame(FRAME.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8])),
      ])
    },
  ],
  ['SETTINGS', () => frame(FRAME.SETTINGS, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100]))],
  ['PING', () => frame(FRAME.PING, 0, 0, Buffer.alloc(8))],
  [
    'PRIORITY',
    () =>
      Buffer.concat(
        Array.from({ length: 100 }, () => frame(FRAME.PRIORITY, 0, 9, Buffer.from([0, 0, 0, 0, 1]))),
      ),
  ],
  ['unknown frames', () => frame(0x77, 0, 0, Buffer.alloc(16_000))],
  [
    'WINDOW_UPDATE',
    () =>
      Buffer.concat(
        Array.from({ length: 100 }, () => frame(FRAME.WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 0, 1]))),
      ),
  ],
  [
    'CONTINUATION',
    (round) =>
      round === 0
        ? frame(FRAME.HEADERS, 0, 1, REQUEST)
        : frame(FRAME.CONTINUATION, 0, 1, headerBlock([[`x-${round}`, 'x'.repeat(1_000)]])),
  ],
  [
    'empty DATA',
    (round) =>
      round === 0
        ? headers(1, headerBlock(requestHeaders('POST', '/sts/exchange')))
        : Buffer.concat(Array.from({ length: 100 }, () => data(1, Buffer.alloc(0), 0))),
  ],
]

for (const [label, next] of FLOODS) {
  test(`cuts a flood of ${label}`, async (t) => {
    const sts = await startSts(t)
    const connection = await connectHttp2(t, sts.port)
    await flood(connection, next)
    assert.ok(sts.calls.length <= 300, String(sts.calls.length))
    await assertAlive(sts)
  })
}

const BURSTS = ['rapid reset of gRPC streams', 'rapid reset of JSON streams']

for (const [label, next] of FLOODS.filter(([name]) => BURSTS.includes(name))) {
  test(`outlives bursts of a ${label}, on several connections at once`, async (t) => {
    const sts = await startSts(t)
    for (let round = 0; round < 5; round++) {
      const connections = await Promise.all(Array.from({ length: 4 }, () => connectHttp2(t, sts.port)))
      await Promise.all(
        connections.map((connection) =>
          // Each write arrives as one: the connection ends in the middle of what it received.
          flood(connection, (batch) =>
            Buffer.concat(Array.from({ length: 100 }, (_, stream) => next(batch * 100 + stream))),
          ),
        ),
      )
    }
    await assertAlive(sts)
  })
}

test('no more than 100 streams at a time', async (t) => {
  const sts = await startSts(t)
  const connection = await connectHttp2(t, sts.port)
  const get = headerBlock(requestHeaders('GET', '/sts/exchange?identity=slow'))
  for (let stream = 1; stream < 400; stream += 2) {
    connection.socket.write(headers(stream, get, FLAG.END_HEADERS | FLAG.END_STREAM))
  }
  await until(
    () => framesOf(connection.received()).filter(({ type }) => type === FRAME.RST_STREAM).length >= 100,
    'the others are refused',
  )
  assert.equal(sts.calls.length, 100)
})
