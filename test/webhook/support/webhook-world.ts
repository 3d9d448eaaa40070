import assert from 'node:assert/strict'
import { readConfiguration } from '../../../cmd/webhook/configuration.ts'
import { NO_INSTRUMENTS } from '../../../cmd/telemetry.ts'
import { createWebhookService } from '../../../cmd/webhook/service.ts'
import { startWorld, type Call, type Delivery, type World } from '../../../emulator/index.ts'
import { createLogger } from '#pkg/telemetry'
import type { StaleNotice } from '#pkg/webhook'
import { FOLDER, GOOD } from './policies.ts'

export const SECRET = 'a-secret-of-the-test'

/** Where nobody listens. */
const NOBODY = 'http://127.0.0.1:1'

/** A GitHub with the webhook connected to it, over real sockets. */
export interface WebhookWorld {
  readonly world: World
  readonly github: World['github']
  readonly url: string
  /** Lines of the webhook's log. */
  readonly log: string[]
  readonly notices: StaleNotice[]
  /** Does `act` without the webhook hearing of it. */
  readonly unheard: <T>(act: () => T) => T
  /** Does `act` while nobody answers; what was not delivered then, to be redelivered in any order. */
  readonly withheld: (act: () => void) => Promise<readonly Delivery[]>
  /** Has deliveries go to another instance from now on, which knows nothing of what came before. */
  readonly moveOn: () => Promise<void>
  /** Waits until all deliveries have been answered. */
  readonly settled: () => Promise<void>
  /** The check runs of a repository, oldest first. */
  readonly checks: (repository?: string) => readonly CheckRunView[]
  /** The one check run of a commit. */
  readonly checkOf: (headSha: string, repository?: string) => CheckRunView
  readonly hasNoCheck: (headSha: string, repository?: string) => void
  /** A name that nothing else has. */
  readonly newName: () => string
  /** A new branch of acme/app with a commit of its own. */
  readonly newBranch: () => string
  /** The webhook's calls to GitHub since they were last cleared, as `METHOD operation`. */
  readonly operations: () => readonly string[]
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface CheckRunView {
  readonly id: number
  readonly name: string
  readonly headSha: string
  readonly status: string
  readonly conclusion: string | null
  readonly title: string | null
  readonly summary: string | null
  readonly annotations: readonly Readonly<Record<string, unknown>>[]
}

export interface WebhookWorldOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly world?: Parameters<typeof startWorld>[0]
}

export async function startWebhookWorld(options: WebhookWorldOptions = {}): Promise<WebhookWorld> {
  const world = await startWorld({ watch: false, ...options.world })
  const { github } = world
  const log: string[] = []
  const notices: StaleNotice[] = []
  const stops: (() => Promise<void>)[] = []

  async function startInstance(): Promise<string> {
    const configuration = readConfiguration(environmentOf(world, options.environment))
    if (!configuration.ok) throw new Error(JSON.stringify(configuration.errors))
    github.clearCalls()
    const logger = createLogger({ level: 'debug', destination: { write: (line) => void log.push(line) } })
    const service = createWebhookService(
      configuration.config,
      logger,
      NO_INSTRUMENTS,
      (notice) => void notices.push(notice),
    )
    const port = await service.listen()
    stops.push(() => service.stop(0))
    await firstLook(github.calls)
    github.clearCalls()
    return `http://127.0.0.1:${port}`
  }

  let url = await startInstance()
  const connect = (to = url): void => {
    github.setWebhook(world.app, { url: to, secret: SECRET })
  }
  connect()
  let names = 0
  const newName = (): string => `name-${++names}`
  const checks = (repository = 'acme/app'): readonly CheckRunView[] => {
    const runs = github.findRepository(repository)?.checkRuns ?? []
    return runs.map(({ id, name, suite, status, conclusion, output, annotations }) => ({
      id,
      name,
      headSha: suite.headSha,
      status,
      conclusion,
      title: output.title,
      summary: output.summary,
      annotations: annotations.map((annotation) => ({ ...annotation })),
    }))
  }
  const checksOf = (headSha: string, repository?: string): readonly CheckRunView[] =>
    checks(repository).filter((check) => check.headSha === headSha)
  let stopped: Promise<unknown> | undefined
  const stop = async (): Promise<void> => {
    await (stopped ??= Promise.all(stops.map((stopOne) => stopOne())))
  }
  return {
    world,
    github,
    get url() {
      return url
    },
    log,
    notices,
    unheard(act) {
      github.setWebhook(world.app, undefined)
      const result = act()
      connect()
      return result
    },
    async withheld(act) {
      const before = github.deliveries.length
      connect(NOBODY)
      act()
      await github.deliveriesSettled()
      connect()
      return github.deliveries.slice(before)
    },
    async moveOn() {
      url = await startInstance()
      connect()
    },
    settled: () => github.deliveriesSettled(),
    checks,
    checkOf(headSha, repository) {
      const [check, ...others] = checksOf(headSha, repository)
      assert.ok(check, 'there is a check run')
      assert.deepEqual(others, [], 'there is one check run')
      return check
    },
    hasNoCheck(headSha, repository) {
      assert.deepEqual(checksOf(headSha, repository), [])
    },
    newName,
    newBranch() {
      const branch = newName()
      github.push({ repository: 'acme/app', branch, files: { [`${branch}.md`]: branch } })
      return branch
    },
    operations: () => github.calls.map(({ operation, method }) => operation ?? method),
    stop,
    async close() {
      await stop()
      await world.close()
    },
  }
}

/** A webhook that has the tokens of acme/app and acme/.github, so that tests count the calls of a warm one. */
export async function startWarmWebhook(options?: WebhookWorldOptions): Promise<WebhookWorld> {
  const w = await startWebhookWorld(options)
  const files = { [`${FOLDER}/warm.sts.yaml`]: GOOD }
  w.github.push({ repository: 'acme/app', files })
  w.github.push({ repository: 'acme/.github', files })
  await w.settled()
  return w
}

function environmentOf(
  { app, appKey, github }: World,
  more: WebhookWorldOptions['environment'],
): Readonly<Record<string, string>> {
  return {
    PORT: '0',
    STS_HOST: '127.0.0.1',
    GITHUB_APP_IDS: String(app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: appKey.privateKey,
    GITHUB_BASE_URL: github.baseUrl,
    GITHUB_WEBHOOK_SECRET: SECRET,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    ...more,
  }
}

/** The key is checked and failed deliveries are listed when the webhook starts: not what tests count. */
async function firstLook(calls: readonly Call[]): Promise<void> {
  while (calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
}
