import type { Grant } from '../grant.ts'
import type { AppCandidate } from '../quota/installation-quota.ts'
import type { RankedApp } from '../quota/rank-apps.ts'

/** An App that could not make a token for a grant is asked after the others for this long, in milliseconds. */
const REFUSED_MS = 60_000

/**
 * Which Apps lack a permission or a repository of which grant. Apps that have different repositories of one owner would
 * else be tried in vain, exchange after exchange.
 */
export interface GrantRefusals {
  add(grant: Grant, app: AppCandidate): void
  /** Whether the App has refused the grant a short while ago. */
  has(grant: Grant, app: AppCandidate): boolean
  /** The same Apps, those that have refused last; but none that has to wait before one that need not. */
  putLast<App extends AppCandidate>(
    grant: Grant,
    ranked: readonly RankedApp<App>[],
  ): readonly RankedApp<App>[]
}

/** @param now - milliseconds since the epoch. */
export function createGrantRefusals(now: () => number): GrantRefusals {
  // As long as the policy of the grant is kept, and for no more Apps than the pool has.
  const refusals = new WeakMap<Grant, Map<string, number>>()

  function isRefused(grant: Grant, { appId }: AppCandidate): boolean {
    return now() < (refusals.get(grant)?.get(appId) ?? 0)
  }

  return {
    has: isRefused,
    add(grant, { appId }) {
      const ofGrant = refusals.get(grant) ?? new Map<string, number>()
      ofGrant.set(appId, now() + REFUSED_MS)
      refusals.set(grant, ofGrant)
    },
    putLast(grant, ranked) {
      if (!refusals.has(grant)) return ranked
      const isLast = ({ candidate, waitMs }: RankedApp<AppCandidate>): boolean =>
        waitMs > 0 || isRefused(grant, candidate)
      return [...ranked.filter((each) => !isLast(each)), ...ranked.filter(isLast)]
    },
  }
}
