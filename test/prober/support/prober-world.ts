import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import {
  createIssuerSource,
  createNegativeProber,
  createProber,
  type ProberOptions,
  type ProbeResult,
} from '#pkg/prober'
import { createLogger } from '#pkg/telemetry'
import { readConfiguration } from '../../../cmd/app/configuration.ts'
import { createService, type Service } from '../../../cmd/app/service.ts'
import { startWorld, type World } from '../../../emulator/index.ts'

export const DOMAIN = 'sts.example.com'
export const SCOPE = 'acme/prober'
export const POLICY_PATH = '.github/chainguard/prober.sts.yaml'

/** The service, a GitHub and an issuer, in this process; `acme/prober` has the policy `prober` for its main branch. */
export interface ProberWorld {
  readonly world: World
  readonly service: Service
  /** Of the service. */
  readonly url: string
  /** Of the issuer, for a job of acme/prober on `ref`. */
  readonly tokenUrl: (ref: string) => string
  /** Of a prober on the main branch, or of a negative prober on another. */
  readonly optionsFor: (ref: 'main' | 'other', options?: Partial<ProberOptions>) => ProberOptions
  /** Waits until no token lives, which needs the service to have stopped. */
  readonly stopAndCount: () => Promise<number>
}

export async function startProberWorld(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<ProberWorld> {
  const world = await startWorld({ watch: false })
  const configuration = readConfiguration({
    PORT: '0',
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: DOMAIN,
    GITHUB_BASE_URL: world.github.baseUrl,
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    METRICS: 'false',
    ...env,
  })
  assert.ok(configuration.ok)
  const service = createService(configuration.config, createLogger({ level: 'silent' }))
  const url = `http://127.0.0.1:${await service.listen()}`
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= service.stop(0))
  t.after(async () => {
    await stop()
    await world.close()
  })
  const tokenUrl = (ref: string): string =>
    `${world.issuer.issuer}/actions/token?repository=${SCOPE}&ref=${ref}`
  return {
    world,
    service,
    url,
    tokenUrl,
    optionsFor: (ref, options = {}) => ({
      service: { url, audience: DOMAIN },
      scope: SCOPE,
      identity: 'prober',
      gitHubUrl: world.github.baseUrl,
      tokens: createIssuerSource(tokenUrl(ref)),
      // What is waited for in these tests is a loopback server: time enough is any.
      pause: (ms) => wait(ms / 50),
      ...options,
    }),
    async stopAndCount() {
      await stop()
      return world.github.liveTokens().length
    },
  }
}

export function runProber(
  options: ProberOptions,
  signal = new AbortController().signal,
): Promise<ProbeResult> {
  return createProber(options)(signal)
}

export function runNegativeProber(
  options: ProberOptions,
  signal = new AbortController().signal,
): Promise<ProbeResult> {
  return createNegativeProber(options)(signal)
}

/** `name: outcome` of each step, in order. */
export function outcomes({ steps }: ProbeResult): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map(({ name, outcome }) => [name, outcome]))
}

/** The detail of a step; fails when it is not there. */
export function detailOf({ steps }: ProbeResult, name: string): string {
  const step = steps.find((one) => one.name === name)
  assert.ok(step !== undefined, name)
  return step.detail
}
