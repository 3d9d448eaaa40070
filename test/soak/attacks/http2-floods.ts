import { writeUntilCut } from '../attackers/connection.ts'
import {
  FLAG,
  FRAME,
  frame,
  grpcHeaders,
  headerBlock,
  PREFACE,
  requestHeaders,
} from '../../transport/support/http2-frames.ts'
import { CUT, type Attack } from './attack.ts'

/** A burst of frames each; so 5,000 frames a second from each attacker. */
const INTERVAL_MS = 20
const BURST = 100
/** What the service may take to notice. */
const NOTICE_MAX_MS = 25_000

const EXCHANGE = headerBlock(grpcHeaders('/chainguard.platform.oidc.SecurityTokenService/Exchange'))
const HEALTH = headerBlock(requestHeaders('GET', '/healthz'))
const POST = headerBlock(requestHeaders('POST', '/sts/exchange'))
const CANCEL = Buffer.from([0, 0, 0, 8])
const HELLO = Buffer.concat([PREFACE, frame(FRAME.SETTINGS, 0, 0)])

/** `next` gets the number of the frame, from 0. */
function flood(name: string, what: string, next: (n: number) => Buffer, first: Buffer = HELLO): Attack {
  const burst = (round: number): Buffer =>
    Buffer.concat(Array.from({ length: BURST }, (_, index) => next(round * BURST + index)))
  return {
    name,
    rows: 'G',
    what,
    perSecond: 2,
    atOnce: 10,
    answers: [CUT],
    attempt: (arena) =>
      writeUntilCut(arena, { first, next: burst, intervalMs: INTERVAL_MS, maxMs: NOTICE_MAX_MS }),
  }
}

function resets(name: string, what: string, block: Buffer, flags: number): Attack {
  return flood(name, what, (n) => {
    const stream = 2 * n + 1
    return Buffer.concat([
      frame(FRAME.HEADERS, flags, stream, block),
      frame(FRAME.RST_STREAM, 0, stream, CANCEL),
    ])
  })
}

/** A connection that sends as many frames as it can of what costs the service more than the sender. */
export const HTTP2_FLOODS: readonly Attack[] = [
  resets('rapid-reset-grpc', 'gRPC calls, each cancelled at once', EXCHANGE, FLAG.END_HEADERS),
  resets('rapid-reset-json', 'JSON requests, each cancelled at once', POST, FLAG.END_HEADERS),
  resets(
    'rapid-reset-whole',
    'whole requests, each cancelled at once',
    HEALTH,
    FLAG.END_HEADERS | FLAG.END_STREAM,
  ),
  flood('settings-flood', 'SETTINGS', () => frame(FRAME.SETTINGS, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100]))),
  flood('ping-flood', 'PING', () => frame(FRAME.PING, 0, 0, Buffer.alloc(8))),
  flood('priority-flood', 'PRIORITY', () => frame(FRAME.PRIORITY, 0, 9, Buffer.from([0, 0, 0, 0, 1]))),
  flood('unknown-frames', 'frames of no known type', () => frame(0x77, 0, 0, Buffer.alloc(1_000))),
  flood('window-updates', 'WINDOW_UPDATE', () => frame(FRAME.WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 0, 1]))),
  flood(
    'continuation-flood',
    'headers that never end',
    (n) => frame(FRAME.CONTINUATION, 0, 1, headerBlock([[`x-${n}`, 'x'.repeat(100)]])),
    Buffer.concat([HELLO, frame(FRAME.HEADERS, 0, 1, EXCHANGE)]),
  ),
  flood(
    'empty-data',
    'DATA without data',
    () => frame(FRAME.DATA, 0, 1),
    Buffer.concat([HELLO, frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, POST)]),
  ),
]
