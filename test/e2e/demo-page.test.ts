import assert from 'node:assert/strict'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { html } from '../../cmd/demo/page/html.ts'
import { startPageServer, type PageServer } from '../../cmd/demo/page/page-server.ts'
import { renderPage } from '../../cmd/demo/page/render-page.ts'
import { STYLESHEET } from '../../cmd/demo/page/stylesheet.ts'
import { pageWith } from './support/demo-content.ts'

async function startPage(t: TestContext): Promise<PageServer & { readonly port: number }> {
  const page = await startPageServer({
    port: 0,
    renderPage: ({ url, isStill }) => `<p>${url} ${isStill ? 'still' : 'live'}</p>`,
  })
  t.after(() => page.close())
  return { ...page, port: Number(new URL(page.url).port) }
}

interface Received {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function ask(
  port: number,
  path: string,
  { method = 'GET', host = `127.0.0.1:${port}`, body = '' } = {},
): Promise<Received> {
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      readText(response).then((answer) => {
        resolve({ status: response.statusCode, headers: response.headers, body: answer })
      }, reject)
    })
    sent.on('error', reject).end(body)
  })
}

async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(bytes)
  return await readText(socket)
}

describe('the server of the demo’s page', () => {
  const rows: readonly (readonly [path: string, status: number, type: string, body: RegExp])[] = [
    ['/', 200, 'text/html; charset=utf-8', /live/],
    ['/?anything', 200, 'text/html; charset=utf-8', /live/],
    ['/still', 200, 'text/html; charset=utf-8', /still/],
    ['/style.css', 200, 'text/css; charset=utf-8', /color-scheme/],
    ['/icon.svg', 200, 'image/svg+xml', /^<svg/],
    ['/favicon.ico', 404, 'text/plain; charset=utf-8', /not found/],
    ['/../main.ts', 404, 'text/plain; charset=utf-8', /not found/],
    ['//', 404, 'text/plain; charset=utf-8', /not found/],
    ['/%00', 404, 'text/plain; charset=utf-8', /not found/],
  ]
  for (const [path, status, type, body] of rows) {
    test(`answers ${path} with ${status}, to HEAD with the same and no body`, async (t) => {
      const { port } = await startPage(t)
      const answer = await ask(port, path)
      assert.deepEqual([answer.status, answer.headers['content-type']], [status, type])
      assert.match(answer.body, body)
      const head = await ask(port, path, { method: 'HEAD' })
      assert.deepEqual([head.status, head.body], [status, ''])
      assert.equal(head.headers['content-length'], answer.headers['content-length'])
      for (const { headers } of [answer, head]) assertSafe(headers)
      assert.equal(answer.headers['refresh'], status === 200 && /^\/(\?|$)/.test(path) ? '5' : undefined)
    })
  }

  test('knows its own address when it renders', async (t) => {
    const { url, port } = await startPage(t)
    assert.match((await ask(port, '/')).body, new RegExp(`<p>${url} live</p>`))
  })

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']) {
    test(`refuses ${method}`, async (t) => {
      const { port } = await startPage(t)
      const answer = await ask(port, '/', { method })
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET, HEAD'])
      assertSafe(answer.headers)
    })
  }

  test('ends a connection on which something was sent that nobody reads', async (t) => {
    const { port } = await startPage(t)
    const answer = await ask(port, '/', { method: 'POST', body: 'x'.repeat(10) })
    assert.deepEqual([answer.status, answer.headers.connection], [405, 'close'])
  })

  test('answers only to the names of this host, with its port', async (t) => {
    const { port } = await startPage(t)
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.equal((await ask(port, '/', { host })).status, 200, host)
    }
    for (const host of [
      'attacker.example',
      `attacker.example:${port}`,
      `localhost.attacker.example:${port}`,
      `127.0.0.1.nip.io:${port}`,
      `localhost.:${port}`,
      `0.0.0.0:${port}`,
      `user@localhost:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:${port}, localhost:${port}`,
    ]) {
      const answer = await ask(port, '/', { host })
      assert.equal(answer.status, 421, host)
      assert.doesNotMatch(answer.body, /live/)
      assertSafe(answer.headers)
    }
  })

  test('takes no second host, no missing one, and none from the request line', async (t) => {
    const { port } = await startPage(t)
    const own = `Host: 127.0.0.1:${port}\r\n`
    for (const head of [
      `GET / HTTP/1.1\r\n${own}Host: attacker.example\r\n`,
      `GET / HTTP/1.1\r\nHost: attacker.example\r\n${own}`,
      `GET / HTTP/1.1\r\n`,
      `GET / HTTP/1.0\r\n`,
      `GET http://attacker.example/ HTTP/1.1\r\n${own}`,
      `CONNECT attacker.example:443 HTTP/1.1\r\n${own}`,
    ]) {
      const answer = await askRaw(port, `${head}connection: close\r\n\r\n`)
      assert.doesNotMatch(answer, /^HTTP\/1\.1 2|live/, head)
    }
  })

  test('refuses headers without end', async (t) => {
    const { port } = await startPage(t)
    const answer = await askRaw(
      port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 431 /)
  })

  test('listens on loopback alone, and frees its port', async () => {
    const page = await startPageServer({ port: 0, renderPage: () => '' })
    const port = Number(new URL(page.url).port)
    assert.equal(new URL(page.url).hostname, '127.0.0.1')
    await page.close()
    await assert.rejects(ask(port, '/'), { code: 'ECONNREFUSED' })
  })
})

/** What every answer says, whatever it is. */
function assertSafe(headers: IncomingHttpHeaders): void {
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  assert.equal(headers['access-control-allow-origin'], undefined)
}

describe('markup', () => {
  test('escapes every text, in elements and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [, attribute, content] =
          /^<p title="([^"<>]*)">([^"<>]*)<\/p>$/.exec(html`<p title="${text}">${text}</p>`.toString()) ?? []
        assert.deepEqual([unescape(attribute), unescape(content)], [text, text])
      }),
    )
  })

  test('takes as markup only what it made itself', () => {
    const forged = JSON.parse('{"markup":"<b>"}') as never
    assert.doesNotMatch(html`${[html`<i>${'<'}</i>`]}`.toString(), /&lt;i/)
    assert.throws(() => html`${forged}`.toString(), TypeError)
  })
})

function unescape(text: string | undefined): string | undefined {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text?.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '')
}

describe('the demo’s page', () => {
  for (const hostile of [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
  ]) {
    test(`shows ${hostile} as text`, () => {
      const tags = (page: string): readonly string[] => page.match(/<[^>]*>/g) ?? []
      const harmless = tags(renderPage(pageWith('text'), false))
      assert.deepEqual(tags(renderPage(pageWith(hostile), false)), harmless)
    })
  }

  test('shows what turns text around or hides it by its number, and isolates the rest', () => {
    const page = renderPage(pageWith('\u202egnp\u2066\u200b\u05d0'), false)
    assert.match(page, /<bdi>&lt;U\+202E&gt;gnp&lt;U\+2066&gt;&lt;U\+200B&gt;\u05d0<\/bdi>/)
  })

  test('is bounded, however long what it shows is', () => {
    const [short, long] = [10, 100_000].map((length) => {
      const { guide, ...content } = pageWith('x'.repeat(length))
      return renderPage(
        { ...content, guide: { ...guide, places: [], policies: '', exchangeCommand: '' } },
        false,
      )
    })
    assert.ok((long?.length ?? 0) < (short?.length ?? 0) + 20 * 300)
  })

  test('holds no token, wherever one turns up', () => {
    for (const secret of [`ghs_${'A1b2'.repeat(9)}`, 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl']) {
      const { guide, ...content } = pageWith(secret)
      const page = renderPage(
        { ...content, guide: { ...guide, places: [], policies: '', exchangeCommand: '' } },
        false,
      )
      assert.equal(page.includes(secret.slice(0, 12)), false)
      assert.match(page, /\[redacted\]/)
    }
  })

  test('says what there is to see before anything has happened', () => {
    const empty = { exchanges: [], proberExchanges: [], checks: [] }
    const page = renderPage({ ...pageWith('x'), activity: empty, probers: [] }, false)
    assert.match(page, /Nobody has asked for a token yet/)
    assert.match(page, /No policy has been pushed yet/)
  })

  test('has no script, no style but its sheet, and no address but its own', () => {
    const page = renderPage(pageWith('x'), false)
    assert.doesNotMatch(page, /<script|<style|\son\w+=|\sstyle=|javascript:/i)
    const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link)
    assert.deepEqual([...new Set(links)], ['/icon.svg', '/style.css', '/still', 'http://127.0.0.1:8080'])
  })

  test('can be read by everybody: every color stands out by 7:1, light and dark', () => {
    const [light = '', dark = ''] = STYLESHEET.match(/:root \{[^}]*\}/g) ?? []
    for (const scheme of [light, dark]) {
      const colors = new Map(
        [...scheme.matchAll(/--([a-z]+): #([0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
      )
      for (const ground of ['ground', 'panel']) {
        for (const text of ['text', 'quiet', 'link', 'good', 'bad', 'open']) {
          const ratio = contrast(colors.get(text) ?? '', colors.get(ground) ?? '')
          assert.ok(ratio >= 7, `${text} on ${ground}: ${ratio}`)
        }
      }
    }
  })
})

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
