import { LRUCache } from 'lru-cache'
import type { AppConfig, AppPoolConfig, GitHubConfig, QuotaConfig } from '#pkg/config'
import {
  createAppPool,
  createConnectionPool,
  createGitHubApp,
  createGitHubLimits,
  type AppCandidate,
  type AppPool,
  type CallEvent,
  type GitHubApp,
  type GitHubLimits,
  type StickyRoutes,
} from '#pkg/github'
import { createKmsSigner, createPemSigner, type Signer } from '#pkg/signer'
import { mapConcurrently } from '#pkg/store'
import type { Logger, Metrics } from '#pkg/telemetry'
import type { Readiness } from '#pkg/transport'
import type { StaleListener } from '#pkg/webhook'
import type { SharedState } from './shared-state.ts'

/** Between looks at a key that GitHub has refused. */
const KEY_CHECK_INTERVAL_MS = 30_000
/** Apps whose keys are checked at the same time. */
const KEY_CHECKS_MAX = 20

/** An App that the configuration does not name any more is kept this long, for the exchanges that began with it. */
const RETIRED_AFTER_MS = 30_000
/** For its last revocations. */
const RETIRED_GRACE_MS = 10_000

/** The installations that were looked up last: figures of other replicas count for these. */
const INSTALLATIONS_MAX = 10_000

/** The pool of owners that have none of their own. */
const EVERYONE = '*'

/** The configured Apps, and their way to GitHub. */
export interface GitHubConnection {
  /** Each once. */
  readonly apps: () => readonly GitHubApp[]
  readonly poolFor: (owner: string) => AppPool | undefined
  readonly limits: GitHubLimits
  /** Whether an App is known to be installed there. */
  readonly isInstalled: (app: AppCandidate) => boolean
  /** Drops what Apps know that a delivery has made stale. */
  readonly drop: StaleListener
  /**
   * Makes the signers: loads the packages of key services, if any. Rejects when one is missing.
   *
   * @param routes - see `AppPoolOptions.routes`.
   */
  open(routes?: StickyRoutes): Promise<void>
  /**
   * Serves other pools from now on; an App that stays keeps what it knows. Rejects, and changes nothing, as `open`. One call
   * at a time.
   */
  replacePools(pools: readonly AppPoolConfig[]): Promise<void>
  /**
   * Has GitHub confirm the Apps' keys, in the background, and again while it refuses one: nobody sends work to an
   * instance that is not ready, so it has to find out by itself.
   */
  watchKeys(signal: AbortSignal): void
  /** Revokes what nobody needs within `graceMs`, and closes the connections. */
  close(graceMs: number): Promise<void>
}

export interface GitHubConnectionOptions {
  readonly github: GitHubConfig
  readonly quota: QuotaConfig
  readonly logger: Logger
  readonly metrics: Metrics
  /** Default: 30,000. */
  readonly retiredAfterMs?: number
}

/** Nothing is opened before the first call. */
export function connectToGitHub(options: GitHubConnectionOptions): GitHubConnection {
  const { github, quota, logger, metrics, retiredAfterMs = RETIRED_AFTER_MS } = options
  const now = Date.now
  const connections = createConnectionPool({ ca: github.certificateAuthorities, proxy: github.proxy })
  const limits = createGitHubLimits({
    now,
    staleMs: quota.staleMs,
    secondary: isGitHubDotCom(github.baseUrl),
  })
  /** By what makes an App another one: its id and its key. */
  let apps = new Map<string, GitHubApp>()
  let pools = new Map<string, AppPool>()
  let routes: StickyRoutes | undefined
  let checkKeys: ((wanted: (app: GitHubApp) => boolean) => void) | undefined
  const retired = new Map<string, { readonly app: GitHubApp; readonly timer: NodeJS.Timeout }>()
  const installations = new LRUCache<string, true>({ max: INSTALLATIONS_MAX })

  function observe(call: CallEvent): void {
    logger.debug({ call }, 'GitHub call')
    const { operation, method, status, appId, installationId, quota: seen, durationMs } = call
    metrics.gitHubCalled({ operation, method, status, app: appId, durationMs })
    // Calls as the App itself are counted apart by GitHub, and name no installation.
    if (seen === undefined || installationId === undefined) return
    const { remaining, limit } = seen
    metrics.rateLimitSeen({ app: appId, installation: installationId, remaining, limit })
  }

  async function signerOf({ key }: AppConfig): Promise<Signer> {
    if (key.kind === 'pem') return createPemSigner(key.pem)
    const { provider, name } = key
    return await createKmsSigner({ provider, name, dispatcher: connections, verify: github.verifyKeyService })
  }

  async function createApp(config: AppConfig): Promise<GitHubApp> {
    return createGitHubApp({
      appId: config.id,
      signer: await signerOf(config),
      baseUrl: github.baseUrl,
      dispatcher: connections,
      limits,
      onCall: observe,
      onLookup(cache, result) {
        metrics.cacheLookedUp(cache, result)
      },
    })
  }

  function everyApp(): readonly GitHubApp[] {
    return [...apps.values(), ...[...retired.values()].map(({ app }) => app)]
  }

  function retire(key: string, app: GitHubApp): void {
    const timer = setTimeout(() => {
      retired.delete(key)
      void app.close(RETIRED_GRACE_MS)
    }, retiredAfterMs).unref()
    retired.set(key, { app, timer })
  }

  /** Of one that is named again in time. */
  function takeBack(key: string): void {
    clearTimeout(retired.get(key)?.timer)
    retired.delete(key)
  }

  async function usePools(configs: readonly AppPoolConfig[]): Promise<void> {
    const nextApps = new Map<string, GitHubApp>()
    const nextPools = new Map<string, AppPool>()
    for (const { owner, apps: configured } of configs) {
      const ofOwner: GitHubApp[] = []
      for (const config of configured) {
        const key = JSON.stringify(config)
        const known = nextApps.get(key) ?? apps.get(key) ?? retired.get(key)?.app
        const app = known ?? (await createApp(config))
        nextApps.set(key, app)
        ofOwner.push(app)
      }
      nextPools.set(
        owner,
        createAppPool({
          apps: ofOwner,
          limits,
          quota,
          routes: ofOwner.length > 1 ? routes : undefined,
          onReassigned: (appId) => {
            logger.info({ appId }, 'the App of a sticky route is gone: another serves it')
          },
          onInstalled: (app) => {
            installations.set(keyOf(app), true)
          },
          now,
          random: Math.random,
        }),
      )
    }
    const before = apps
    apps = nextApps
    pools = nextPools
    for (const key of apps.keys()) takeBack(key)
    for (const [key, app] of before) if (!apps.has(key)) retire(key, app)
  }

  return {
    apps: () => [...apps.values()],
    poolFor: (owner) => pools.get(owner.toLowerCase()) ?? pools.get(EVERYONE),
    limits,
    isInstalled: (app) => installations.has(keyOf(app)),
    drop(notice) {
      // One that was let go may come back, with what it knew.
      for (const app of everyApp()) {
        if (notice.kind === 'owner') app.forgetOwner(notice.owner)
        else if (notice.kind === 'repository') app.forgetRepository(notice)
      }
    },
    open(given) {
      routes = given
      return usePools(github.pools)
    },
    async replacePools(configs) {
      const before = new Set(apps.values())
      await usePools(configs)
      checkKeys?.((app) => !before.has(app))
    },
    watchKeys(signal) {
      checkKeys = (wanted) => {
        if (signal.aborted) return
        // Not all at once, which would leave no calls to exchanges.
        void mapConcurrently([...apps.values()].filter(wanted), KEY_CHECKS_MAX, async (app) => {
          await app.checkKey({ signal }).catch((err: unknown) => {
            if (!signal.aborted)
              logger.error({ err, appId: app.appId }, 'GitHub has not confirmed the key of the App')
          })
        })
      }
      checkKeys(() => true)
      // Without its number the webhook does not know whose deliveries are meant.
      const isOpen = ({ problem, numericId }: GitHubApp): boolean =>
        problem !== undefined || numericId === undefined
      setInterval(() => checkKeys?.(isOpen), KEY_CHECK_INTERVAL_MS).unref()
    },
    async close(graceMs) {
      for (const { timer } of retired.values()) clearTimeout(timer)
      await Promise.all(everyApp().map((app) => app.close(graceMs)))
      await connections.destroy()
    },
  }
}

function keyOf({ appId, installationId }: AppCandidate): string {
  return `${appId} ${installationId}`
}

/** Whether GitHub's published secondary limits hold. An Enterprise Server has its administrator's. */
function isGitHubDotCom(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com')
}

/** Readiness, and what each App's part in it is: one that works is enough. The state of the store fails nothing. */
export function readinessOf(apps: readonly GitHubApp[], state: SharedState | undefined): Readiness {
  const conditions = Object.fromEntries(apps.map(({ appId, problem }) => [appId, problem ?? 'ok']))
  return {
    ready: apps.some(({ problem }) => problem === undefined),
    detail: { ...conditions, store: state?.condition ?? 'none' },
  }
}
