import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cutAt, edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'
import { startFuzzedService, type Farewell, type Visit } from './support/service.ts'

const BEARER = 'Authorization: Bearer aaa.bbb.ccc\r\n'
const HOST = 'Host: sts.example.com\r\n'
const EXCHANGE = '/sts/exchange?scope=acme/app&identity=reader'

function post(type: string, body: string, more = ''): string {
  return `POST /sts/exchange HTTP/1.1\r\n${HOST}${BEARER}Content-Type: ${type}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`
}

const REQUESTS = [
  `GET ${EXCHANGE} HTTP/1.1\r\n${HOST}${BEARER}\r\n`,
  `GET ${EXCHANGE}&scopes=acme/app HTTP/1.1\r\n${HOST}${BEARER}Connection: close\r\n\r\n`,
  `GET http://sts.example.com${EXCHANGE} HTTP/1.0\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\n${HOST}\r\nGET /readyz HTTP/1.1\r\n${HOST}\r\nGET ${EXCHANGE} HTTP/1.1\r\n${HOST}${BEARER}\r\n`,
  `HEAD / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  post('application/json', '{"scope":"acme/app","identity":"reader"}'),
  post('application/x-www-form-urlencoded', 'scope=acme%2Fapp&identity=reader'),
  post('application/json', '{"scopes":["acme/app"],"identity":"denied"}', 'Expect: 100-continue\r\n'),
  `POST /sts/exchange HTTP/1.1\r\n${HOST}${BEARER}Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n` +
    '10\r\n{"scope":"acme",\r\n13;x=y\r\n"identity":"limited\r\n2\r\n"}\r\n0\r\nTrailer: a\r\n\r\n',
  `POST /sts/exchange_refresh_token HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
]

const pieces = fc.constantFrom(
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    ':',
    ': ',
    '/',
    '?',
    '%',
    '\x7f',
    '\xff',
    '\x80',
    '#',
    ';',
    ',',
    '"',
  ],
  ...[
    'Content-Length: 5\r\n',
    'Content-Length: 0\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 99999999999\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'transfer-encoding : chunked\r\n',
  ],
  ...[
    'Transfer-Encoding:\r\n chunked\r\n',
    'Content-Encoding: gzip\r\n',
    'Expect: 100-continue\r\n',
    'Expect: a\r\n',
  ],
  ...[
    'Host: b\r\n',
    'Authorization: Bearer x.y.z\r\n',
    'Connection: close\r\n',
    'Connection: upgrade\r\n',
    'Upgrade: h2c\r\n',
  ],
  ...[
    'X-Forwarded-For: 1.2.3.4, x\r\n',
    'X-Request-Id: a\x01b\r\n',
    'Trailer: a\r\n',
    'TE: trailers\r\n',
    'Range: bytes=0-\r\n',
  ],
  ...[
    'HTTP/1.1',
    'HTTP/1.0',
    'HTTP/2.0',
    'HTTP/0.9',
    'GET ',
    'POST ',
    'CONNECT ',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'TRACE ',
  ],
  ...[
    '0\r\n\r\n',
    '5\r\nabcde\r\n',
    'ffffffffffffffff\r\n',
    '-1\r\n',
    '0;a=b\r\n',
    'scope=x&',
    'identity=y&',
    '{"scope":"x"}',
  ],
)

/** Any other method, target or body is answered with one of these. */
const STATUSES = new Set([100, 200, 400, 401, 403, 404, 405, 408, 413, 417, 429, 431, 501])

const farewell = fc.constantFrom<Farewell>('wait', 'wait', 'end', 'reset')

function visitOf(bytes: fc.Arbitrary<string>): fc.Arbitrary<Visit> {
  return fc.tuple(bytes, fc.array(fc.nat(), { maxLength: 3 }), farewell).map(([text, cuts, end]) => ({
    pieces: cutAt(Buffer.from(text, 'latin1'), cuts),
    farewell: end,
  }))
}

/** The answers in what a connection received: each whole, but for the last. */
function answersOf(received: Buffer): readonly string[] {
  const answers: string[] = []
  for (let rest = received.toString('latin1'); rest !== '';) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) break
    const head = rest.slice(0, end)
    const isInterim = head.startsWith('HTTP/1.1 100 ')
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    const isWithoutBody = isInterim || /^HTTP\/1\.1 \d+ [^]*/.exec(head) === null
    // The answer to HEAD says how long the body would be, and has none.
    const body = rest.slice(end + 4)
    const size = isWithoutBody || body === '' || body.startsWith('HTTP/1.1 ') ? 0 : length
    answers.push(head)
    rest = body.slice(size)
  }
  return answers
}

function assertAnswered(received: Buffer, sent: string): void {
  const answers = answersOf(received)
  for (const head of answers) {
    const status = Number(/^HTTP\/1\.1 (\d{3}) [A-Za-z -]+\r?\n?/.exec(`${head}\r\n`)?.[1])
    assert.ok(STATUSES.has(status), head)
    if (status === 100) continue
    assert.match(head, /^x-request-id: [0-9a-f-]{36}$/im)
    assert.match(head, /^cache-control: no-store$/im)
    assert.doesNotMatch(head, /^access-control-/im)
  }
  const requestIds = answers.flatMap((head) => /^x-request-id: (.*)$/im.exec(head)?.[1] ?? [])
  assert.equal(new Set(requestIds).size, requestIds.length)
  assert.ok(requestIds.length <= sent.split('HTTP/').length, 'no more answers than requests')
}

const requests = fc
  .array(fc.constantFrom(...REQUESTS), { minLength: 1, maxLength: 3 })
  .map((texts) => texts.join(''))

const bytes = fc.oneof(
  { weight: 6, arbitrary: edited(requests, pieces, 3) },
  { weight: 1, arbitrary: fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it).toString('latin1')) },
)

fuzz('any bytes over HTTP/1.1 get an answer or an end, and leave nothing behind', 12, async (t) => {
  const service = await startFuzzedService(t)
  return fc.asyncProperty(fc.array(visitOf(bytes), { minLength: 1, maxLength: 24 }), async (visits) => {
    const received = await service.visit(visits)
    const sent = visits.map((visit) => Buffer.concat(visit.pieces).toString('latin1'))
    for (const [index, answer] of received.entries()) assertAnswered(answer, sent[index] ?? '')
    const asked = sent.join('').split('/sts/exchange').length - 1
    assert.ok(service.calls().length <= asked, 'no more exchanges than were asked for')
    for (const { authorization, signal } of service.calls()) {
      assert.ok(authorization.every((value) => sent.some((text) => text.includes(value))))
      assert.ok(signal.aborted || authorization.length <= 8)
    }
  })
})

/** Requests whose framing is as it should be: only what they ask for is strange. */
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
const printable = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((it) => String.fromCharCode(it)),
})
const text = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((it) => it !== 0x7f)
    .map((it) => String.fromCharCode(it)),
})
const wellFramed = fc
  .record({
    method: fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE')),
    target: fc.oneof(
      fc.constantFrom(
        '/',
        '/healthz',
        '/readyz',
        '/sts/exchange',
        '/sts/exchange_refresh_token',
        '//',
        '/%2e',
      ),
      fc.tuple(printable, printable).map(([path, query]) => `/${path}?${query}`),
      printable.map((query) => `/sts/exchange?scope=acme/app&identity=reader&${query}`),
    ),
    headers: fc.array(
      fc.tuple(
        fc.oneof(
          token.filter(
            (it) =>
              !/^(?:host|connection|content-length|transfer-encoding|upgrade|expect|keep-alive)$/i.test(it),
          ),
          fc.constantFrom(
            'Authorization',
            'Content-Type',
            'X-Forwarded-For',
            'User-Agent',
            'Cookie',
            'Accept',
          ),
        ),
        text,
      ),
      { maxLength: 6 },
    ),
    body: fc.option(fc.oneof(text, fc.json(), fc.constant('scope=acme&identity=reader')), { nil: undefined }),
  })
  .map(({ method, target, headers, body }) => {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`
    return `${method} ${target.replace('#', '')} HTTP/1.1\r\n${HOST}${lines}${length}Connection: close\r\n\r\n${body ?? ''}`
  })

fuzz('every well-formed request over HTTP/1.1 gets one answer, whatever it asks for', 25, async (t) => {
  const service = await startFuzzedService(t)
  return fc.asyncProperty(fc.array(wellFramed, { minLength: 1, maxLength: 24 }), async (texts) => {
    const received = await service.visit(
      texts.map((it) => ({ pieces: [Buffer.from(it, 'latin1')], farewell: 'wait' })),
    )
    for (const [index, answer] of received.entries()) {
      assertAnswered(answer, texts[index] ?? '')
      assert.equal(answersOf(answer).length, 1, texts[index])
    }
  })
})
