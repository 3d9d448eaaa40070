import assert from 'node:assert/strict'
import fc from 'fast-check'
import { loadWireDefinition } from '#pkg/wire'
import {
  FLAG,
  FRAME,
  frame,
  framesOf,
  grpcHeaders,
  grpcMessage,
  headerBlock,
  PREFACE,
  requestHeaders,
} from '../transport/support/http2-frames.ts'
import { cutAt, edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'
import { startFuzzedService, type Farewell, type Visit } from './support/service.ts'

const EXCHANGE_PATH = '/chainguard.platform.oidc.SecurityTokenService/Exchange'
const { requestSerialize } = loadWireDefinition().service.Exchange
const MESSAGE = grpcMessage(requestSerialize({ scope: 'acme/app', identity: 'reader' }))
const BEARER = ['authorization', 'Bearer a.b.c'] as const
const SETTINGS = frame(FRAME.SETTINGS, 0, 0)

type Header = readonly [name: string, value: string]

const JSON_HEADERS: readonly Header[] = requestHeaders('POST', '/sts/exchange', [
  BEARER,
  ['content-type', 'application/json'],
])
const QUERY_HEADERS = requestHeaders('GET', '/sts/exchange?scope=acme/app&identity=reader', [BEARER])
const HEALTH_HEADERS = grpcHeaders('/grpc.health.v1.Health/Watch')
const REFLECTION_HEADERS = grpcHeaders('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo')

const strangeHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.constantFrom<Header>(
    ...([
      [':method', 'CONNECT'],
      [':method', ''],
      [':path', ''],
      [':path', '*'],
      [':path', 'x\0y'],
      [':protocol', 'websocket'],
      [':status', '200'],
      [':foo', 'x'],
      ['', ''],
      ['Upper', 'x'],
      ['connection', 'close'],
      ['transfer-encoding', 'chunked'],
      ['te', 'gzip'],
      ['content-length', '5'],
      ['content-length', '-1'],
      ['content-length', '99999999999999999999'],
      ['expect', '100-continue'],
      ['host', 'x'],
      ['cookie', 'a=b'],
      ['grpc-timeout', '1m'],
      ['grpc-encoding', 'gzip'],
      ['content-type', 'application/grpc-web'],
      ['x-bin', '!!'],
      ['authorization', '\xff'],
      ['x', 'a\r\nb: c'],
      ['x', 'y'.repeat(20_000)],
    ] as const),
  ),
  fc.tuple(fc.stringMatching(/^[a-z:-]{1,8}$/), fc.stringMatching(/^[\x20-\x7e]{0,20}$/)),
)

const headerList = fc
  .tuple(
    fc.constantFrom(
      grpcHeaders(EXCHANGE_PATH, [BEARER]),
      JSON_HEADERS,
      QUERY_HEADERS,
      HEALTH_HEADERS,
      REFLECTION_HEADERS,
      requestHeaders('HEAD', '/healthz'),
      grpcHeaders('/unknown/Method'),
    ),
    fc.array(strangeHeader, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([known, strange, first]) => (first ? [...strange, ...known] : [...known, ...strange]))

const block = fc.oneof(
  { weight: 5, arbitrary: headerList.map(headerBlock) },
  {
    weight: 2,
    arbitrary: edited(
      headerList.map((list) => headerBlock(list).toString('latin1')),
      fc.constantFrom(
        '\x82',
        '\x20',
        '\x3f\xe1\x1f',
        '\xff\xff\xff\xff\x0f',
        '\x40\x01a\x01b',
        '\x80',
        '\xbe',
        '\0\x7f',
        '\x10',
      ),
    ).map((it) => Buffer.from(it, 'latin1')),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((it) => Buffer.from(it)) },
)

const bytes = fc.uint8Array({ maxLength: 24 }).map((it) => Buffer.from(it))
const body = fc.oneof(
  fc.constantFrom(
    MESSAGE,
    Buffer.from('{"scope":"acme/app","identity":"reader"}'),
    Buffer.alloc(0),
    Buffer.alloc(16_384),
  ),
  bytes,
)
const streamId = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 3, 5, 7) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2, 0x7fffffff, 0x80000001) },
)
const flags = fc.oneof(fc.constantFrom(0, FLAG.END_STREAM, FLAG.END_HEADERS, 5), fc.nat({ max: 255 }))

/** A request as it should be, or its parts in a wrong place. */
const request = fc
  .tuple(fc.constantFrom(1, 3, 5, 7, 9), block, fc.array(body, { maxLength: 3 }))
  .map(([stream, headers, parts]) =>
    Buffer.concat([
      frame(FRAME.HEADERS, FLAG.END_HEADERS | (parts.length === 0 ? FLAG.END_STREAM : 0), stream, headers),
      ...parts.map((part, index) =>
        frame(FRAME.DATA, index === parts.length - 1 ? FLAG.END_STREAM : 0, stream, part),
      ),
    ]),
  )

const stray = fc.oneof(
  fc.tuple(fc.nat({ max: 12 }), flags, streamId, bytes).map((parts) => frame(...parts)),
  fc
    .tuple(streamId, flags, block)
    .map(([stream, flag, headers]) => frame(FRAME.HEADERS, flag, stream, headers)),
  fc
    .tuple(streamId, flags, block)
    .map(([stream, flag, headers]) => frame(FRAME.CONTINUATION, flag, stream, headers)),
  fc.tuple(streamId, flags, body).map(([stream, flag, data]) => frame(FRAME.DATA, flag, stream, data)),
  fc
    .tuple(streamId, fc.nat({ max: 15 }))
    .map(([stream, code]) => frame(FRAME.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, code]))),
  fc
    .array(fc.tuple(fc.nat({ max: 9 }), fc.constantFrom(0, 1, 16_384, 0x7fffffff, 0xffffffff)), {
      maxLength: 4,
    })
    .map((settings) => {
      const payload = Buffer.alloc(settings.length * 6)
      for (const [index, [id, value]] of settings.entries()) {
        payload.writeUInt16BE(id, index * 6)
        payload.writeUInt32BE(value, index * 6 + 2)
      }
      return frame(FRAME.SETTINGS, 0, 0, payload)
    }),
  fc.tuple(streamId, fc.constantFrom(0, 1, 0x7fffffff)).map(([stream, size]) => {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(size)
    return frame(FRAME.WINDOW_UPDATE, 0, stream, payload)
  }),
  fc.constant(frame(FRAME.PING, 0, 0, Buffer.alloc(8))),
  fc.constant(frame(FRAME.GOAWAY, 0, 0, Buffer.alloc(8))),
)

const frames = fc
  .array(fc.oneof({ weight: 3, arbitrary: request }, { weight: 2, arbitrary: stray }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => Buffer.concat([PREFACE, SETTINGS, ...parts]))

const connection = fc.oneof(
  { weight: 5, arbitrary: frames },
  {
    weight: 3,
    arbitrary: edited(
      frames.map((it) => it.toString('latin1')),
      fc.oneof(stray, bytes).map((it) => it.toString('latin1')),
    ).map((it) => Buffer.from(it, 'latin1')),
  },
)

const visit: fc.Arbitrary<Visit> = fc
  .tuple(
    connection,
    fc.array(fc.nat(), { maxLength: 3 }),
    fc.constantFrom<Farewell>('wait', 'wait', 'end', 'reset'),
  )
  .map(([sent, cuts, farewell]) => ({ pieces: cutAt(sent, cuts), farewell }))

const STATUSES = new Set([200, 400, 401, 403, 404, 405, 408, 413, 417, 429, 431, 501])

fuzz('any frames over HTTP/2 get answers or an end, and leave nothing behind', 4, async (t) => {
  const service = await startFuzzedService(t)
  return fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 40 }), async (visits) => {
    const received = await service.visit(visits)
    for (const { status, transport } of service.sts.answers) {
      if (transport === 'http') assert.ok(STATUSES.has(status), `HTTP ${status}`)
      else assert.notEqual(status, 13)
    }
    for (const { scope, identity, authorization } of service.calls()) {
      assert.ok(scope.isWellFormed() && identity.isWellFormed() && authorization.length <= 8)
    }
    // Whatever it was told, the service itself speaks HTTP/2: settings first, if it said anything.
    for (const answer of received) {
      const [first] = framesOf(answer)
      if (first !== undefined && !answer.toString('latin1').startsWith('HTTP/1.1 ')) {
        assert.deepEqual([first.type, first.stream], [FRAME.SETTINGS, 0])
      }
    }
  })
})
