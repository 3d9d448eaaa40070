import { writeUntilCut } from '../attackers/connection.ts'
import { descriptorLimit } from '../processes/usage.ts'
import {
  FLAG,
  FRAME,
  frame,
  headerBlock,
  PREFACE,
  requestHeaders,
} from '../../transport/support/http2-frames.ts'
import { CUT, type Attack } from './attack.ts'

/** What the service may take at most until it has seen a first request, and a margin for a busy machine. */
const FIRST_REQUEST_MAX_MS = 16_000
/** For requests that are begun: a body has 30 s. */
const REQUEST_MAX_MS = 45_000

/** Connections at a time, as far as this process may have that many files open. */
const IDLE_CONNECTIONS = Math.min(10_000, Math.max(100, descriptorLimit() - 4_000))

const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'
const POST = 'POST /sts/exchange HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n'
const HELLO = Buffer.concat([PREFACE, frame(FRAME.SETTINGS, 0, 0)])

interface Slow {
  readonly name: string
  readonly what: string
  readonly first: Buffer | string
  readonly next?: (round: number) => Buffer | string
  readonly perSecond?: number
  readonly atOnce?: number
  readonly maxMs?: number
}

const SLOW: readonly Slow[] = [
  {
    name: 'silent-sockets',
    what: `connections that say nothing, up to ${IDLE_CONNECTIONS} at a time`,
    first: '',
    perSecond: 2_000,
    atOnce: IDLE_CONNECTIONS,
  },
  { name: 'slow-headers', what: 'a header every second, without end', first: GET, next: () => 'X: a\r\n' },
  { name: 'slow-bytes', what: 'a request line byte by byte', first: 'GET ', next: () => '/' },
  { name: 'half-prefaces', what: 'half of the HTTP/2 preface', first: PREFACE.subarray(0, 15) },
  { name: 'silent-http2', what: 'HTTP/2 connections without a request', first: HELLO },
  {
    name: 'half-requests',
    what: 'HTTP/2 headers without their end',
    first: Buffer.concat([HELLO, frame(FRAME.HEADERS, 0, 1, headerBlock(requestHeaders('GET', '/healthz')))]),
  },
  {
    name: 'half-bodies',
    what: 'HTTP/2 requests whose body does not come',
    first: Buffer.concat([
      HELLO,
      frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, headerBlock(requestHeaders('POST', '/sts/exchange'))),
    ]),
    maxMs: REQUEST_MAX_MS,
  },
  { name: 'slow-bodies', what: 'a body byte by byte', first: POST, next: () => 'x', maxMs: REQUEST_MAX_MS },
]

/** Connections that are held, at as little cost as possible. */
export const SLOW_CONNECTIONS: readonly Attack[] = SLOW.map(
  ({ name, what, first, next, perSecond = 50, atOnce = 500, maxMs = FIRST_REQUEST_MAX_MS }) => ({
    name,
    rows: 'G',
    what,
    perSecond,
    atOnce,
    // 408 where a request was begun; 400 where the end of the connection comes in the middle of one.
    answers: [CUT, 'HTTP 408', 'HTTP 400', 'HTTP 431'],
    attempt: (arena) => writeUntilCut(arena, { first, ...(next && { next }), maxMs }),
  }),
)
