import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { startWorld, type World } from '../../../emulator/index.ts'
import { DOMAIN } from './deployment.ts'
import { startProgram, type Program } from './service-process.ts'

const LISTENING = /"port":(\d+)[^\n]*listening/
const METRICS_PORT = /"port":(\d+),"message":"serving metrics"/

/** A program of a deployment, as a process of its own. */
export interface Running extends Program {
  readonly url: string
  readonly scrape: () => Promise<string>
}

/** The programs of a deployment, with a GitHub and an issuer on loopback. */
export interface RunningPrograms {
  readonly world: World
  readonly app: Running
  readonly webhook: Running
  readonly prober: Running
  readonly negativeProber: Running
  readonly exchange: (scope: string, identity: string) => Promise<number>
  /** Starts another negative prober, whose token is of a branch of the prober's repository. */
  readonly startNegativeProber: (ref: string) => Promise<Running>
}

/** What differs from a deployment in which all is well. */
export interface RunningOptions {
  readonly app?: Readonly<Record<string, string>>
}

export async function startPrograms(t: TestContext, options: RunningOptions = {}): Promise<RunningPrograms> {
  const world = await startWorld({ watch: false })
  t.after(() => world.close())
  const gitHub = {
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    GITHUB_BASE_URL: world.github.baseUrl,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
  }
  const secret = randomUUID()
  const [app, webhook] = await Promise.all([
    start(t, 'cmd/app/main.ts', { ...gitHub, STS_DOMAIN: DOMAIN, ...options.app }),
    start(t, 'cmd/webhook/main.ts', { ...gitHub, GITHUB_WEBHOOK_SECRET: secret }),
  ])
  world.github.setWebhook(world.app, { url: webhook.url, secret })
  /** Answers when the first run has ended. */
  async function startProber(name: string, ref: string): Promise<Running> {
    const running = await start(t, `cmd/${name}/main.ts`, {
      STS_DOMAIN: DOMAIN,
      STS_URL: app.url,
      GITHUB_BASE_URL: world.github.baseUrl,
      PROBER_SCOPE: 'acme/prober',
      PROBER_IDENTITY: 'prober',
      PROBER_TOKEN_URL: `${world.issuer.issuer}/actions/token?repository=acme/prober&ref=${ref}`,
      PROBER_ALLOW_ANONYMOUS: 'true',
      PROBER_INTERVAL: '1h',
    })
    await (await fetch(running.url)).text()
    return running
  }
  const startNegativeProber = (ref: string) => startProber('negative-prober', ref)
  const [prober, negativeProber] = await Promise.all([
    startProber('prober', 'main'),
    // No policy lets this branch in.
    startNegativeProber('negative-prober'),
  ])
  return {
    world,
    app,
    webhook,
    prober,
    negativeProber,
    startNegativeProber,
    async exchange(scope, identity) {
      const token = await world.issuer.sign({ sub: 'repo:acme/app:ref:refs/heads/main', aud: DOMAIN })
      const query = new URLSearchParams({ scope, identity }).toString()
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${app.url}/sts/exchange?${query}`, { headers })
      await response.text()
      return response.status
    },
  }
}

async function start(t: TestContext, main: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const program = startProgram(t, main, { PORT: '0', STS_HOST: '127.0.0.1', METRICS_PORT: '0', ...env })
  const [, port = ''] = await program.saw(LISTENING)
  const [, metricsPort = ''] = await program.saw(METRICS_PORT)
  return {
    ...program,
    url: `http://127.0.0.1:${port}`,
    async scrape() {
      const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
      assert.equal(response.status, 200)
      return await response.text()
    },
  }
}
