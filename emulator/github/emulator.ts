import { createCallLog } from '../http/call-log.ts'
import type { Call } from '../http/call-log.ts'
import { createFaultPlan } from '../http/fault.ts'
import type { Fault, FaultEffect, FaultMatch } from '../http/fault.ts'
import { startServer } from '../http/server.ts'
import type { ListenOptions } from '../http/server.ts'
import { createTokenStore } from './access-token.ts'
import type { AccessToken } from './access-token.ts'
import { createAppJwtCheck } from './app-jwt.ts'
import { createControl } from './control.ts'
import type { GitHubControl } from './control.ts'
import type { Actor } from './model/account.ts'
import type { GitHubEvent } from './model/event.ts'
import type { Push } from './model/push.ts'
import { createRegistry } from './model/registry.ts'
import { pushEffects } from './push-effects.ts'
import { createRateLimiter, DEFAULT_RATE_LIMITS } from './rate-limit.ts'
import type { BudgetChange, BudgetOwner, RateLimits } from './rate-limit.ts'
import { createResponder } from './respond.ts'
import { createSecondaryLimiter } from './secondary-limits.ts'
import type { SecondaryLimits } from './secondary-limits.ts'
import { createRouter } from './route.ts'
import { appRoutes } from './routes/apps.ts'
import { checkRunRoutes } from './routes/check-runs.ts'
import { checkSuiteRoutes } from './routes/check-suites.ts'
import { commitRoute } from './routes/commits.ts'
import { compareRoute } from './routes/compare.ts'
import { readContentsRoute } from './routes/contents.ts'
import { hookDeliveryRoutes } from './routes/hook-deliveries.ts'
import { installationTokenRoutes } from './routes/installation-tokens.ts'
import { issueRoutes } from './routes/issues.ts'
import { pullRoutes } from './routes/pulls.ts'
import { rateLimitRoute } from './routes/rate-limit.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { writeContentsRoute } from './routes/write-contents.ts'
import { createDeliveries } from './webhook/deliveries.ts'
import { createDispatch } from './webhook/dispatch.ts'

const CALLS_KEPT = 10_000
const DELIVERIES_KEPT = 1000

/** https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks#respond-within-10-seconds */
const WEBHOOK_TIMEOUT_MS = 10_000

const NO_SECONDARY_LIMITS: SecondaryLimits = {
  pointsPerMinute: null,
  contentPerMinute: null,
  contentPerHour: null,
}

/** How a GitHub is started. */
export interface GitHubOptions extends ListenOptions {
  /** Primary rate limits; what is left out has GitHub's own. */
  readonly rateLimits?: Partial<RateLimits>
  /** Secondary rate limits; what is left out has none. `GITHUB_SECONDARY_LIMITS` has GitHub's own. */
  readonly secondaryLimits?: Partial<SecondaryLimits>
  /** Calls kept in the log, the newest; default 10,000. */
  readonly callsKept?: number
  /** Finished deliveries kept in the log, the newest; default 1,000. */
  readonly deliveriesKept?: number
  /** Time that a webhook's receiver has to answer, in ms; default 10,000. */
  readonly webhookTimeoutMs?: number
}

/** What can be listened for: pushes, and everything that webhooks tell of, pushes too. */
export interface Heard {
  readonly push: Push
  readonly event: GitHubEvent
}

/** A GitHub of one's own, on loopback. */
export interface GitHubEmulator extends GitHubControl {
  /** The REST API's base, without a trailing slash. */
  readonly baseUrl: string
  /** What was asked, in order; live. */
  readonly calls: readonly Call[]
  readonly clearCalls: () => void
  /** Lets calls go wrong; returns a function that ends it. The first fault that matches a call is used. */
  readonly fault: (fault: Fault) => () => void
  /** Lets the next call, or the next that matches, go wrong. */
  readonly failNext: (effect: FaultEffect, match?: FaultMatch) => () => void
  readonly clearFaults: () => void
  readonly setRateLimit: (owner: BudgetOwner, change: BudgetChange) => void
  /** Tokens that would be accepted now, oldest first. */
  readonly liveTokens: () => readonly AccessToken[]
  /** Calls `listener` after each push, or each event, the REST API's and the control's; returns a function that ends it. */
  readonly on: <K extends keyof Heard>(kind: K, listener: (what: Heard[K]) => void) => () => void
  readonly close: () => Promise<void>
}

const routes = [
  ...installationTokenRoutes,
  readContentsRoute,
  writeContentsRoute,
  ...appRoutes,
  ...repositoryRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...checkRunRoutes,
  ...checkSuiteRoutes,
  compareRoute,
  commitRoute,
  rateLimitRoute,
  ...hookDeliveryRoutes,
]

/** Starts a GitHub with nothing in it. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubEmulator> {
  const now = options.now ?? Date.now
  const log = createCallLog(options.callsKept ?? CALLS_KEPT)
  const faults = createFaultPlan()
  const registry = createRegistry()
  const tokens = createTokenStore(now)
  const limiter = createRateLimiter({ ...DEFAULT_RATE_LIMITS, ...options.rateLimits }, now)
  const secondary = createSecondaryLimiter({ ...NO_SECONDARY_LIMITS, ...options.secondaryLimits }, now)
  const match = createRouter(routes)
  const listeners: { readonly [K in keyof Heard]: Set<(what: Heard[K]) => void> } = {
    push: new Set(),
    event: new Set(),
  }
  const deliveries = createDeliveries({
    timeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
    kept: options.deliveriesKept ?? DELIVERIES_KEPT,
    now,
    webhookOf: (appId) => registry.apps.get(appId)?.webhook,
  })
  let api = ''
  const dispatch = createDispatch({ registry, deliveries, api: () => api })
  const announce = (event: GitHubEvent, actor?: Actor): void => {
    dispatch(event, actor)
    for (const listener of listeners.event) listener(event)
    if (event.kind !== 'push') return
    for (const listener of listeners.push) listener(event.push)
    for (const effect of pushEffects(registry, now(), event.push)) announce(effect, actor)
  }
  const platform = {
    registry,
    tokens,
    limiter,
    secondary,
    now,
    announce,
    deliveries,
    get api() {
      return api
    },
  }
  const server = await startServer(options, {
    log,
    faults,
    operationOf: (method, path) => match(method, path)?.route.operation,
    answer: createResponder(platform, match, createAppJwtCheck(registry, now)),
  })
  api = server.baseUrl

  return {
    ...createControl({ registry, tokens, deliveries, now, announce }),
    baseUrl: server.baseUrl,
    calls: log.calls,
    clearCalls: log.clear,
    fault: faults.add,
    failNext: (effect, next) =>
      faults.add({ ...effect, times: 1, ...(next === undefined ? {} : { match: next }) }),
    clearFaults: faults.clear,
    setRateLimit: limiter.change,
    liveTokens: tokens.live,
    on(kind, listener) {
      const heard = listeners[kind]
      heard.add(listener)
      return () => {
        heard.delete(listener)
      }
    },
    async close() {
      await Promise.all([deliveries.close(), server.close()])
    },
  }
}
