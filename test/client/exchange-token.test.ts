import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { exchangeToken, type ExchangeRequest } from '#pkg/client'
import { startScriptedServer, type Answerer } from '../github/support/scripted-server.ts'

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`

async function serve(t: TestContext, answer: Answerer) {
  const server = await startScriptedServer(answer)
  t.after(() => server.close())
  return server
}

function requestTo(url: string): ExchangeRequest {
  return { url, scope: 'acme/app', identity: 'reader', token: TOKEN }
}

test('sends scope under both names, the identity, and the token as a bearer', async (t) => {
  let authorization: string | undefined
  const server = await serve(t, (request, response) => {
    authorization = request.headers.authorization
    response.end('{"token":"ghs_1"}')
  })
  await exchangeToken({ ...requestTo(`${server.url}/below/`), identity: 'a&b=c/ü' })
  const [request] = server.requests
  assert.equal(request?.method, 'GET')
  const url = new URL(request.url, server.url)
  assert.equal(url.pathname, '/below/sts/exchange')
  assert.deepEqual(
    [...url.searchParams],
    [
      ['scope', 'acme/app'],
      ['scopes', 'acme/app'],
      ['identity', 'a&b=c/ü'],
    ],
  )
  assert.equal(authorization, `Bearer ${TOKEN}`)
})

test('gives the token, its expiry, and what the headers say', async (t) => {
  const server = await serve(t, (_, response) => {
    response.setHeader('sts-request-id', 'request-1')
    response.setHeader('sts-policy', '.github/chainguard/reader.sts.yaml@0123')
    response.setHeader('sts-permissions', 'contents=read,issues=write')
    response.setHeader('sts-repositories', 'app,web')
    response.end('{"token":"ghs_1_a.b.c","refreshToken":"","expiry":"2026-08-01T00:00:00Z"}')
  })
  assert.deepEqual(await exchangeToken(requestTo(server.url)), {
    token: 'ghs_1_a.b.c',
    expiry: '2026-08-01T00:00:00Z',
    requestId: 'request-1',
    policy: '.github/chainguard/reader.sts.yaml@0123',
    permissions: ['contents=read', 'issues=write'],
    repositories: ['app', 'web'],
  })
})

for (const [name, body] of [
  ['without an expiry', '{"token":"ghs_1","refreshToken":""}'],
  ['with an expiry of null', '{"token":"ghs_1","expiry":null}'],
] as const) {
  test(`gives a token ${name}, and nothing where the headers say nothing`, async (t) => {
    const server = await serve(t, (_, response) => response.end(body))
    assert.deepEqual(await exchangeToken(requestTo(server.url)), {
      token: 'ghs_1',
      expiry: undefined,
      requestId: undefined,
      policy: undefined,
      permissions: undefined,
      repositories: undefined,
    })
  })
}

test('asks through the fetch that is given', async () => {
  const asked: string[] = []
  const exchanged = await exchangeToken(requestTo('https://sts.example.com'), {
    fetch: (input) => {
      assert.ok(input instanceof URL)
      asked.push(input.href)
      return Promise.resolve(new Response('{"token":"ghs_1"}'))
    },
  })
  assert.equal(exchanged.token, 'ghs_1')
  assert.deepEqual(asked, [
    'https://sts.example.com/sts/exchange?scope=acme%2Fapp&scopes=acme%2Fapp&identity=reader',
  ])
})

describe('what is refused before anything is sent', () => {
  const never: typeof fetch = () => {
    throw new assert.AssertionError({ message: 'it was sent' })
  }
  const urls: readonly string[] = [
    '',
    'http://sts.example.com',
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'ftp://sts.example.com',
    'file:///etc/passwd',
    'https://user:secret@sts.example.com',
    'https://secret@sts.example.com',
    'https://:secret@sts.example.com',
    'https://sts.example.com/?a=b',
    'https://sts.example.com/#a',
    'https://sts example.com',
    'https://sts.example.com\n',
    'https:\\\\sts.example.com',
    'https://stş.example.com',
    'https://',
    `https://${'a'.repeat(2_048)}`,
  ]
  for (const url of urls) {
    test(`the URL ${JSON.stringify(url.slice(0, 40))}`, async () => {
      await assert.rejects(exchangeToken(requestTo(url), { fetch: never }), (error: Error) => {
        assert.doesNotMatch(error.message, /secret/)
        return 'kind' in error && error.kind === 'invalid_input'
      })
    })
  }
  for (const token of ['', 'a b', 'a\r\nhost: b', 'tökén', 'a\u0000']) {
    test(`the token ${JSON.stringify(token)}`, async () => {
      const request = { ...requestTo('https://sts.example.com'), token }
      await assert.rejects(exchangeToken(request, { fetch: never }), { kind: 'invalid_input' })
    })
  }
})

describe('what is taken for a service', () => {
  for (const [url, origin] of [
    ['sts.example.com', 'https://sts.example.com'],
    ['sts.example.com:8443', 'https://sts.example.com:8443'],
    ['STS.example.com/', 'https://sts.example.com'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ] as const) {
    test(url, async () => {
      const asked: string[] = []
      await exchangeToken(requestTo(url), {
        fetch: (input) => {
          assert.ok(input instanceof URL)
          asked.push(input.origin)
          return Promise.resolve(new Response('{"token":"ghs_1"}'))
        },
      })
      assert.deepEqual(asked, [origin])
    })
  }
})
