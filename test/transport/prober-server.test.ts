import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ProbeResult } from '#pkg/prober'
import { createProberServer, type ProberServerOptions } from '#pkg/transport'
import { http1Client, json } from './support/http.ts'
import { rawRequest } from './support/raw.ts'

const SECRET = 'Bearer of the uptime check'
const AUTHORIZED = { authorization: SECRET }

function resultOf(outcome: ProbeResult['outcome']): ProbeResult {
  const step = { name: 'token', outcome: 'passed', detail: 'a token was obtained', durationMs: 1 } as const
  return { prober: 'prober', startedAt: '2026-01-01T00:00:00.000Z', durationMs: 2, outcome, steps: [step] }
}

async function start(t: TestContext, options: Partial<ProberServerOptions> = {}) {
  let asked = 0
  const server = createProberServer({
    recent: () => Promise.resolve(resultOf('passed')),
    scrape: () => Promise.resolve('sts_prober_run_count 1\n'),
    authorization: SECRET,
    host: '127.0.0.1',
    port: 0,
    ...options,
    ...(options.recent !== undefined && {
      recent: () => {
        asked++
        return (options.recent ?? (() => Promise.reject(new Error('never'))))()
      },
    }),
  })
  const port = await server.listen()
  t.after(() => server.close({ graceMs: 0 }))
  return { server, port, send: http1Client(port), asked: () => asked }
}

for (const [outcome, status] of [
  ['passed', 200],
  ['failed', 500],
  ['unknown', 500],
] as const) {
  test(`a run that is ${outcome} is ${status} with the result, at every path`, async (t) => {
    const { send } = await start(t, { recent: () => Promise.resolve(resultOf(outcome)) })
    for (const path of ['/', '/uptime?x=1', '/metrics/', '/sts/exchange']) {
      const answer = await send({ path, headers: AUTHORIZED })
      assert.equal(answer.status, status, path)
      assert.deepEqual(json(answer), resultOf(outcome))
      assert.equal(answer.headers['cache-control'], 'no-store')
    }
  })
}

test('who is not authorized gets 401 and nothing else, and starts nothing', async (t) => {
  const { send, port, asked } = await start(t, { recent: () => Promise.resolve(resultOf('passed')) })
  const wrong = [
    '',
    SECRET.slice(0, -1),
    `${SECRET}x`,
    SECRET.toLowerCase(),
    `Bearer ${SECRET}`,
    'x'.repeat(9_000),
  ]
  for (const path of ['/', '/metrics']) {
    for (const authorization of wrong) {
      const answer = await send({ path, headers: { authorization } })
      assert.equal(answer.status, 401)
      assert.equal(answer.headers['www-authenticate'], 'Bearer')
      assert.deepEqual(json(answer), { message: 'Unauthorized' })
    }
    assert.equal((await send({ path })).status, 401)
  }
  const twice = `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ${SECRET}\r\nAuthorization: ${SECRET}\r\nConnection: close\r\n\r\n`
  assert.equal((await rawRequest(t, port, twice)).status, 401)
  assert.equal(asked(), 0)
})

test('anybody may ask where nothing is to be said', async (t) => {
  const { send } = await start(t, { authorization: undefined })
  assert.equal((await send({ path: '/' })).status, 200)
  assert.equal((await send({ path: '/', headers: AUTHORIZED })).status, 200)
})

test('liveness asks for nothing, metrics are text', async (t) => {
  const { send } = await start(t)
  assert.equal((await send({ path: '/healthz' })).status, 200)
  const metrics = await send({ path: '/metrics', headers: AUTHORIZED })
  assert.equal(metrics.status, 200)
  assert.equal(metrics.text, 'sts_prober_run_count 1\n')
  assert.match(metrics.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/)
})

test('without metrics there are none', async (t) => {
  const { send } = await start(t, { scrape: () => Promise.resolve(undefined) })
  assert.equal((await send({ path: '/metrics', headers: AUTHORIZED })).status, 404)
})

test('only reads, and a defect is a 500 that says nothing', async (t) => {
  const defects: unknown[] = []
  const defect = new Error('a secret')
  const { send } = await start(t, {
    recent: () => Promise.reject(defect),
    observer: { unexpected: (thrown) => defects.push(thrown) },
  })
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await send({ method, path: '/', headers: AUTHORIZED })
    assert.deepEqual([answer.status, answer.headers['allow']], [405, 'GET, HEAD'], method)
  }
  const answer = await send({ path: '/', headers: AUTHORIZED })
  assert.equal(answer.status, 500)
  assert.doesNotMatch(answer.text, /secret/)
  assert.deepEqual(defects, [defect])
})

test('close finishes the answer that waits for a run', async (t) => {
  let end: (result: ProbeResult) => void = () => undefined
  const { server, send, asked } = await start(t, {
    recent: () =>
      new Promise((resolve) => {
        end = resolve
      }),
  })
  const answer = send({ path: '/', headers: AUTHORIZED })
  while (asked() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const closed = server.close({ graceMs: 30_000 })
  end(resultOf('passed'))
  assert.equal((await answer).status, 200)
  await closed
})
