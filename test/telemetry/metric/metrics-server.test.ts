import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import {
  startMetricsServer,
  type MetricsServerOptions,
} from '../../../pkg/telemetry/metric/metrics-server.ts'
import { runTelemetry } from '../support/running-telemetry.ts'

async function serve(test: TestContext, options: Partial<MetricsServerOptions> = {}): Promise<string> {
  const server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    scrape: () => Promise.resolve('a 1\n'),
    health: () => true,
    ...options,
  })
  test.after(() => server.close())
  return `http://127.0.0.1:${server.port}`
}

/** Whether a request on this connection gets an answer before its end. */
function isAnswered(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('data', () => {
      resolve(true)
    })
    socket.once('close', () => {
      resolve(false)
    })
    if (socket.closed) resolve(false)
    else socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  })
}

describe('startMetricsServer', () => {
  const requests: readonly (readonly [method: string, path: string, status: number, text: string])[] = [
    ['GET', '/metrics', 200, 'a 1\n'],
    ['GET', '/metrics?name=a', 200, 'a 1\n'],
    ['HEAD', '/metrics', 200, ''],
    ['GET', '/healthz', 200, 'ok\n'],
    ['HEAD', '/healthz', 200, ''],
    ['POST', '/metrics', 405, 'GET and HEAD only\n'],
    ['DELETE', '/healthz', 405, 'GET and HEAD only\n'],
    ['GET', '/', 404, 'not found\n'],
    ['GET', '/metrics/', 404, 'not found\n'],
    ['POST', '/sts/exchange', 404, 'not found\n'],
  ]
  it('answers only what it is for', async (test) => {
    const base = await serve(test)
    for (const [method, path, status, text] of requests) {
      const response = await fetch(`${base}${path}`, { method })
      assert.equal(response.status, status, `${method} ${path}`)
      assert.equal(await response.text(), text, `${method} ${path}`)
    }
  })

  it('gives the type of the text form of Prometheus', async (test) => {
    const base = await serve(test)
    const response = await fetch(`${base}/metrics`)
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.equal(response.headers.get('content-length'), '4')
    await response.text()
  })

  it('answers 503 when the program is not healthy', async (test) => {
    const base = await serve(test, { health: () => false })
    assert.equal((await fetch(`${base}/healthz`)).status, 503)
    assert.equal((await fetch(`${base}/metrics`)).status, 200)
  })

  it('answers 404 while nothing is measured, and 500 without details when collecting fails', async (test) => {
    const none = await serve(test, { scrape: () => Promise.resolve(undefined) })
    assert.equal((await fetch(`${none}/metrics`)).status, 404)
    const failing = await serve(test, { scrape: () => Promise.reject(new Error('secret')) })
    const response = await fetch(`${failing}/metrics`)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /secret/)
  })

  it('shares one scrape between requests at the same time', async (test) => {
    let scrapes = 0
    let release: ((text: string) => void) | undefined
    const base = await serve(test, {
      scrape: () => {
        scrapes += 1
        return new Promise((resolve) => {
          release = resolve
        })
      },
    })
    const requests = Array.from({ length: 5 }, () => fetch(`${base}/metrics`))
    // Whichever comes late finds a scrape that has ended, and needs one of its own.
    const timer = setInterval(() => release?.('a 1\n'), 200)
    for (const response of await Promise.all(requests)) assert.equal(await response.text(), 'a 1\n')
    clearInterval(timer)
    assert.ok(scrapes < 5, `${scrapes} scrapes`)
  })

  it('refuses a header that is too large', async (test) => {
    const base = await serve(test)
    const response = await fetch(`${base}/metrics`, { headers: { x: 'y'.repeat(9_000) } })
    assert.equal(response.status, 431)
  })

  it('takes only so many connections', async (test) => {
    const { port } = new URL(await serve(test))
    const sockets: Socket[] = []
    test.after(() => {
      for (const socket of sockets) socket.destroy()
    })
    for (let count = 0; count < 40; count += 1) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
      sockets.push(socket.resume())
      await once(socket, 'connect')
    }
    // What is served is kept open; what is one too many was closed without an answer.
    const answered = await Promise.all(sockets.map(isAnswered))
    assert.equal(answered.filter(Boolean).length, 32)
  })

  it('serves what is measured, on the port that telemetry tells', async (test) => {
    const { telemetry } = await runTelemetry(test)
    telemetry.metrics.deliveryReceived('push')
    const response = await fetch(`http://127.0.0.1:${telemetry.metricsPort ?? 0}/metrics`)
    assert.equal(await response.text(), await telemetry.scrape())
    await telemetry.stop(1_000)
    await assert.rejects(fetch(`http://127.0.0.1:${telemetry.metricsPort ?? 0}/metrics`))
  })
})
