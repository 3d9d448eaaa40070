import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startScriptedServer } from '../github/support/scripted-server.ts'
import { runGhsts, type TerminalOptions } from './support/ghsts.ts'

const TOKEN = 'ghs_1_abcdefghijklmnop.qrstuvwxyz.0123456789'

/** A GitHub that answers every revocation with `status`. */
async function startGitHub(t: TestContext, status: number) {
  const asked: string[] = []
  const server = await startScriptedServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`)
    response.writeHead(status).end()
  })
  t.after(() => server.close())
  return { url: server.url, asked }
}

async function revoke(args: readonly string[], options: TerminalOptions = {}) {
  const result = await runGhsts(['revoke', ...args], { input: `${TOKEN}\n`, ...options })
  for (const text of [result.stdout, result.stderr]) assert.equal(text.includes(TOKEN), false)
  return result
}

test('revokes the token on standard input', async (t) => {
  const { url, asked } = await startGitHub(t, 204)
  const { status, stdout, stderr } = await revoke(['--github-url', `${url}/api/v3`])
  assert.deepEqual([status, stdout], [0, ''])
  assert.match(stderr, /^ghsts: [^\n]+\n$/)
  assert.deepEqual(asked, [`DELETE /api/v3/installation/token Bearer ${TOKEN}`])
})

test('takes a token that GitHub does not know for dead, and says so', async (t) => {
  const { url } = await startGitHub(t, 401)
  const { status, stdout, stderr } = await revoke(['--github-url', url])
  assert.deepEqual([status, stdout], [0, ''])
  assert.match(stderr, /does not know/)
})

test('sends nothing that is too short for a token', async (t) => {
  const { url, asked } = await startGitHub(t, 401)
  const { status, stdout } = await runGhsts(['revoke', '--github-url', url], { input: 'null\n' })
  assert.deepEqual([status, stdout, asked], [2, '', []])
})

for (const [status, expected] of [
  [204, 'revoked'],
  [401, 'invalid'],
] as const) {
  test(`with --json says ${expected}`, async (t) => {
    const { url } = await startGitHub(t, status)
    const result = await revoke(['--json', '--github-url', url])
    assert.deepEqual([result.status, JSON.parse(result.stdout), result.stderr], [0, { status: expected }, ''])
  })
}

test('a token that may live ends with 1', async (t) => {
  const { url } = await startGitHub(t, 403)
  const { status, stdout, stderr } = await revoke(['--github-url', url])
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, /^ghsts: [^\n]*403[^\n]*\n$/)
})

for (const names of [['GITHUB_BASE_URL'], ['GITHUB_API_URL'], ['GITHUB_BASE_URL', 'GITHUB_API_URL']]) {
  test(`asks the GitHub of ${names.join(', which stands before ')}`, async (t) => {
    const { url, asked } = await startGitHub(t, 204)
    const others = names.slice(1).map((name) => [name, 'http://127.0.0.1:1'])
    const env = Object.fromEntries([[names[0], url], ...others]) as Record<string, string>
    assert.equal((await revoke([], { env })).status, 0)
    assert.equal(asked.length, 1)
  })
}

const misuse: readonly (readonly [name: string, args: readonly string[], input: string])[] = [
  ['an empty standard input', [], ''],
  ['a token to exchange', [], `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`],
  ['the token as an argument', [TOKEN], ''],
  ['http to another machine', ['--github-url', 'http://github.example.com'], TOKEN],
]
for (const [name, args, input] of misuse) {
  test(`${name} is wrong usage, said in one line`, async () => {
    const { status, stdout, stderr } = await revoke(args, { input })
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, /^ghsts: [^\n]+\n$/)
  })
}
