import { readInstallationQuota, type AppCandidate, type InstallationQuota } from './installation-quota.ts'

/** A figure that was seen longer ago counts as unknown. */
const STALE_MS = 5 * 60_000

/** Of more installations, those that were seen last are remembered. */
const INSTALLATIONS_MAX = 10_000

/** What is left of each installation's primary rate limit. A hint: GitHub's own count decides. */
export interface QuotaBoard {
  /** Remembers a figure in place of an older one. One that cannot be true is ignored. */
  see(quota: InstallationQuota): void
  /** Counts a token that was made: whoever gets it makes one request or more, whose answers are not seen here. */
  countToken(installationId: number): void
  /** What was seen last, less a request for each token since; undefined when that was too long ago or before the reset. */
  quotaOf(installationId: number): InstallationQuota | undefined
  /** The figures behind `quotaOf` as they were seen, for other processes. */
  quotas(): readonly InstallationQuota[]
  /**
   * Sees what other processes have seen.
   *
   * @param quotas - not to be trusted: what is malformed, cannot be true or is older than what is known is ignored.
   * @param isKnown - tells the only installations that count.
   */
  adopt(quotas: readonly unknown[], isKnown: (app: AppCandidate) => boolean): void
}

export interface QuotaBoardOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Age in milliseconds from which a figure counts as unknown. Default: 5 minutes. */
  readonly staleMs?: number | undefined
}

export function createQuotaBoard({ now, staleMs = STALE_MS }: QuotaBoardOptions): QuotaBoard {
  const seen = new Map<number, { readonly quota: InstallationQuota; tokens: number }>()

  function isFresh(quota: InstallationQuota, time: number): boolean {
    return time - quota.seenAt < staleMs && time < quota.resetAt
  }

  function see(quota: unknown, isKnown: (quota: InstallationQuota) => boolean): void {
    const read = readInstallationQuota(quota, now())
    if (read === undefined || !isKnown(read)) return
    const before = seen.get(read.installationId)
    if (before !== undefined && before.quota.seenAt > read.seenAt) return
    // A map keeps its order, so the one that was not seen for longest stands first.
    seen.delete(read.installationId)
    seen.set(read.installationId, { quota: read, tokens: 0 })
    if (seen.size <= INSTALLATIONS_MAX) return
    for (const oldest of seen.keys()) {
      seen.delete(oldest)
      break
    }
  }

  return {
    see(quota) {
      see(quota, () => true)
    },
    countToken(installationId) {
      const known = seen.get(installationId)
      if (known !== undefined) known.tokens++
    },
    quotaOf(installationId) {
      const known = seen.get(installationId)
      if (known === undefined || !isFresh(known.quota, now())) return undefined
      return { ...known.quota, remaining: Math.max(0, known.quota.remaining - known.tokens) }
    },
    quotas() {
      const time = now()
      return [...seen.values()].map(({ quota }) => quota).filter((quota) => isFresh(quota, time))
    },
    adopt(quotas, isKnown) {
      for (const quota of quotas) see(quota, isKnown)
    },
  }
}
