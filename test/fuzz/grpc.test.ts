import assert from 'node:assert/strict'
import http2 from 'node:http2'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { ExchangeCall } from '#pkg/exchange'
import { GRPC_STATUS, loadWireDefinition } from '#pkg/wire'
import { grpcMessage } from '../transport/support/http2-frames.ts'
import { cutAt, edited } from './support/edits.ts'
import { readMessage } from './support/exchange-message.ts'
import { fuzz } from './support/fuzz.ts'
import { startFuzzedService, type FuzzedService } from './support/service.ts'

const EXCHANGE_PATH = '/chainguard.platform.oidc.SecurityTokenService/Exchange'
const { service, status } = loadWireDefinition()

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const message = edited(
  fc.constantFrom(
    ...[
      { scope: 'acme/app', identity: 'reader' },
      { scopes: ['acme/app'], identity: 'denied', aud: ['a', 'b'], cap: ['c'], identity_provider: 'd' },
      { scopes: ['acme', 'acme/app'], scope: 'é😀', identity: 'x'.repeat(200) },
    ].map((fields) => latin1(service.Exchange.requestSerialize(fields))),
  ),
  fc.oneof(
    fc.constantFrom(
      ...[
        '\x12\x01a',
        '\x22\x02id',
        '\x42\x00',
        '\x42\x03a/b',
        '\x12\x7f',
        '\x0a\xff\xff\xff\xff\x0f',
        '\x08\x01',
        '\x10\x01',
      ],
      ...[
        '\x13\x14',
        '\x1b',
        '\x1c',
        '\x15abcd',
        '\x11abcdefgh',
        '\x00',
        '\x07',
        '\xff',
        '\x80',
        '\x12\x02\xc3\x28',
        '\x18\x01',
        '\x32\x00',
      ],
      ...[
        '\x80\x01\x05',
        '\x12\x80\x80\x80\x80\x00',
        '\xf8\xff\xff\xff\x0f\x01',
        '\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01',
        '\x2b\x2b\x2b',
      ],
    ),
    fc.uint8Array({ maxLength: 6 }).map(latin1),
  ),
).map((text) => Buffer.from(text, 'latin1'))

/** One stream's end: its gRPC status, or the code that it was reset with. */
interface StreamEnd {
  readonly status: number | undefined
  readonly details: Buffer | undefined
  readonly reset: number
}

interface Caller {
  call(
    body: readonly Buffer[],
    headers?: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<StreamEnd>
}

function connect(t: TestContext, port: number): Caller {
  let session: http2.ClientHttp2Session | undefined
  t.after(() => session?.destroy())
  return {
    call: (body, headers = {}) =>
      new Promise((resolve) => {
        // The service's limits for idle connections are short here.
        if (session === undefined || session.closed || session.destroyed) {
          session = http2.connect(`http://127.0.0.1:${port}`).on('error', () => undefined)
        }
        const stream = session.request({
          ':method': 'POST',
          ':path': EXCHANGE_PATH,
          'content-type': 'application/grpc',
          te: 'trailers',
          authorization: 'Bearer a.b.c',
          ...headers,
        })
        let received: http2.IncomingHttpHeaders = {}
        const take = (more: http2.IncomingHttpHeaders): void => {
          received = { ...received, ...more }
        }
        stream
          .on('response', take)
          .on('trailers', take)
          .on('error', () => undefined)
          .resume()
        stream.on('close', () => {
          const code = received['grpc-status']
          const details = received['grpc-status-details-bin']
          resolve({
            status: code === undefined ? undefined : Number(code),
            details: details === undefined ? undefined : Buffer.from(String(details), 'base64'),
            reset: stream.rstCode,
          })
        })
        for (const piece of body) stream.write(piece)
        stream.end()
      }),
  }
}

const EXPECTED: ReadonlySet<number> = new Set(
  Object.entries(GRPC_STATUS)
    .filter(([name]) => name !== 'INTERNAL')
    .map(([, code]) => code),
)

function assertUnharmed({ sts }: FuzzedService): void {
  assert.deepEqual(sts.defects.splice(0), [], 'no defect is reported')
  assert.ok(!sts.answers.splice(0).some(({ code }) => code === 'INTERNAL'))
}

/** What came of one message: the end of its stream, and what the exchange was called with, if it was. */
function assertRead(bytes: Buffer, end: StreamEnd, call: ExchangeCall | undefined): void {
  assert.ok(end.status !== undefined && EXPECTED.has(end.status), `status ${end.status}, reset ${end.reset}`)
  if (end.status !== GRPC_STATUS.OK) {
    const { code, details } = status.deserialize(end.details ?? assert.fail('no details'))
    assert.deepEqual([code, details.length > 0], [end.status, true])
  }
  const expected = readMessage(bytes)
  if (call === undefined) {
    assert.equal(end.status, GRPC_STATUS.INVALID_ARGUMENT)
    assert.equal(expected, undefined)
  } else if (expected !== undefined) {
    const { scope, scopes, identity } = call
    assert.deepEqual({ scope, scopes, identity }, expected)
  }
}

fuzz('any bytes as a gRPC message are read by the letter, or refused with a status', 40, async (t) => {
  const running = await startFuzzedService(t)
  const caller = connect(t, running.sts.port)
  return fc.asyncProperty(fc.array(message, { maxLength: 24 }), async (messages) => {
    running.sts.calls.length = 0
    const ends = await Promise.all(
      messages.map((bytes, index) => caller.call([grpcMessage(bytes)], { 'x-request-id': String(index) })),
    )
    assertUnharmed(running)
    const calls = new Map(running.sts.calls.map((call) => [call.callerRequestId, call]))
    for (const [index, bytes] of messages.entries()) {
      assertRead(bytes, ends[index] ?? assert.fail('no end'), calls.get(String(index)))
    }
  })
})

const framed = edited(
  fc
    .array(message, { maxLength: 3 })
    .map((messages) => latin1(Buffer.concat(messages.map((it) => grpcMessage(it))))),
  fc.constantFrom(
    '\0',
    '\x01',
    '\0\0\0\0\0',
    '\x01\0\0\0\0',
    '\0\xff\xff\xff\xff',
    '\0\0\x01\0\x01',
    '\xff',
    '\0\0\0\0\x02ab',
  ),
).map((text) => Buffer.from(text, 'latin1'))

const metadata = fc.dictionary(
  fc.constantFrom(
    'grpc-timeout',
    'grpc-encoding',
    'grpc-accept-encoding',
    'user-agent',
    'x-forwarded-for',
    'x-bin',
    'sts-stream',
    'content-type',
    'cookie',
  ),
  fc.oneof(
    fc.constantFrom(
      '1S',
      '1n',
      '0m',
      '99999999H',
      '-1S',
      '1',
      'gzip',
      'identity',
      '!!!',
      'application/grpc+proto',
      '1',
      '2',
    ),
    fc.stringMatching(/^[\x21-\x7e]{0,12}$/),
  ),
  { maxKeys: 3, noNullPrototype: true },
)

const stream = fc.tuple(framed, fc.array(fc.nat(), { maxLength: 2 }), metadata)

fuzz('any bytes in the place of gRPC messages get a status or an end', 40, async (t) => {
  const running = await startFuzzedService(t)
  const caller = connect(t, running.sts.port)
  return fc.asyncProperty(fc.array(stream, { maxLength: 16 }), async (streams) => {
    const ends = await Promise.all(
      streams.map(([bytes, cuts, headers]) => caller.call(cutAt(bytes, cuts), headers)),
    )
    assertUnharmed(running)
    for (const [index, { status: code, reset }] of ends.entries()) {
      const type = streams[index]?.[2]['content-type'] ?? 'application/grpc'
      if (code !== undefined) assert.ok(EXPECTED.has(code), `grpc-status ${code}`)
      else assert.ok(reset !== 0 || !type.startsWith('application/grpc'), 'neither a status nor a reset')
    }
  })
})
