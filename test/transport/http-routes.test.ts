import assert from 'node:assert/strict'
import { test } from 'node:test'

import { json, jsonClients, type JsonRequest } from './support/http.ts'
import { startSts, TOKEN } from './support/sts.ts'

const AUTHORIZATION = { authorization: 'Bearer a.b.c' }

test('answers a grant with exactly three members and the rest in headers', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const response = await send({
      path: '/sts/exchange?scope=o/r&scopes=o/r&identity=ci',
      headers: AUTHORIZATION,
    })
    assert.equal(response.status, 200, protocol)
    assert.equal(response.text, `{"token":"${TOKEN}","refreshToken":"","expiry":"2026-01-01T00:00:00Z"}`)
    const { headers } = response
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['x-request-id'], 'id-1')
    assert.equal(headers['sts-request-id'], 'id-1')
    assert.equal(headers['sts-permissions'], 'contents=read,issues=write')
    assert.equal(headers['sts-repositories'], 'repo')
    assert.equal(headers['sts-policy'], `.github/chainguard/ci.sts.yaml@${'a'.repeat(40)}`)
    assert.ok(!JSON.stringify(headers).includes(TOKEN))
  }
  const [over1, over2] = sts.calls
  for (const call of [over1, over2]) {
    assert.deepEqual(call?.authorization, ['Bearer a.b.c'])
    assert.deepEqual([call.scope, call.scopes, call.identity], ['o/r', ['o/r'], 'ci'])
    assert.equal(call.transport, 'http')
    assert.equal(call.clientAddress, '127.0.0.1')
  }
})

test('says null where the expiry is not to be told, and * for all repositories', async (t) => {
  const sts = await startSts(t)
  for (const [, send] of jsonClients(t, sts.port)) {
    const silent = await send({ path: '/sts/exchange?identity=no-expiry' })
    assert.deepEqual(json(silent), { token: TOKEN, refreshToken: '', expiry: null })
    const everything = await send({ path: '/sts/exchange?identity=everything' })
    assert.equal(everything.headers['sts-repositories'], '*')
  }
})

test('answers a denial as grpc-gateway does', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const denied = await send({ path: '/sts/exchange?identity=denied' })
    assert.equal(denied.status, 403, protocol)
    assert.deepEqual(json(denied), {
      code: 7,
      message:
        'the token does not satisfy the trust policy: subject is "repo:a/b", the policy expects "repo:a/c"',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'POLICY_MISMATCH',
          domain: 'sts.example.com',
          metadata: { field: 'subject', actual: 'repo:a/b', expected: 'repo:a/c', request_id: 'id-1' },
        },
      ],
    })

    const limited = await send({ path: '/sts/exchange?identity=limited' })
    assert.equal(limited.status, 429)
    assert.equal(limited.headers['retry-after'], '2')
    assert.match(limited.text, /"retryDelay":"1\.500s"/)

    const nobody = await send({ path: '/sts/exchange?identity=nobody' })
    assert.equal(nobody.status, 401)
    assert.equal(nobody.headers['www-authenticate'], 'Bearer')

    const defect = await send({ path: '/sts/exchange?identity=throws' })
    assert.equal(defect.status, 500)
    assert.ok(!defect.text.includes(TOKEN))
  }
  assert.equal(sts.defects.length, 2)
})

test('serves every other route of the table', async (t) => {
  const sts = await startSts(t)
  const table: [request: JsonRequest, status: number, body: unknown, allow?: string][] = [
    [{ path: '/' }, 200, { service: 'github-sts', documentation: 'https://example.com/docs' }],
    [{ path: '/healthz' }, 200, { status: 'ok' }],
    [{ path: '/healthz?verbose' }, 200, { status: 'ok' }],
    [{ path: '/healthcheck' }, 200, { status: 'ok' }],
    [{ path: '/readyz' }, 200, { keys: 1, ready: true }],
    [{ method: 'HEAD', path: '/readyz' }, 200, undefined],
    [{ path: '/nowhere' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '/sts/exchange/' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '/sts%2Fexchange' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '/STS/exchange' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '/x/../sts/exchange' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '//sts/exchange' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [{ path: '/__proto__' }, 404, { code: 5, message: 'Not Found', details: [] }],
    [
      { method: 'PUT', path: '/sts/exchange' },
      405,
      { code: 12, message: 'Method Not Allowed', details: [] },
      'GET, POST',
    ],
    [{ method: 'HEAD', path: '/sts/exchange' }, 405, undefined, 'GET, POST'],
    [{ method: 'OPTIONS', path: '/sts/exchange' }, 405, undefined, 'GET, POST'],
    [{ method: 'GET', path: '/sts/exchange_refresh_token' }, 405, undefined, 'POST'],
    [{ method: 'POST', path: '/healthz' }, 405, undefined, 'GET, HEAD'],
    [{ method: 'DELETE', path: '/' }, 405, undefined, 'GET, HEAD'],
  ]
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    for (const [request, status, body, allow] of table) {
      const label = `${protocol} ${request.method ?? 'GET'} ${request.path}`
      const response = await send(request)
      assert.equal(response.status, status, label)
      if (body !== undefined) assert.deepEqual(json(response), body, label)
      if (request.method === 'HEAD') assert.equal(response.text, '', label)
      assert.equal(response.headers['allow'], allow, label)
      assert.equal(response.headers['cache-control'], 'no-store', label)
      assert.equal(response.headers['x-content-type-options'], 'nosniff', label)
      assert.match(response.headers['x-request-id'] ?? '', /^[\da-f-]{36}$/, label)
      const cors = Object.keys(response.headers).filter((name) => name.startsWith('access-control'))
      assert.deepEqual(cors, [], label)
    }
  }
  assert.equal(sts.calls.length, 0)
})

test('refresh tokens are 501', async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const response = await send({ method: 'POST', path: '/sts/exchange_refresh_token', body: '{}' })
    assert.equal(response.status, 501, protocol)
    assert.equal(json(response)['code'], 12, protocol)
  }
})

test('readyz is 503 when the service is not ready, healthz stays 200', async (t) => {
  const sts = await startSts(t, { readiness: () => ({ ready: false, detail: { keys: 0 } }) })
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const ready = await send({ path: '/readyz' })
    assert.equal(ready.status, 503, protocol)
    assert.deepEqual(json(ready), { keys: 0, ready: false })
    assert.equal((await send({ path: '/healthz' })).status, 200, protocol)
  }
})

test('a readiness that throws is not ready, and a defect', async (t) => {
  const sts = await startSts(t, {
    readiness: () => {
      throw new Error('defect')
    },
  })
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    assert.equal((await send({ path: '/readyz' })).status, 503, protocol)
  }
  assert.equal(sts.defects.length, 2)
})

test('reports every answer with a route that no caller chooses', async (t) => {
  const sts = await startSts(t)
  for (const [, send] of jsonClients(t, sts.port)) {
    await send({ path: '/sts/exchange?identity=denied' })
    await send({ path: '/any/thing' })
  }
  const seen = sts.answers.map(({ route, status, code }) => [route, status, code])
  const expected = [
    ['/sts/exchange', 403, 'POLICY_MISMATCH'],
    ['other', 404, undefined],
  ]
  assert.deepEqual(seen, [...expected, ...expected])
})
