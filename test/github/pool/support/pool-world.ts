import type { TestContext } from 'node:test'
import {
  createAppPool,
  createConnectionPool,
  createGitHubApp,
  createGitHubLimits,
  createGrant,
  createStickyRoutes,
  type AppPool,
  type AppPoolOptions,
  type FindOptions,
  type GitHubApp,
  type GitHubLimits,
  type OpenPool,
  type PooledToken,
} from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import type { SharedStore } from '#pkg/store'
import {
  startGitHub,
  type FaultEffect,
  type GitHubEmulator,
  type ReceivedRequest,
} from '../../../../emulator/index.ts'
import { KEY, MINT, patient } from '../../support/world.ts'

export const LIFETIME_MS = 3_600_000

/** One of the Apps of a world. */
export interface WorldApp {
  readonly id: number
  readonly app: GitHubApp
  readonly installation: { readonly id: number }
}

export interface MintOptions {
  readonly route?: string
  readonly signal?: AbortSignal
  readonly pool?: AppPool
}

/** Several Apps of one organization in front of an emulated GitHub, on one clock. */
export interface PoolWorld {
  readonly github: GitHubEmulator
  readonly apps: readonly WorldApp[]
  readonly limits: GitHubLimits
  readonly pool: AppPool
  readonly clock: { now: number }
  /** Apps whose routes were given to another, by the App that has them now. */
  readonly reassigned: string[]
  /** What the store of routes did not do. */
  readonly storeFailures: unknown[]
  /** Another pool of the same Apps, or of some of them, as another replica has it. */
  readonly createPool: (options?: Partial<AppPoolOptions>) => AppPool
  readonly open: (repository?: string, find?: Partial<FindOptions>) => Promise<OpenPool>
  readonly read: (repository?: string, path?: string) => Promise<string>
  readonly mint: (options?: MintOptions) => Promise<PooledToken>
  /** Which App made a token. */
  readonly mintBy: (options?: MintOptions) => Promise<number>
  /** Lets the calls of one App go wrong: all, or one operation. */
  readonly fail: (app: WorldApp | undefined, effect: FaultEffect, operation?: string) => () => void
  /** Tells GitHub's count of an installation, which its next read brings. */
  readonly setRemaining: (app: WorldApp | undefined, remaining: number) => void
  /** `operation app` of each call since the last look, sorted. */
  readonly takeCalls: () => readonly string[]
}

export interface PoolWorldOptions {
  /** Default: 3. */
  readonly apps?: number
  readonly store?: SharedStore
  readonly callTimeoutMs?: number
  readonly random?: () => number
}

export async function startPoolWorld(t: TestContext, options: PoolWorldOptions = {}): Promise<PoolWorld> {
  const clock = { now: Date.UTC(2026, 7, 1) }
  const now = (): number => clock.now
  const github = await startGitHub({ now })
  github.addOrganization('acme')
  for (const name of ['widgets', 'gadgets', '.github']) {
    github.addRepository({ owner: 'acme', name, files: { policy: `of ${name}` } })
  }
  const limits = createGitHubLimits({ now, secondary: false })
  const dispatcher = createConnectionPool()
  const apps = Array.from({ length: options.apps ?? 3 }, (_, index): WorldApp => {
    const { id } = github.addApp({
      slug: `sts-${index}`,
      owner: 'acme',
      permissions: { contents: 'write', checks: 'write', metadata: 'read' },
      publicKeys: [KEY.publicKey],
    })
    const installation = github.install({ app: { id }, account: 'acme' })
    const app = createGitHubApp({
      appId: String(id),
      signer: createPemSigner(KEY.privateKey),
      baseUrl: github.baseUrl,
      dispatcher,
      limits,
      now,
      pause: () => Promise.resolve(),
      ...(options.callTimeoutMs !== undefined && { callTimeoutMs: options.callTimeoutMs }),
    })
    return { id, app, installation }
  })
  t.after(async () => {
    await dispatcher.destroy()
    await github.close()
  })

  const reassigned: string[] = []
  const storeFailures: unknown[] = []
  const createPool = (more: Partial<AppPoolOptions> = {}): AppPool =>
    createAppPool({
      apps: apps.map(({ app }) => app),
      limits,
      quota: { hardFloor: 0, softFloor: 0 },
      routes:
        options.store &&
        createStickyRoutes({
          store: options.store,
          lifetimeMs: LIFETIME_MS,
          onFailure: (error) => storeFailures.push(error),
          now,
        }),
      onReassigned: (appId) => reassigned.push(appId),
      now,
      random: options.random ?? Math.random,
      ...more,
    })
  const pool = createPool()
  const target = (repository: string) => ({ owner: 'acme', repository })
  const open: PoolWorld['open'] = (repository = 'widgets', find = {}) =>
    pool.open(target(repository), { ...patient, ...find })
  const mint: PoolWorld['mint'] = async ({ route, signal = patient.signal, pool: by = pool } = {}) => {
    const opened = await by.open(target('widgets'), { signal })
    const grant = createGrant({ contents: 'write' }, ['widgets'])
    return await opened.mintToken({ grant, target: target('widgets'), route }, { signal })
  }

  return {
    github,
    apps,
    limits,
    pool,
    clock,
    reassigned,
    storeFailures,
    createPool,
    open,
    async read(repository = 'widgets', path = 'policy') {
      const opened = await open(repository)
      const { kind } = await opened.readFile({ ...target(repository), path }, patient)
      return kind
    },
    mint,
    mintBy: async (more) => Number((await mint(more)).app.appId),
    fail: (app, effect, operation) =>
      github.fault({
        ...effect,
        match: (request) =>
          appOf(request.headers) === app?.id && (operation === undefined || request.operation === operation),
      }),
    setRemaining(app, remaining) {
      if (app !== undefined) github.setRateLimit({ installation: app.installation.id }, { remaining })
    },
    takeCalls() {
      const calls = github.calls.map(
        ({ operation, requestHeaders }) => `${operation} ${indexOf(requestHeaders)}`,
      )
      github.clearCalls()
      return calls.sort()
    },
  }

  function indexOf(headers: ReceivedRequest['headers']): number {
    const id = appOf(headers)
    return apps.findIndex((app) => app.id === id)
  }
}

/** Mints of tokens for callers, not for reading. */
export function mintsOf(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => call.startsWith(MINT))
}

/** The App that makes a call: the issuer of its JWT, or the one whose number its token bears. */
export function appOf({ authorization = '' }: ReceivedRequest['headers']): number {
  const [, ofToken] = /^token gh._(\d+)_/.exec(authorization) ?? []
  if (ofToken !== undefined) return Number(ofToken)
  const payload: unknown = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
  return typeof payload === 'object' && payload !== null && 'iss' in payload ? Number(payload.iss) : NaN
}
