import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test, type TestContext } from 'node:test'
import { startIssuer } from '../../emulator/index.ts'
import { startScriptedServer, type Answerer } from '../github/support/scripted-server.ts'
import { makeFolder, writeFileAt } from './support/files.ts'
import { runGhsts, type TerminalOptions } from './support/ghsts.ts'

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`
const WANTED = ['--scope', 'acme/app', '--identity', 'reader'] as const

const GRANTED: Answerer = (_, response) => {
  response.setHeader('sts-request-id', 'request-1')
  response.setHeader('sts-policy', '.github/chainguard/reader.sts.yaml@0123')
  response.setHeader('sts-permissions', 'contents=read')
  response.setHeader('sts-repositories', 'app')
  response.end('{"token":"ghs_issued","refreshToken":"","expiry":"2026-08-01T00:00:00Z"}')
}

const DENIED: Answerer = (_, response) => {
  const metadata = { field: 'subject', actual: 'x', request_id: 'request-1' }
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'POLICY_MISMATCH', metadata }
  response.writeHead(403, { 'sts-request-id': 'request-1', 'retry-after': '7' })
  response.end(JSON.stringify({ code: 7, message: 'the token does not fit\u001b[2J', details: [info] }))
}

/** A service that answers so, and an exchange with it. */
async function startService(t: TestContext, answer: Answerer) {
  const bearers: (string | undefined)[] = []
  const server = await startScriptedServer((request, response, count) => {
    bearers.push(request.headers.authorization)
    answer(request, response, count)
  })
  t.after(() => server.close())
  const exchange = async (args: readonly string[], options: TerminalOptions = {}) => {
    const result = await runGhsts(['exchange', '--url', server.url, ...WANTED, ...args], options)
    for (const text of [result.stdout, result.stderr]) assert.equal(text.includes(TOKEN), false)
    return result
  }
  return { url: server.url, requests: server.requests, bearers, exchange }
}

test('prints the token alone', async (t) => {
  const { exchange, bearers } = await startService(t, GRANTED)
  const result = await exchange(['--token', '-'], { input: TOKEN })
  assert.deepEqual(result, { status: 0, stdout: 'ghs_issued\n', stderr: '' })
  assert.deepEqual(bearers, [`Bearer ${TOKEN}`])
})

test('takes a token from a file', async (t) => {
  const { exchange, bearers } = await startService(t, GRANTED)
  const file = writeFileAt(makeFolder(t), 'token', `${TOKEN}\r\n`)
  assert.equal((await exchange(['--token', file])).status, 0)
  assert.deepEqual(bearers, [`Bearer ${TOKEN}`])
})

test('with --json prints an object', async (t) => {
  const { exchange } = await startService(t, GRANTED)
  const { status, stdout, stderr } = await exchange(['--json', '--token', '-'], { input: TOKEN })
  assert.deepEqual([status, stderr], [0, ''])
  assert.deepEqual(JSON.parse(stdout), {
    token: 'ghs_issued',
    expiry: '2026-08-01T00:00:00Z',
    request_id: 'request-1',
    policy: '.github/chainguard/reader.sts.yaml@0123',
    permissions: ['contents=read'],
    repositories: ['app'],
  })
})

test('says code, message and request id of a denial, and nothing on standard output', async (t) => {
  const { exchange } = await startService(t, DENIED)
  const { status, stdout, stderr } = await exchange(['--token', '-'], { input: TOKEN })
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, /POLICY_MISMATCH.*the token does not fit/)
  assert.match(stderr, /request-1/)
  assert.match(stderr, /\b7 s\b/)
  assert.match(stderr, /^(?:ghsts: [\x20-\x7e]+\n)+$/)
})

test('with --json gives a denial as an object on standard output', async (t) => {
  const { exchange } = await startService(t, DENIED)
  const { status, stdout, stderr } = await exchange(['--token', '-', '--json'], { input: TOKEN })
  assert.deepEqual([status, stderr], [1, ''])
  assert.deepEqual(JSON.parse(stdout), {
    error: {
      kind: 'denied',
      code: 'POLICY_MISMATCH',
      message: 'the token does not fit\\u{1b}[2J',
      http_status: 403,
      request_id: 'request-1',
      retry_after_seconds: 7,
      details: { field: 'subject', actual: 'x' },
    },
  })
})

const failures: readonly (readonly [name: string, answer: Answerer, kind: string])[] = [
  ['a service that is down', (request) => request.socket.resetAndDestroy(), 'unreachable'],
  ['a page of HTML', (_, response) => response.writeHead(500).end('<html>'), 'unexpected_answer'],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), 'unexpected_answer'],
  ['an endless body', (_, response) => response.end(' '.repeat(1024 * 1024)), 'unexpected_answer'],
]
for (const [name, answer, kind] of failures) {
  test(`${name} ends with 1 and says so`, async (t) => {
    const { exchange } = await startService(t, answer)
    const plain = await exchange(['--token', '-'], { input: TOKEN })
    assert.deepEqual([plain.status, plain.stdout], [1, ''])
    assert.match(plain.stderr, /^ghsts: [^\n]+\n$/)
    const json = await exchange(['--token', '-', '--json'], { input: TOKEN })
    assert.deepEqual([json.status, json.stderr], [1, ''])
    assert.equal((JSON.parse(json.stdout) as { error: { kind: string } }).error.kind, kind)
  })
}

/** A job of GitHub Actions in front of `issuer`. */
async function startJob(t: TestContext) {
  const issuer = await startIssuer()
  t.after(() => issuer.close())
  return {
    issuer,
    env: {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.issuer}/actions/token?repository=acme/app`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-this-job',
    },
  }
}

for (const [args, audience] of [
  [[], '127.0.0.1'],
  [['--audience', 'sts.example.com'], 'sts.example.com'],
] as const) {
  test(`in a job asks for a token for ${audience}, and masks the new one`, async (t) => {
    const { env } = await startJob(t)
    const { exchange, bearers } = await startService(t, GRANTED)
    const result = await exchange(args, { env })
    assert.deepEqual(result, { status: 0, stdout: 'ghs_issued\n', stderr: '::add-mask::ghs_issued\n' })
    const [payload = ''] = /(?<=\.)[^.]+(?=\.)/.exec(bearers[0] ?? '') ?? []
    const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    assert.equal(aud, audience)
  })
}

test('in a job that gets no token says so and asks no service', async (t) => {
  const { env, issuer } = await startJob(t)
  issuer.failNext({ kind: 'status', status: 403, body: { message: 'no' } })
  const { exchange, requests } = await startService(t, GRANTED)
  const { status, stderr } = await exchange([], { env })
  assert.equal(status, 1)
  assert.match(stderr, /^ghsts: [^\n]*403/)
  assert.equal(requests.length, 0)
})

const misuse: readonly (readonly [name: string, args: readonly string[], options?: TerminalOptions])[] = [
  ['no --url', [...WANTED, '--token', '-']],
  ['no --scope', ['--url', 'sts.example.com', '--identity', 'reader', '--token', '-']],
  ['no --identity', ['--url', 'sts.example.com', '--scope', 'acme', '--token', '-']],
  ['no token outside of a job', ['--url', 'sts.example.com', ...WANTED]],
  [
    'a job without the permission',
    ['--url', 'sts.example.com', ...WANTED],
    { env: { GITHUB_ACTIONS: 'true' } },
  ],
  [
    'http to another machine',
    ['--url', 'http://sts.example.com', ...WANTED, '--token', '-'],
    { input: TOKEN },
  ],
  ['the token as an argument', ['--url', 'sts.example.com', ...WANTED, '--token', TOKEN]],
  ['the token as an operand', ['--url', 'sts.example.com', ...WANTED, TOKEN]],
  ['the token as the URL', ['--url', TOKEN, ...WANTED, '--token', '-']],
  ['the token as an option', ['--url', 'sts.example.com', ...WANTED, `--${TOKEN}`]],
  ['a file that is not there', ['--url', 'sts.example.com', ...WANTED, '--token', '/nowhere/token']],
  ['a folder', ['--url', 'sts.example.com', ...WANTED, '--token', tmpdir()]],
  ['an empty standard input', ['--url', 'sts.example.com', ...WANTED, '--token', '-']],
  ['a blank standard input', ['--url', 'sts.example.com', ...WANTED, '--token', '-'], { input: '\r\n \n' }],
  ['two tokens', ['--url', 'sts.example.com', ...WANTED, '--token', '-'], { input: `${TOKEN}\n${TOKEN}\n` }],
  [
    'a standard input that is longer than any token',
    ['--url', 'sts.example.com', ...WANTED, '--token', '-'],
    { input: 'a'.repeat(65 * 1024) },
  ],
  [
    'an audience for a token that has one',
    ['--url', 'a.example', ...WANTED, '--token', '-', '--audience', 'b'],
  ],
  ['--json with a value', ['--url', 'sts.example.com', ...WANTED, '--json=yes', '--token', '-']],
]
for (const [name, args, options] of misuse) {
  test(`${name} is wrong usage, said in one line`, async () => {
    const { status, stdout, stderr } = await runGhsts(['exchange', ...args], options)
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, /^ghsts: [^\n]+\n$/)
    assert.equal(stderr.includes(TOKEN.slice(0, 20)), false)
  })
}
