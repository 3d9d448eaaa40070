import { createBoundedLabel } from './bounded-label.ts'
import { APP } from './label-values.ts'
import type { LabelSet } from './label-sets.ts'
import type { RateLimitState } from './metrics.ts'

/** So many installations are shown; of more, those that were seen last. */
export const INSTALLATIONS_MAX = 1_000

/** An installation that was not seen for so long is no longer shown: GitHub's limits are hourly. */
export const RATE_LIMIT_SHOWN_MS = 3_600_000

export interface SeenRateLimit {
  readonly labels: LabelSet
  readonly remaining: number
  readonly limit: number
  readonly seenAtMs: number
}

/** What GitHub last said of each installation's rate limit. */
export interface RateLimits {
  see(state: RateLimitState): void
  /** Those that are to be shown. */
  shown(): Iterable<SeenRateLimit>
}

/** @param now - milliseconds since the epoch. */
export function createRateLimits(now: () => number): RateLimits {
  const appLabel = createBoundedLabel(APP)
  const seen = new Map<string, SeenRateLimit>()

  return {
    see({ app, installation, remaining, limit }) {
      if (!Number.isSafeInteger(installation) || installation <= 0) return
      if (!Number.isFinite(remaining) || !Number.isFinite(limit)) return
      const labels = { app: appLabel(app), installation: String(installation) }
      const key = `${labels.app}\n${labels.installation}`
      // A map keeps its order, so what is put in anew stands last, and what was not seen for longest first.
      seen.delete(key)
      seen.set(key, { labels, remaining, limit, seenAtMs: now() })
      if (seen.size > INSTALLATIONS_MAX) {
        for (const oldest of seen.keys()) {
          seen.delete(oldest)
          break
        }
      }
    },
    shown() {
      const since = now() - RATE_LIMIT_SHOWN_MS
      for (const [key, { seenAtMs }] of seen) {
        if (seenAtMs < since) seen.delete(key)
      }
      return seen.values()
    },
  }
}
