import { rawRequest } from '../attackers/connection.ts'
import { GOOD } from '../world/names.ts'
import { CUT, turnOf, type Arena, type Attack } from './attack.ts'

const HOST = 'Host: localhost\r\n'
const CLOSE = 'Connection: close\r\n'
const POST = `POST /sts/exchange HTTP/1.1\r\n${HOST}`
const BIG_CHUNKS = `4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)

const MALFORMED: readonly (string | Buffer)[] = [
  ...[
    '\x16\x03\x01 hello\r\n\r\n',
    'GET /\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n',
    '\r\n\r\n\r\n \r\n',
  ],
  ...[
    'GET /healthz HTTP/1.1\r\n\r\n',
    `GET /healthz HTTP/1.1\r\n${HOST}${HOST}\r\n`,
    `GET / HTTP/9.9\r\n${HOST}\r\n`,
  ],
  `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `${POST}Content-Length: -1\r\n\r\n`,
  `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`,
  Buffer.alloc(5_000, 0xfe),
  Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.alloc(5_000, 0xfe)]),
]

const OVERSIZED: readonly string[] = [
  `${POST}Content-Length: 65537\r\n\r\n`,
  `${POST}Content-Length: 99999999999\r\n\r\n${'x'.repeat(200_000)}`,
  `${POST}Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n${BIG_CHUNKS}`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`,
]

/** A request with several authorization headers, one of them a token that the attackers' policy lets in. */
async function repeatedAuthorization(arena: Arena, n: number): Promise<string> {
  const token = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
  const lines = turnOf(
    [
      `Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\n`,
      `Authorization: Bearer ${token}\r\n${'X: a\r\n'.repeat(2_500)}aUTHORIZATION: Bearer x\r\n`,
      `Authorization: Bearer ${token}, Bearer ${token}\r\n`,
      `Authorization: Basic eDp5\r\nAuthorization: Bearer ${token}\r\n`,
    ],
    n,
  )
  const target = `/sts/exchange?scope=${GOOD.owner}/${GOOD.repository}&identity=${GOOD.identity}`
  return rawRequest(arena, `GET ${target} HTTP/1.1\r\n${HOST}${CLOSE}${lines}\r\n`)
}

export const HTTP1_REQUESTS: readonly Attack[] = [
  {
    name: 'garbage',
    rows: 'G',
    what: 'bytes that are no HTTP, or HTTP that two servers would read differently',
    perSecond: 50,
    // The last of them waits for more, until its time is over.
    answers: ['HTTP 400', 'HTTP 408', CUT],
    attempt: (arena, n) => rawRequest(arena, turnOf(MALFORMED, n)),
  },
  {
    name: 'oversized-bodies',
    rows: 'G',
    what: 'bodies over 64 KiB: declared, in chunks, behind Expect, in chunk extensions',
    perSecond: 20,
    answers: ['HTTP 413', CUT],
    attempt: (arena, n) => rawRequest(arena, turnOf(OVERSIZED, n)),
  },
  {
    name: 'two-authorizations',
    rows: 'J',
    what: 'two authorization headers, the second hidden behind thousands of others',
    perSecond: 20,
    answers: ['TOKEN_MISSING', 'TOKEN_MALFORMED'],
    attempt: repeatedAuthorization,
  },
]
