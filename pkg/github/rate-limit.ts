import type { HttpAnswer } from './http-call.ts'

/** The wait when GitHub names none (its documentation: at least a minute, growing while it goes on). */
const UNNAMED_WAIT_MS = 60_000

/** An unnamed wait doubles up to this; also the time after which a new one starts small again. */
const UNNAMED_WAIT_MAX_MS = 15 * 60_000

/** A named wait is cut here: primary limits are hourly. */
const NAMED_WAIT_MAX_MS = 3_600_000

/** Words in the messages of secondary limits and of the abuse detection, the latter also with a 422. */
const LIMIT_WORDS = /rate limit|abuse|spammed/i

/** What GitHub said about the primary limit of the token used (`x-ratelimit-*`). */
export interface Quota {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds since the epoch. */
  readonly resetAt: number
}

/**
 * The quota in an answer, if GitHub (or a GHES with rate limits switched on) gave one. A credential that GitHub does not
 * take is answered with the quota of anonymous callers, and some endpoints have one of their own: neither counts.
 */
export function quotaOf(answer: HttpAnswer): Quota | undefined {
  const { 'x-ratelimit-resource': resource = 'core' } = answer.headers
  if (answer.status === 401 || resource !== 'core') return undefined
  const limit = integerHeader(answer, 'x-ratelimit-limit')
  const remaining = integerHeader(answer, 'x-ratelimit-remaining')
  const reset = integerHeader(answer, 'x-ratelimit-reset')
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined
  return { limit, remaining, resetAt: reset * 1000 }
}

/**
 * Whether GitHub refused a request because of a rate limit. The status alone does not say: primary and
 * secondary limits answer 403 or 429, the abuse detection 422 too.
 *
 * @param message - the `message` of the answer's JSON. The one place where a text of GitHub's is judged,
 * because some secondary limits show in nothing else.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRateLimit(answer: HttpAnswer, message: string): boolean {
  if (answer.status < 400) return false
  return (
    answer.status === 429 ||
    answer.headers['retry-after'] !== undefined ||
    answer.headers['x-ratelimit-remaining'] === '0' ||
    (answer.status < 500 && LIMIT_WORDS.test(message))
  )
}

/** How long a rate limited client should wait, in milliseconds. */
export interface RateLimitWait {
  after(answer: HttpAnswer): number
}

/**
 * `retry-after`, else until the reset of a spent primary limit, else a minute that doubles each time the
 * limit is met again after it has been waited for.
 */
export function createRateLimitWait(now: () => number): RateLimitWait {
  let waitMs = UNNAMED_WAIT_MS
  let until = 0
  return {
    after(answer) {
      const named = namedWait(answer, now())
      if (named !== undefined) return Math.min(Math.max(named, 1000), NAMED_WAIT_MAX_MS)
      const time = now()
      if (time >= until) {
        const again = until > 0 && time - until < UNNAMED_WAIT_MAX_MS
        waitMs = again ? Math.min(waitMs * 2, UNNAMED_WAIT_MAX_MS) : UNNAMED_WAIT_MS
        until = time + waitMs
      }
      return until - time
    },
  }
}

function namedWait(answer: HttpAnswer, now: number): number | undefined {
  const seconds = integerHeader(answer, 'retry-after')
  if (seconds !== undefined) return seconds * 1000
  if (answer.headers['x-ratelimit-remaining'] !== '0') return undefined
  const reset = integerHeader(answer, 'x-ratelimit-reset')
  // The reset is a time on GitHub's clock.
  return reset === undefined ? undefined : reset * 1000 - (dateOf(answer) ?? now)
}

/** The time of GitHub's clock when it answered (RFC 9110, section 6.6.1), in milliseconds since the epoch. */
export function dateOf(answer: HttpAnswer): number | undefined {
  const time = Date.parse(answer.headers.date ?? '')
  return Number.isNaN(time) ? undefined : time
}

function integerHeader(answer: HttpAnswer, name: string): number | undefined {
  const value = answer.headers[name]
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : undefined
}
