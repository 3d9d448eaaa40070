import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { generate } from 'selfsigned'
import { exchangeToken, type ClientErrorKind, type HttpOptions } from '#pkg/client'
import { startScriptedServer, type Answerer } from '../github/support/scripted-server.ts'

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`

async function expectFailure(url: string, kind: ClientErrorKind, options: HttpOptions = {}): Promise<void> {
  const exchange = exchangeToken({ url, scope: 'acme/app', identity: 'reader', token: TOKEN }, options)
  await assert.rejects(exchange, (error: unknown) => {
    assert.equal(inspect(error, { depth: 10, showHidden: true }).includes(TOKEN), false)
    assert.ok(error instanceof Error && 'kind' in error)
    assert.equal(error.kind, kind)
    return true
  })
}

async function serve(t: TestContext, answer: Answerer) {
  const server = await startScriptedServer(answer)
  t.after(() => server.close())
  return server
}

test('a port where nobody listens is unreachable', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  server.close()
  await once(server, 'close')
  await expectFailure(`http://127.0.0.1:${address.port}`, 'unreachable')
})

test('a connection that is reset is unreachable, and nothing is asked twice', async (t) => {
  const server = await serve(t, (request) => {
    request.socket.resetAndDestroy()
  })
  await expectFailure(server.url, 'unreachable')
  assert.equal(server.requests.length, 1)
})

test('an answer that ends half way is unreachable', async (t) => {
  const server = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"token":"ghs_1"}', () => response.destroy())
  })
  await expectFailure(server.url, 'unreachable')
})

test('a certificate that nobody vouches for is unreachable', async (t) => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
  })
  const server = await startScriptedServer((_, response) => response.end('{"token":"ghs_1"}'), {
    tls: { key, cert },
  })
  t.after(() => server.close())
  await expectFailure(server.url, 'unreachable')
  assert.equal(server.requests.length, 0)
})

test('no answer in time is timed out', async (t) => {
  const server = await serve(t, () => {})
  await expectFailure(server.url, 'timed_out', { timeoutMs: 50 })
})

test('a body that never ends is timed out', async (t) => {
  const server = await serve(t, (_, response) => {
    response.write('{')
    const drip = setInterval(() => response.write(' '), 5)
    response.on('close', () => {
      clearInterval(drip)
    })
  })
  await expectFailure(server.url, 'timed_out', { timeoutMs: 200 })
})

test('the signal of the caller aborts', { timeout: 20_000 }, async (t) => {
  const controller = new AbortController()
  const server = await serve(t, () => {
    controller.abort()
  })
  await expectFailure(server.url, 'aborted', { signal: controller.signal })
})

test('a signal that has aborted before sends nothing', async (t) => {
  const server = await serve(t, (_, response) => response.end())
  await expectFailure(server.url, 'aborted', { signal: AbortSignal.abort() })
  assert.equal(server.requests.length, 0)
})

for (const [name, status] of [
  ['a token', 200],
  ['a denial', 403],
] as const) {
  test(`a body without end is not read to its end where ${name} is expected`, async (t) => {
    let written = 0
    const server = await serve(t, (_, response) => {
      response.writeHead(status)
      const chunk = Buffer.alloc(16_384, ' ')
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length
      }
      response.on('drain', more)
      more()
    })
    await expectFailure(server.url, 'unexpected_answer')
    assert.ok(written < 64 * 1024 * 1024)
  })
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect (${status}) is not followed: the token goes nowhere else`, async (t) => {
    const other = await serve(t, (_, response) => response.end('{"token":"ghs_1"}'))
    const server = await serve(t, (_, response) => {
      response.writeHead(status, { location: `${other.url}/sts/exchange` }).end()
    })
    await expectFailure(server.url, 'unexpected_answer')
    assert.equal(other.requests.length, 0)
  })
}
