import type { Answer } from '../http/message.ts'
import type { Caller } from './caller.ts'
import { errorAnswer } from './error-answer.ts'

const WINDOW_MS = 60 * 60 * 1000

const RATE_LIMIT_DOCS = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'

/** Requests an hour for each kind of caller; null: no limit and no headers, as on many GitHub Enterprise Servers. */
export interface RateLimits {
  /** Each installation; default 5,000. */
  readonly installation: number | null
  /** Each App, for what it asks with its JWT; default 5,000. */
  readonly app: number | null
  /** All anonymous callers together; default 60. */
  readonly anonymous: number | null
}

export const DEFAULT_RATE_LIMITS: RateLimits = { installation: 5000, app: 5000, anonymous: 60 }

/** Whose budget is meant. */
export type BudgetOwner = { readonly installation: number } | { readonly app: number } | 'anonymous'

/** A change to a budget; what is left out stays. */
export interface BudgetChange {
  readonly limit?: number
  readonly remaining?: number
  /** ms since the epoch. */
  readonly resetAt?: number
}

/** One caller's hour. */
export interface Budget {
  limit: number
  used: number
  /** ms since the epoch, whole seconds. */
  resetAt: number
}

/** The primary rate limit. */
export interface RateLimiter {
  /** The caller's budget in the current window; undefined where there is no limit. */
  readonly budget: (caller: Caller) => Budget | undefined
  readonly change: (owner: BudgetOwner, change: BudgetChange) => void
}

export function createRateLimiter(limits: RateLimits, now: () => number): RateLimiter {
  const budgets = new Map<string, Budget>()

  function current(key: string, limit: number | null): Budget | undefined {
    const known = budgets.get(key)
    if (known !== undefined) {
      if (known.resetAt <= now()) {
        known.used = 0
        known.resetAt = nextReset(now())
      }
      return known
    }
    if (limit === null) return undefined
    const fresh = { limit, used: 0, resetAt: nextReset(now()) }
    budgets.set(key, fresh)
    return fresh
  }

  return {
    budget(caller) {
      if (caller.kind === 'anonymous') return current('anonymous', limits.anonymous)
      if (caller.kind === 'app') return current(`app:${caller.app.id}`, limits.app)
      return current(`installation:${caller.token.installation.id}`, limits.installation)
    },
    change(owner, { limit, remaining, resetAt }) {
      const key =
        owner === 'anonymous'
          ? owner
          : 'app' in owner
            ? `app:${owner.app}`
            : `installation:${owner.installation}`
      const budget = current(key, limit ?? DEFAULT_RATE_LIMITS.installation)
      if (budget === undefined) return
      if (limit !== undefined) budget.limit = limit
      if (remaining !== undefined) budget.used = Math.max(0, budget.limit - remaining)
      if (resetAt !== undefined) budget.resetAt = Math.ceil(resetAt / 1000) * 1000
    },
  }
}

/** The `x-ratelimit-*` headers for a budget. */
export function rateLimitHeaders(budget: Budget): Record<string, string> {
  return {
    'x-ratelimit-limit': String(budget.limit),
    'x-ratelimit-remaining': String(remaining(budget)),
    'x-ratelimit-used': String(budget.used),
    'x-ratelimit-reset': String(budget.resetAt / 1000),
    'x-ratelimit-resource': 'core',
  }
}

export function remaining(budget: Budget): number {
  return Math.max(0, budget.limit - budget.used)
}

/** The answer when the hour's requests are used up. */
export function exhausted(caller: Caller): Answer {
  const whose =
    caller.kind === 'installation'
      ? `installation ID ${caller.token.installation.id}`
      : caller.kind === 'app'
        ? `app ID ${caller.app.id}`
        : '127.0.0.1'
  return errorAnswer(403, `API rate limit exceeded for ${whose}.`, RATE_LIMIT_DOCS)
}

/** For `fault()`: GitHub's secondary limit, with `retry-after` in seconds unless null. */
export function secondaryRateLimit(
  retryAfterSeconds: number | null = 60,
  status: 403 | 429 = 403,
): {
  readonly kind: 'status'
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
} {
  return {
    kind: 'status',
    status,
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
    body: {
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url: `${RATE_LIMIT_DOCS}#about-secondary-rate-limits`,
      status: String(status),
    },
  }
}

function nextReset(now: number): number {
  return Math.ceil((now + WINDOW_MS) / 1000) * 1000
}
