import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startPageServer } from '../../cmd/demo/page/page-server.ts'
import { renderPage } from '../../cmd/demo/page/render-page.ts'
import { unless } from '../support/requirement.ts'
import { findChromium, startChromium } from './support/browser.ts'
import { pageWith } from './support/demo-content.ts'
import { startProgram } from './support/service-process.ts'

const chromium = findChromium()
const skip = unless('chromium', chromium !== undefined, 'Chromium')

interface Visit {
  readonly page: Page
  /** What the browser complained of: console, refused content, failed requests, dialogs. */
  readonly complaints: readonly string[]
}

async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`)
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto('/still', { waitUntil: 'load' })
  return { page, complaints }
}

/** Whether the page as a whole is no wider than the window. */
async function fits(page: Page): Promise<boolean> {
  return await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')
}

async function serveHostilePage(t: TestContext, text: string): Promise<string> {
  const page = await startPageServer({
    port: 0,
    renderPage: ({ isStill }) => renderPage(pageWith(text), isStill),
  })
  t.after(() => page.close())
  return page.url
}

describe('the demo’s page in Chromium', () => {
  test('shows the tour’s exchanges, its check, and the probers', { skip }, async (t) => {
    const demo = startProgram(t, 'cmd/demo/main.ts', { PORT: '0' })
    await demo.saw(/Ctrl-C ends it/)
    const url = /this demo +(http:\S+)/.exec(demo.output())?.[1] ?? ''
    const browser = await startChromium(t, chromium ?? '')

    for (const javaScriptEnabled of [true, false]) {
      await t.test(`${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
        const { page, complaints } = await visit(browser, url, { javaScriptEnabled })
        const text = await page.innerText('body')
        for (const expected of [
          /github-sts demo/,
          /Try it/,
          /curl -s 'http:\/\/127\.0\.0\.1:\d+\/sts\/exchange/,
          /OK\s+acme\/app\s+release\s+repo:acme@4242\/app@510001:ref:refs\/heads\/main/,
          /POLICY_MISMATCH\s+subject_mismatch/,
          /failure\s+acme\/app\s+[0-9a-f]{7}\s+1 of 2 policies does not work/,
          /Last run at \d\d:\d\d:\d\d UTC, \d+ ms: passed/,
          /create_issue_refused\s+passed/,
          /wrong_audience_json\s+passed/,
        ]) {
          assert.match(text, expected)
        }
        assert.doesNotMatch(await page.content(), /gh[a-z]_[A-Za-z0-9]{4}|eyJ/)
        assert.deepEqual(complaints, [])
      })
    }

    await t.test('keeps itself up to date, until it is held still', async () => {
      const { page } = await visit(browser, url)
      const shownAt = (): Promise<string | null> => page.locator('header time').getAttribute('datetime')
      await page.getByRole('link', { name: 'keep it up to date' }).click()
      const first = await shownAt()
      await page.locator(`header time:not([datetime="${first ?? ''}"])`).waitFor()
      await page.getByRole('link', { name: 'Hold it still' }).click()
      await page.waitForURL('**/still')
    })

    await t.test('can be read on a telephone, and in the dark', async () => {
      const { page } = await visit(browser, url, {
        viewport: { width: 360, height: 640 },
        colorScheme: 'dark',
      })
      assert.equal(await fits(page), true)
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      assert.equal(ground, 'rgb(13, 17, 23)')
    })

    await t.test('has headings in order, and a caption and heads for each table', async () => {
      const { page } = await visit(browser, url)
      const levels = await page.evaluate(
        '[...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => tagName).join(" ")',
      )
      assert.equal(levels, 'H1 H2 H2 H2 H2 H2 H3 H3 H3')
      const tables = await page.locator('table').count()
      assert.equal(tables, 5)
      for (let index = 0; index < tables; index += 1) {
        const table = page.locator('table').nth(index)
        assert.notEqual(await table.locator('caption').innerText(), '')
        assert.equal(await table.locator('th:not([scope])').count(), 0)
        const columns = await table.locator('thead th[scope=col]').count()
        const rows = await table.locator('tbody tr').count()
        assert.equal(await table.locator('tbody th[scope=row]').count(), rows)
        assert.equal(await table.locator('tbody td').count(), rows * (columns - 1))
      }
    })
  })

  test('shows hostile text as text, on any window', { skip }, async (t) => {
    const browser = await startChromium(t, chromium ?? '')
    for (const hostile of [
      '<script>document.title = "taken"; alert(1)</script>',
      '"><img src=x onerror=alert(1)><svg onload=alert(1)>',
      "' style='position:fixed;inset:0' onmouseover='alert(1)",
      '</td></tr></table></main><meta http-equiv="refresh" content="0;url=http://attacker.example/">',
      '\u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0633\u0644\u0627\u0645',
      'x'.repeat(299),
    ]) {
      const url = await serveHostilePage(t, hostile)
      const { page, complaints } = await visit(browser, url, { viewport: { width: 360, height: 640 } })
      assert.deepEqual(complaints, [], hostile)
      assert.equal(await page.title(), 'github-sts demo')
      assert.equal(await page.locator('img, svg, script, meta[http-equiv], [style]').count(), 0)
      assert.equal(await page.locator('table').count(), 4)
      const shown = await page.locator('table bdi').allTextContents()
      assert.ok(shown.filter((text) => text === hostile).length > 10, hostile)
      assert.equal(await fits(page), true, hostile)
    }
  })
})
