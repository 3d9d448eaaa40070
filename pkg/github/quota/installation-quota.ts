import { isJsonObject, isPositiveInteger } from '../answer.ts'

/** An installation, and the App that is installed. */
export interface AppCandidate {
  /** App id or client id, as configured. */
  readonly appId: string
  readonly installationId: number
}

/**
 * The primary rate limit of an installation, as GitHub told it in an answer to one of the installation's tokens.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-github-app-installations
 */
export interface InstallationQuota extends AppCandidate {
  /** Requests an hour. */
  readonly limit: number
  readonly remaining: number
  /** Milliseconds since the epoch. */
  readonly resetAt: number
  /** When the answer came, in milliseconds since the epoch. */
  readonly seenAt: number
}

/** More than any GitHub allows; what exceeds it is no limit. */
const LIMIT_MAX = 10_000_000

/** Windows are an hour long, and GitHub's clock may differ from ours. */
const RESET_AHEAD_MAX_MS = 3_600_000 + 300_000

/** Another process's clock may be this far ahead of ours. */
const CLOCK_DIFFERENCE_MAX_MS = 5_000

/**
 * `value` as a quota, when it can be true at the time `now`: numbers that go together, seen no later than now (but for
 * 5 s between two clocks), with a reset at most 65 minutes after that. Undefined otherwise.
 */
export function readInstallationQuota(value: unknown, now: number): InstallationQuota | undefined {
  if (!isJsonObject(value)) return undefined
  const { appId, installationId, limit, remaining, resetAt, seenAt } = value
  if (typeof appId !== 'string' || !isPositiveInteger(installationId)) return undefined
  if (!isPositiveInteger(limit) || limit > LIMIT_MAX) return undefined
  if (!isCount(remaining) || remaining > limit) return undefined
  if (!isCount(resetAt) || !isCount(seenAt)) return undefined
  if (seenAt > now + CLOCK_DIFFERENCE_MAX_MS || resetAt > seenAt + RESET_AHEAD_MAX_MS) return undefined
  // Never later than now: a clock that runs ahead must not outlive what is seen afterwards.
  return { appId, installationId, limit, remaining, resetAt, seenAt: Math.min(seenAt, now) }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
