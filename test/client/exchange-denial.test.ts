import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { ClientError, exchangeToken } from '#pkg/client'
import { startScriptedServer } from '../github/support/scripted-server.ts'

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The error of an exchange that is answered so. */
async function denialOf(t: TestContext, { status, headers = {}, body }: Answer): Promise<ClientError> {
  const server = await startScriptedServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  t.after(() => server.close())
  const request = { url: server.url, scope: 'acme/app', identity: 'reader', token: TOKEN }
  const error: unknown = await exchangeToken(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ClientError)
  assert.equal(inspect(error, { depth: 10, showHidden: true }).includes(TOKEN), false)
  return error
}

function status(code: number, message: string, ...details: readonly unknown[]): unknown {
  return { code, message, details }
}

function errorInfo(reason: string, metadata: Readonly<Record<string, unknown>> = {}): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'sts.example.com', metadata }
}

function retryInfo(retryDelay: unknown): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }
}

test('tells the code, the message, the facts and the request id of a denial', async (t) => {
  const metadata = { field: 'subject', actual: 'repo:acme/app', request_id: 'request-1' }
  const error = await denialOf(t, {
    status: 403,
    headers: { 'sts-request-id': 'request-1', 'x-request-id': 'of a proxy' },
    body: status(7, 'the token does not satisfy the trust policy', errorInfo('POLICY_MISMATCH', metadata)),
  })
  const { kind, code, message, httpStatus, requestId, retryAfterMs } = error
  assert.deepEqual(
    { kind, code, message, httpStatus, requestId, retryAfterMs, metadata: error.metadata },
    {
      kind: 'denied',
      code: 'POLICY_MISMATCH',
      message: 'the token does not satisfy the trust policy',
      httpStatus: 403,
      requestId: 'request-1',
      retryAfterMs: undefined,
      metadata,
    },
  )
})

test('takes the denial of a service that names no codes', async (t) => {
  const error = await denialOf(t, { status: 404, body: status(5, 'unable to find trust policy') })
  assert.equal(error.kind, 'denied')
  assert.equal(error.code, undefined)
  assert.equal(error.message, 'unable to find trust policy')
  assert.equal(error.requestId, undefined)
})

for (const [name, headers, details, expected] of [
  ['Retry-After', { 'retry-after': '7' }, [], 7_000],
  ['RetryInfo, which is finer', { 'retry-after': '7' }, [retryInfo('6.500s')], 6_500],
  ['neither, where it is a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, [], undefined],
  ['neither, where it is no duration', {}, [retryInfo({ seconds: 3 })], undefined],
] as const) {
  test(`tells when to try again by ${name}`, async (t) => {
    const body = status(8, 'a rate limit is exhausted', errorInfo('RATE_LIMITED'), ...details)
    const error = await denialOf(t, { status: 429, headers, body })
    assert.equal(error.retryAfterMs, expected)
  })
}

for (const [name, said, shown] of [
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['a C1 control', 'a\u009b2Jb', 'a\\u{9b}2Jb'],
  ['line breaks', 'a\r\n::error::b\u2028c', 'a\\u{d}\\u{a}::error::b\\u{2028}c'],
  ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
  ['what nobody can see', 'a\u200b\u{e0041}b', 'a\\u{200b}\\u{e0041}b'],
  ['a command to a runner', 'a ##[set-output name=x]b', 'a ## [set-output name=x]b'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
  ['the token', `a ${TOKEN} b`, 'a [redacted] b'],
] as const) {
  test(`makes ${name} in a message harmless`, async (t) => {
    const body = status(3, said, errorInfo('INVALID_REQUEST', { actual: said }))
    const error = await denialOf(t, { status: 400, body })
    assert.equal(error.message, shown)
    assert.deepEqual(error.metadata, { actual: shown })
  })
}

test('cuts a long message, and takes the token out before', async (t) => {
  const error = await denialOf(t, {
    status: 400,
    body: status(3, `${'x'.repeat(1_000)}${TOKEN}${'y'.repeat(9_000)}`),
  })
  assert.equal(Array.from(error.message).length, 1_024)
  assert.equal(error.message.includes(TOKEN.slice(0, 20)), false)
})

test('takes no code, facts or ids of another form', async (t) => {
  const metadata = JSON.parse('{"a":1,"b":"text","__proto__":"own"}') as Record<string, unknown>
  const error = await denialOf(t, {
    status: 400,
    headers: { 'sts-request-id': '' },
    body: status(3, 'no', null, 'x', errorInfo('not a code\u001b[0m', metadata)),
  })
  assert.equal(error.code, undefined)
  assert.deepEqual(Object.entries(error.metadata), [
    ['b', 'text'],
    ['__proto__', 'own'],
  ])
  assert.equal(error.requestId, undefined)
})

for (const [name, answer] of [
  ['a page of HTML with 500', { status: 500, body: '<html>Internal Server Error</html>' }],
  ['a page of HTML with 200', { status: 200, body: '<html>Welcome</html>' }],
  ['JSON of another kind', { status: 403, body: { error: 'forbidden' } }],
  ['a list', { status: 403, body: [] }],
  ['JSON that is nested without end', { status: 403, body: '['.repeat(60_000) }],
  ['an empty body', { status: 502, body: '' }],
  ['no token', { status: 200, body: { refreshToken: '' } }],
  ['an empty token', { status: 200, body: { token: '' } }],
  ['a token that is none', { status: 200, body: { token: 7 } }],
  ['a token of two lines', { status: 200, body: { token: 'ghs_1\n::add-mask::x' } }],
  ['an expiry that is none', { status: 200, body: { token: 'ghs_1', expiry: 'tomorrow' } }],
  ['a success that is none', { status: 201, body: { token: 'ghs_1' } }],
] as const) {
  test(`knows ${name} for no answer of a service`, async (t) => {
    const error = await denialOf(t, { ...answer, headers: { 'x-request-id': 'request-1' } })
    assert.equal(error.kind, 'unexpected_answer')
    assert.equal(error.httpStatus, answer.status)
    assert.equal(error.requestId, 'request-1')
    assert.doesNotMatch(error.message, /html|Welcome|ghs_/)
  })
}
