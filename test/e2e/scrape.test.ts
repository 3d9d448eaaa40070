import assert from 'node:assert/strict'
import { test } from 'node:test'
import { METRIC_CATALOGUE, prometheusNames } from '#pkg/telemetry'
import { DOMAIN } from './support/deployment.ts'
import { ALERT_QUERIES, PANEL_QUERIES } from '../dashboards/support/dashboard-queries.ts'
import { readQuery } from '../dashboards/support/read-query.ts'
import { startPrograms } from './support/running-programs.ts'

/** What nobody but a caller would write, in everything that a caller can choose. */
const CHOSEN = 'zxcallerchosen'

/** The labels of each series of a scrape. */
function seriesOf(scrape: string): ReadonlyMap<string, ReadonlySet<string>> {
  const series = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of scrape.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    const known = series.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label)
    series.set(name, known)
  }
  return series
}

test('a scrape of the programs', async (t) => {
  const { world, app, webhook, prober, negativeProber } = await startPrograms(t, {
    app: {
      // Nothing listens there: events are dropped, and counted.
      EVENT_INGRESS_URI: 'http://127.0.0.1:1/',
      STS_EVENT_DELIVERY: 'required',
      // Nor there: it goes on with its own state, and says so.
      STS_STORE: 'redis',
      STS_REDIS_URL: 'redis://127.0.0.1:1',
    },
  })

  const bearer = await world.issuer.sign({ sub: CHOSEN, aud: DOMAIN, repository_owner: CHOSEN, jti: CHOSEN })
  for (const [scope, identity] of [
    ['acme/app', 'release'],
    [`acme/${CHOSEN}`, CHOSEN],
    [CHOSEN, CHOSEN],
    [`${CHOSEN}/${CHOSEN}`, 'release'],
  ] as const) {
    const query = new URLSearchParams({ scope, identity }).toString()
    const headers = {
      authorization: `Bearer ${bearer}`,
      'user-agent': CHOSEN,
      'x-request-id': CHOSEN,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      tracestate: `${CHOSEN}=1`,
    }
    await (await fetch(`${app.url}/sts/exchange?${query}`, { headers })).text()
    await (await fetch(`${app.url}/${CHOSEN}?${CHOSEN}`, { method: 'PUT', headers })).text()
  }
  await fetch(webhook.url, { method: 'POST', body: '{}', headers: { 'x-github-event': CHOSEN } })
  world.github.push({
    repository: 'acme/app',
    branch: CHOSEN,
    files: { [`.github/chainguard/${CHOSEN}.sts.yaml`]: 'issuer: [' },
  })
  await world.github.deliveriesSettled()
  const texts = await Promise.all([app, webhook, prober, negativeProber].map(({ scrape }) => scrape()))

  const all = texts.join('\n')
  await t.test('has every metric, and no word that a caller chose', () => {
    const missing = METRIC_CATALOGUE.filter(
      (metric) => !prometheusNames(metric).every((name) => new RegExp(`^${name}[{ ]`, 'm').test(all)),
    )
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    )
    assert.ok(!all.includes(CHOSEN))
    assert.ok(!/gh[a-z]_|eyJ/.test(all))
    // What they are about is there: a name without a series would prove nothing.
    assert.match(all, /^sts_denial_count_total\{[^}]*reason="subject_mismatch"/m)
    assert.match(all, /^sts_audit_failure_count_total\{[^}]*sink="events"/m)
    assert.match(all, /^sts_prober_run_count_total\{[^}]*outcome="passed"/m)
    assert.match(all, /^sts_check_run_count_total\{[^}]*conclusion="failure"/m)
  })

  await t.test('has every series and label that a panel or an alert asks for', () => {
    const series = seriesOf(all)
    const asked = [...PANEL_QUERIES, ...ALERT_QUERIES]
    assert.ok(asked.length > 30)
    for (const { title, expr } of asked) {
      const { selectors, labels } = readQuery(expr)
      for (const { name, matchers } of selectors) {
        const has = series.get(name)
        assert.ok(has, `${title}: ${name}`)
        for (const label of [...labels, ...matchers.map((matcher) => matcher.label)]) {
          assert.ok(has.has(label), `${title}: ${name}: ${label}`)
        }
      }
    }
  })
})
