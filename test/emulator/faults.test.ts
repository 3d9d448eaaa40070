import assert from 'node:assert/strict'
import test from 'node:test'
import type { FaultEffect } from '../../emulator/index.ts'
import { startTestGitHub } from './support/test-github.ts'

const PATH = '/repos/acme/site/contents/index.html'
const MINT = 'apps/create-installation-access-token'

/** What a caller that gives up after `ms` sees. */
async function fetchOnce(url: string, ms = 5000): Promise<Response> {
  return await fetch(url, { headers: { 'user-agent': 'test' }, signal: AbortSignal.timeout(ms) })
}

test('sends the status, headers and body it is told to', async (t) => {
  const { github } = await startTestGitHub(t)
  github.failNext({ kind: 'status', status: 502, body: '<html>', headers: { 'x-from': 'proxy' } })
  const html = await fetchOnce(github.baseUrl + PATH)
  assert.deepEqual([html.status, await html.text(), html.headers.get('x-from')], [502, '<html>', 'proxy'])
  github.failNext({ kind: 'status', status: 500 })
  const json = await fetchOnce(github.baseUrl + PATH)
  assert.equal(json.status, 500)
  assert.equal(typeof (await json.json()), 'object')
  assert.equal((await fetchOnce(github.baseUrl + PATH)).status, 200)
})

test('breaks the answer in the way asked for', async (t) => {
  const { github } = await startTestGitHub(t)
  const url = github.baseUrl + PATH
  github.failNext({ kind: 'reset' })
  await assert.rejects(fetchOnce(url))
  github.failNext({ kind: 'timeout' })
  await assert.rejects(fetchOnce(url, 50), { name: 'TimeoutError' })
  github.failNext({ kind: 'bad_json' })
  await assert.rejects((await fetchOnce(url)).json(), SyntaxError)
  github.failNext({ kind: 'cut_body' })
  await assert.rejects(fetchOnce(url).then((answer) => answer.text()))
  github.failNext({ kind: 'wrong_type' })
  const typed = (await (await fetchOnce(url)).json()) as Readonly<Record<string, unknown>>
  assert.deepEqual(
    [typeof typed['content'], typeof typed['size'], Array.isArray(typed['_links'])],
    ['number', 'string', true],
  )
  github.failNext({ kind: 'drip', intervalMs: 1 })
  assert.equal((await (await fetchOnce(url)).text()).length > 100, true)
  assert.deepEqual(
    github.calls.map((call) => call.fault),
    ['reset', 'timeout', 'bad_json', 'cut_body', 'wrong_type', 'drip'],
  )
  assert.deepEqual(
    github.calls.map((call) => call.status),
    [null, null, 200, null, 200, 200],
  )
})

test('holds a slow answer back', async (t) => {
  const { github } = await startTestGitHub(t)
  github.failNext({ kind: 'slow', delayMs: 60_000 })
  await assert.rejects(fetchOnce(github.baseUrl + PATH, 50), { name: 'TimeoutError' })
  github.failNext({ kind: 'slow', delayMs: 1 })
  assert.equal((await fetchOnce(github.baseUrl + PATH)).status, 200)
})

const LOST: readonly { readonly effect: FaultEffect; readonly live: number }[] = [
  { effect: { kind: 'reset' }, live: 0 },
  { effect: { kind: 'reset', worked: true }, live: 1 },
  { effect: { kind: 'timeout' }, live: 0 },
  { effect: { kind: 'timeout', worked: true }, live: 1 },
  { effect: { kind: 'status', status: 500 }, live: 0 },
  { effect: { kind: 'cut_body' }, live: 1 },
]

for (const { effect, live } of LOST) {
  test(`leaves ${live} live tokens behind a mint lost by ${JSON.stringify(effect)}`, async (t) => {
    const { github, installation, appJwt } = await startTestGitHub(t)
    github.failNext(effect, MINT)
    const lost = fetch(`${github.baseUrl}/app/installations/${installation.id}/access_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await appJwt()}` },
      signal: AbortSignal.timeout(200),
    }).then(async (answer) => {
      await answer.text()
      if (!answer.ok) throw new Error(String(answer.status))
    })
    await assert.rejects(lost)
    assert.equal(github.liveTokens().length, live)
  })
}

test('tells a lie about what it granted', async (t) => {
  const { github, installation, ask, appJwt } = await startTestGitHub(t)
  github.failNext({
    kind: 'answer',
    status: 201,
    headers: { 'x-lie': 'yes' },
    rewrite: (body) => ({ ...(body as object), permissions: { administration: 'write' } }),
  })
  const answer = await ask('POST', `/app/installations/${installation.id}/access_tokens`, {
    token: await appJwt(),
    body: { permissions: { contents: 'read' } },
  })
  assert.deepEqual(answer.json['permissions'], { administration: 'write' })
  assert.equal(answer.headers.get('x-lie'), 'yes')
  assert.deepEqual(github.liveTokens()[0]?.permissions, { contents: 'read', metadata: 'read' })
})

test('applies a fault to the calls it matches, as often as it says, or until taken away', async (t) => {
  const { github } = await startTestGitHub(t)
  const status = async (path: string): Promise<number> => (await fetchOnce(github.baseUrl + path)).status
  const byOperation = github.fault({ kind: 'status', status: 503, match: 'repos/get' })
  github.fault({ kind: 'status', status: 500, match: ({ path }) => path.includes('/contents/'), times: 2 })
  assert.deepEqual([await status('/repos/acme/site'), await status(PATH)], [503, 500])
  assert.deepEqual([await status('/repos/acme/site'), await status(PATH)], [503, 500])
  assert.deepEqual([await status('/repos/acme/site'), await status(PATH)], [503, 200])
  byOperation()
  assert.equal(await status('/repos/acme/site'), 200)
  github.fault({ kind: 'status', status: 500 })
  github.clearFaults()
  assert.equal(await status(PATH), 200)
})

test('closes with calls still held', async (t) => {
  const { github } = await startTestGitHub(t, { latencyMs: ({ path }) => (path === PATH ? 60_000 : 0) })
  github.failNext({ kind: 'timeout' }, 'repos/get')
  const held = Promise.allSettled([PATH, '/repos/acme/site'].map((path) => fetchOnce(github.baseUrl + path)))
  while (github.calls.length < 2) await new Promise(setImmediate)
  await github.close()
  assert.deepEqual(
    (await held).map((call) => call.status),
    ['rejected', 'rejected'],
  )
})
