import type { Answer } from '../http/message.ts'
import type { Caller } from './caller.ts'
import { errorAnswer } from './error-answer.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const DOCS =
  'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits'

/** What makes content that people are told of. */
const CONTENT_OPERATIONS: ReadonlySet<string> = new Set([
  'checks/create',
  'issues/create',
  'pulls/create',
  'repos/create-or-update-file-contents',
])

/** Limits besides the hourly ones; null: none. */
export interface SecondaryLimits {
  /** For one endpoint of one caller: 1 for a GET, 5 for any other request. */
  readonly pointsPerMinute: number | null
  /** Requests of one installation that create content. */
  readonly contentPerMinute: number | null
  readonly contentPerHour: number | null
}

/** The limits that GitHub has published. */
export const GITHUB_SECONDARY_LIMITS: SecondaryLimits = {
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
}

/** What a limit looks at in a request. */
export interface LimitedRequest {
  readonly method: string
  /** Operation id. */
  readonly operation: string
  /** Path parameters. */
  readonly parameters: Readonly<Record<string, string>>
  readonly caller: Caller
}

/** The secondary rate limits. */
export interface SecondaryLimiter {
  /** The answer to a request that exceeds a limit; undefined for one that does not, which is counted. */
  readonly refuse: (request: LimitedRequest) => Answer | undefined
}

interface Spending {
  readonly at: number
  readonly points: number
}

/** One limit for one caller. */
interface Window {
  readonly key: string
  readonly limit: number
  readonly ms: number
  readonly points: number
}

export function createSecondaryLimiter(limits: SecondaryLimits, now: () => number): SecondaryLimiter {
  const spent = new Map<string, readonly Spending[]>()

  function current({ key, ms }: Window): readonly Spending[] {
    const since = now() - ms
    return (spent.get(key) ?? []).filter(({ at }) => at > since)
  }

  /** Milliseconds until so many points are free; 0: now. */
  function waitMs(window: Window): number {
    const spendings = current(window)
    let excess = spendings.reduce((sum, { points }) => sum + points, window.points) - window.limit
    for (const { at, points } of spendings) {
      if (excess <= 0) return 0
      excess -= points
      if (excess <= 0) return at + window.ms - now()
    }
    return excess <= 0 ? 0 : window.ms
  }

  return {
    refuse(request) {
      const windows = windowsOf(limits, request)
      const wait = Math.max(0, ...windows.map(waitMs))
      if (wait > 0) {
        const headers = { 'retry-after': String(Math.ceil(wait / 1000)) }
        const message =
          'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
        return errorAnswer(403, message, DOCS, headers)
      }
      for (const window of windows) {
        spent.set(window.key, [...current(window), { at: now(), points: window.points }])
      }
      return undefined
    },
  }
}

function windowsOf(
  limits: SecondaryLimits,
  { method, operation, parameters, caller }: LimitedRequest,
): readonly Window[] {
  // A token is made for one installation, whose endpoint that is.
  const { installation_id: named = '' } = parameters
  const who =
    caller.kind === 'anonymous'
      ? 'anonymous'
      : caller.kind === 'app'
        ? `app:${caller.app.id}:${named}`
        : `installation:${caller.token.installation.id}`
  const isContent = CONTENT_OPERATIONS.has(operation)
  const windows = [
    {
      key: `${who} points ${operation}`,
      limit: limits.pointsPerMinute,
      ms: MINUTE_MS,
      points: method === 'GET' ? 1 : 5,
    },
    ...(isContent
      ? [
          { key: `${who} minute`, limit: limits.contentPerMinute, ms: MINUTE_MS, points: 1 },
          { key: `${who} hour`, limit: limits.contentPerHour, ms: HOUR_MS, points: 1 },
        ]
      : []),
  ]
  return windows.flatMap(({ limit, ...window }) => (limit === null ? [] : [{ ...window, limit }]))
}
