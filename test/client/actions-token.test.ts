import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { requestActionsToken } from '#pkg/client'
import { startIssuer, type FaultEffect } from '../../emulator/index.ts'
import { startScriptedServer, type Answerer } from '../github/support/scripted-server.ts'

const REQUEST_TOKEN = 'request-token-of-this-job'
const JOB = 'repository=acme/app&ref=main'

/** Waits no time, and counts. */
function createPause() {
  const pauses: number[] = []
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    return Promise.resolve()
  }
  return { pauses, pause }
}

async function serve(t: TestContext, answer: Answerer) {
  const server = await startScriptedServer(answer)
  t.after(() => server.close())
  const ask = (query = '') =>
    requestActionsToken(
      { requestUrl: `${server.url}/token${query}`, requestToken: REQUEST_TOKEN, audience: 'a b&c' },
      createPause(),
    )
  return { server, ask }
}

function claimsOf(jwt: string): unknown {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
}

test('gets a token for the audience', async (t) => {
  const issuer = await startIssuer()
  t.after(() => issuer.close())
  const token = await requestActionsToken({
    requestUrl: `${issuer.issuer}/actions/token?${JOB}`,
    requestToken: REQUEST_TOKEN,
    audience: 'sts.example.com',
  })
  const { aud, repository } = claimsOf(token) as Record<string, unknown>
  assert.deepEqual({ aud, repository }, { aud: 'sts.example.com', repository: 'acme/app' })
})

for (const [query, expected] of [
  ['', '/token?audience=a%20b%26c'],
  ['?api-version=2.0&x=%2f+y', '/token?api-version=2.0&x=%2f+y&audience=a%20b%26c'],
] as const) {
  test(`adds the audience to the query ${JSON.stringify(query)} and sends the job's own token`, async (t) => {
    let authorization: string | undefined
    const { server, ask } = await serve(t, (request, response) => {
      authorization = request.headers.authorization
      response.end('{"count":5,"value":"a.b.c"}')
    })
    assert.equal(await ask(query), 'a.b.c')
    assert.deepEqual(
      server.requests.map(({ method, url }) => `${method} ${url}`),
      [`GET ${expected}`],
    )
    assert.equal(authorization, `Bearer ${REQUEST_TOKEN}`)
  })
}

const passing: readonly FaultEffect[] = [
  { kind: 'status', status: 500, body: '<html>' },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 503 },
  { kind: 'reset' },
]
for (const effect of passing) {
  test(`asks again after ${JSON.stringify(effect)}`, async (t) => {
    const issuer = await startIssuer()
    t.after(() => issuer.close())
    issuer.failNext(effect)
    const { pauses, pause } = createPause()
    const token = await requestActionsToken(
      { requestUrl: `${issuer.issuer}/actions/token?${JOB}`, requestToken: REQUEST_TOKEN, audience: 'a' },
      { pause },
    )
    assert.equal(token.split('.').length, 3)
    assert.equal(pauses.length, 1)
    assert.equal(issuer.count('token'), 2)
  })
}

test('gives up after four times, each after a longer pause', async (t) => {
  const { pauses, pause } = createPause()
  const server = await startScriptedServer((_, response) => response.writeHead(500).end())
  t.after(() => server.close())
  const asked = requestActionsToken(
    { requestUrl: server.url, requestToken: REQUEST_TOKEN, audience: 'a' },
    { pause },
  )
  await assert.rejects(asked, { kind: 'unexpected_answer', httpStatus: 500 })
  assert.equal(server.requests.length, 4)
  assert.deepEqual(pauses, [500, 1_000, 2_000])
})

for (const status of [401, 403]) {
  test(`takes ${status} for a no, and does not ask again`, async (t) => {
    const { server, ask } = await serve(t, (_, response) =>
      response.writeHead(status).end('{"message":"no"}'),
    )
    await assert.rejects(ask(), { kind: 'denied', httpStatus: status })
    assert.equal(server.requests.length, 1)
  })
}

for (const body of [
  '{}',
  '{"value":""}',
  '{"value":"a.b"}',
  '{"value":"a.b.c\\n"}',
  '{"value":7}',
  '<html>',
  '',
]) {
  test(`takes ${JSON.stringify(body)} for no answer of GitHub Actions`, async (t) => {
    const { ask } = await serve(t, (_, response) => response.end(body))
    await assert.rejects(ask(), { kind: 'unexpected_answer', httpStatus: 200 })
  })
}

test('sends the token of the job over https alone', async () => {
  const asked = requestActionsToken({
    requestUrl: 'http://runner.example.com/token',
    requestToken: REQUEST_TOKEN,
    audience: 'a',
  })
  await assert.rejects(asked, { kind: 'invalid_input' })
})
