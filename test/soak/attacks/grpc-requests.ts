import http2 from 'node:http2'
import { gzipSync } from 'node:zlib'
import { loadWireDefinition } from '#pkg/wire'
import { grpcMessage } from '../../transport/support/http2-frames.ts'
import { GOOD, HOSTILE_OWNER } from '../world/names.ts'
import { CUT, HELD, NO_ANSWER, turnOf, type Arena, type Attack } from './attack.ts'

const PATH = '/chainguard.platform.oidc.SecurityTokenService/Exchange'
const CALL_MAX_MS = 20_000

const { requestSerialize } = loadWireDefinition().service.Exchange
const MESSAGE = requestSerialize({ scope: `${HOSTILE_OWNER}/${GOOD.repository}`, identity: 'costly-0' })

interface Call {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer
}

const BOMB = grpcMessage(gzipSync(Buffer.alloc(10_000_000)), true)

const MALFORMED: readonly Call[] = [
  { headers: { 'grpc-encoding': 'gzip' }, body: BOMB },
  { body: BOMB },
  { headers: { 'grpc-encoding': 'identity' }, body: grpcMessage(gzipSync(MESSAGE), true) },
  { body: Buffer.from([0, 0xff, 0xff, 0xff, 0xff]) },
  { body: grpcMessage(Buffer.alloc(64 * 1024 + 1)) },
  { body: grpcMessage(Buffer.alloc(1_000, 0xff)) },
  { body: Buffer.alloc(0) },
  { body: Buffer.from([0, 0, 0, 0, 9, 1]) },
  { body: Buffer.concat([grpcMessage(MESSAGE), grpcMessage(MESSAGE)]) },
  { body: Buffer.alloc(16_000) },
  { body: Buffer.from([7, 0, 0, 0, 1, 0x22]) },
]

const PAST_DEADLINES: readonly string[] = ['0S', '0n', '1n', '1u', '1m', '1', '-1S', '123456789S', 'S']

/** One call on a connection of its own: the gRPC status, or how else it ended. */
async function call(arena: Arena, { headers = {}, body }: Call): Promise<string> {
  const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
  if (arena.over.aborted) return HELD
  const session = http2.connect(`http://127.0.0.1:${arena.port}`)
  return new Promise((resolve) => {
    const end = (word: string): void => {
      resolve(word)
      session.destroy()
    }
    const onOver = (): void => {
      end(HELD)
    }
    arena.over.addEventListener('abort', onOver, { once: true })
    session.on('error', () => {
      end(CUT)
    })
    session.setTimeout(CALL_MAX_MS, () => {
      end(NO_ANSWER)
    })
    const stream = session.request({
      ...{ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', te: 'trailers' },
      ...{ authorization: `Bearer ${bearer}`, ...headers },
    })
    let word = CUT
    const take = (received: http2.IncomingHttpHeaders): void => {
      const status = received['grpc-status']
      if (typeof status === 'string') word = `gRPC ${status}`
    }
    stream.on('response', take).on('trailers', take)
    stream.on('error', () => undefined)
    stream.on('close', () => {
      arena.over.removeEventListener('abort', onOver)
      end(word)
    })
    stream.resume()
    stream.end(body)
  })
}

export const GRPC_REQUESTS: readonly Attack[] = [
  {
    name: 'grpc-messages',
    rows: 'G',
    what: 'compressed, oversized, cut, doubled and empty messages; a gzip bomb',
    perSecond: 20,
    // Two whole messages may be met by an answer to the first.
    answers: ['gRPC 3', 'gRPC 7', 'gRPC 8', 'gRPC 12', 'gRPC 13', CUT],
    attempt: (arena, n) => call(arena, turnOf(MALFORMED, n)),
  },
  {
    name: 'past-deadlines',
    rows: 'N',
    what: 'calls whose deadline has passed when they arrive, or is none',
    perSecond: 20,
    // What is in memory can be answered within a millisecond.
    answers: ['gRPC 3', 'gRPC 4', 'gRPC 7', CUT],
    attempt: (arena, n) =>
      call(arena, { headers: { 'grpc-timeout': turnOf(PAST_DEADLINES, n) }, body: grpcMessage(MESSAGE) }),
  },
]
