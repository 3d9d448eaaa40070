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
import { createRegistry } from './model/registry.ts'
import type { Push } from './model/repository.ts'
import { createRateLimiter, DEFAULT_RATE_LIMITS } from './rate-limit.ts'
import type { BudgetChange, BudgetOwner, RateLimits } from './rate-limit.ts'
import { createResponder } from './respond.ts'
import { createRouter } from './route.ts'
import { appRoutes } from './routes/apps.ts'
import { readContentsRoute } from './routes/contents.ts'
import { installationTokenRoutes } from './routes/installation-tokens.ts'
import { issueRoutes } from './routes/issues.ts'
import { rateLimitRoute } from './routes/rate-limit.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { writeContentsRoute } from './routes/write-contents.ts'

const CALLS_KEPT = 10_000

/** How a GitHub is started. */
export interface GitHubOptions extends ListenOptions {
  /** Primary rate limits; what is left out has GitHub's own. */
  readonly rateLimits?: Partial<RateLimits>
  /** Calls kept in the log, the newest; default 10,000. */
  readonly callsKept?: number
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
  /** Calls `listener` after each push, the REST API's and the control's; returns a function that ends it. */
  readonly on: (event: 'push', listener: (push: Push) => void) => () => void
  readonly close: () => Promise<void>
}

const routes = [
  ...installationTokenRoutes,
  readContentsRoute,
  writeContentsRoute,
  ...appRoutes,
  ...repositoryRoutes,
  ...issueRoutes,
  rateLimitRoute,
]

/** Starts a GitHub with nothing in it. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubEmulator> {
  const now = options.now ?? Date.now
  const log = createCallLog(options.callsKept ?? CALLS_KEPT)
  const faults = createFaultPlan()
  const registry = createRegistry()
  const tokens = createTokenStore(now)
  const limiter = createRateLimiter({ ...DEFAULT_RATE_LIMITS, ...options.rateLimits }, now)
  const match = createRouter(routes)
  const listeners = new Set<(push: Push) => void>()
  const announce = (push: Push): void => {
    for (const listener of listeners) listener(push)
  }
  let api = ''
  const platform = {
    registry,
    tokens,
    limiter,
    now,
    announce,
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
    ...createControl(registry, tokens, now, announce),
    baseUrl: server.baseUrl,
    calls: log.calls,
    clearCalls: log.clear,
    fault: faults.add,
    failNext: (effect, next) =>
      faults.add({ ...effect, times: 1, ...(next === undefined ? {} : { match: next }) }),
    clearFaults: faults.clear,
    setRateLimit: limiter.change,
    liveTokens: tokens.live,
    on(_event, listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close: server.close,
  }
}
