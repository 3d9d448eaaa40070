import { rawRequest, writeUntilCut } from '../attackers/connection.ts'
import {
  FLAG,
  FRAME,
  frame,
  headerBlock,
  PREFACE,
  requestHeaders,
} from '../../transport/support/http2-frames.ts'
import { CUT, turnOf, type Attack } from './attack.ts'

const LINE = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'

const HTTP1_BOMBS: readonly string[] = [
  `${LINE}X: ${'x'.repeat(33 * 1024)}\r\n\r\n`,
  `${LINE}${'X: a\r\n'.repeat(6_000)}\r\n`,
  `GET /${'x'.repeat(33 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `${LINE}Cookie: ${'a=b; '.repeat(10_000)}\r\n\r\n`,
]

/** The most that fits into one frame by default (RFC 9113, section 4.2). */
const FRAME_MAX_BYTES = 16_384
/** Of the dynamic table by default (RFC 9113, section 6.5.2); an entry counts 32 beside its octets. */
const ENTRY_BYTES = 4_096 - 32 - 1

/**
 * One header that fills the dynamic table, then as many references to it as fit: 12 KB on the wire, 48 MB of
 * headers (RFC 7541, section 6.1: index 62 is the newest entry).
 */
function hpackBomb(stream: number): Buffer {
  const entry = Buffer.concat([
    Buffer.from([0x40, 1]),
    Buffer.from('x'),
    hpackLength(ENTRY_BYTES),
    Buffer.alloc(ENTRY_BYTES, 97),
  ])
  const start = Buffer.concat([headerBlock(requestHeaders('GET', '/healthz')), entry])
  const references = Buffer.alloc(FRAME_MAX_BYTES - start.length, 0x80 | 62)
  return frame(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, stream, Buffer.concat([start, references]))
}

/** A length of seven bits and then some, without Huffman coding (RFC 7541, section 5.1). */
function hpackLength(length: number): Buffer {
  const bytes = [127]
  let rest = length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

export const HEADER_BOMBS: readonly Attack[] = [
  {
    name: 'http1-header-bombs',
    rows: 'G',
    what: 'headers, targets and cookies over 32 KiB',
    perSecond: 20,
    // Cut when it sends on after the answer.
    answers: ['HTTP 431', CUT],
    attempt: (arena, n) => rawRequest(arena, turnOf(HTTP1_BOMBS, n)),
  },
  {
    name: 'hpack-bombs',
    rows: 'G',
    what: 'streams of 12 KB that stand for 48 MB of headers, ten a second on a connection',
    perSecond: 5,
    atOnce: 10,
    answers: [CUT],
    attempt: (arena) =>
      writeUntilCut(arena, {
        first: Buffer.concat([PREFACE, frame(FRAME.SETTINGS, 0, 0)]),
        next: (round) => hpackBomb(2 * round + 1),
        intervalMs: 100,
        maxMs: 20_000,
      }),
  },
]
