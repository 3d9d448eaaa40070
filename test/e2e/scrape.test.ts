import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { METRIC_CATALOGUE, prometheusNames } from '#pkg/telemetry'
import { startWorld, type World } from '../../emulator/index.ts'
import { startProgram, type Program } from './support/service-process.ts'

const DOMAIN = 'sts.example.com'
/** What nobody but a caller would write, in everything that a caller can choose. */
const CHOSEN = 'zxcallerchosen'
const LISTENING = /"port":(\d+)[^\n]*listening/
const METRICS_PORT = /"port":(\d+),"message":"serving metrics"/

interface Running {
  readonly program: Program
  readonly url: string
  readonly scrape: () => Promise<string>
}

async function start(t: TestContext, main: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const program = startProgram(t, main, { PORT: '0', STS_HOST: '127.0.0.1', METRICS_PORT: '0', ...env })
  const [, port = ''] = await program.saw(LISTENING)
  const [, metricsPort = ''] = await program.saw(METRICS_PORT)
  return {
    program,
    url: `http://127.0.0.1:${port}`,
    async scrape() {
      const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
      assert.equal(response.status, 200)
      return await response.text()
    },
  }
}

/** The four programs of a deployment, each a process of its own. */
async function startPrograms(t: TestContext, world: World) {
  const gitHub = {
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    GITHUB_BASE_URL: world.github.baseUrl,
  }
  const secret = randomUUID()
  const [app, webhook] = await Promise.all([
    start(t, 'cmd/app/main.ts', {
      ...gitHub,
      STS_DOMAIN: DOMAIN,
      STS_ALLOW_LOOPBACK_ISSUERS: 'true',
      // Nothing listens there: events are dropped, and counted.
      EVENT_INGRESS_URI: 'http://127.0.0.1:1/',
      STS_EVENT_DELIVERY: 'required',
      // Nor there: it goes on with its own state, and says so.
      STS_STORE: 'redis',
      STS_REDIS_URL: 'redis://127.0.0.1:1',
    }),
    start(t, 'cmd/webhook/main.ts', {
      ...gitHub,
      GITHUB_WEBHOOK_SECRET: secret,
      STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    }),
  ])
  world.github.setWebhook(world.app, { url: webhook.url, secret })
  const forProber = (ref: string) => ({
    STS_DOMAIN: DOMAIN,
    STS_URL: app.url,
    GITHUB_BASE_URL: world.github.baseUrl,
    PROBER_SCOPE: 'acme/prober',
    PROBER_IDENTITY: 'prober',
    PROBER_TOKEN_URL: `${world.issuer.issuer}/actions/token?repository=acme/prober&ref=${ref}`,
    PROBER_ALLOW_ANONYMOUS: 'true',
    PROBER_INTERVAL: '1h',
  })
  const [prober, negativeProber] = await Promise.all([
    start(t, 'cmd/prober/main.ts', forProber('main')),
    start(t, 'cmd/negative-prober/main.ts', forProber('negative-prober')),
  ])
  return { app, webhook, prober, negativeProber }
}

test('a scrape of the programs has every metric, and no word that a caller chose', async (t) => {
  const world = await startWorld({ watch: false })
  t.after(() => world.close())
  const { app, webhook, prober, negativeProber } = await startPrograms(t, world)

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
  for (const { url } of [prober, negativeProber]) await (await fetch(url)).text()
  const texts = await Promise.all([app, webhook, prober, negativeProber].map(({ scrape }) => scrape()))

  const all = texts.join('\n')
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
