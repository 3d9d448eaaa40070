import type { AppCandidate, GitHubLimits } from '#pkg/github'
import type { SharedStore } from '#pkg/store'
import type { StaleListener, StaleNotice } from '#pkg/webhook'

const STALE_CHANNEL = 'stale'
const QUOTA_CHANNEL = 'quota'

/** Between two tellings of what GitHub has said is left, in milliseconds. */
const QUOTA_INTERVAL_MS = 2_000
/** Figures in one message: some 130 bytes each, and a message has 4,096 at most. */
const FIGURES_PER_MESSAGE = 25

/** What replicas tell each other through a shared store. Messages are not to be trusted: they can only drop entries. */
export interface ReplicaMessages {
  /** Tells of a delivery that makes caches stale. A failure is the store's: copies then grow old by themselves. */
  readonly tellStale: StaleListener
  stop(): void
}

export interface ReplicaMessagesOptions {
  readonly store: SharedStore
  readonly drop: StaleListener
  /** Messages may have been missed: everything is asked for again before it is used. */
  readonly doubtAll: () => void
  /** Of who chooses Apps by what they have left. */
  readonly quotas?: QuotaExchange
}

export interface QuotaExchange {
  readonly limits: GitHubLimits
  /** The only installations whose figures count. */
  readonly isInstalled: (app: AppCandidate) => boolean
}

export function joinReplicas(options: ReplicaMessagesOptions): ReplicaMessages {
  const { store, drop, doubtAll, quotas } = options
  const told = new Map<number, number>()

  const leaveStale = store.subscribe(STALE_CHANNEL, {
    onMessage(message) {
      const notice = readNotice(message)
      if (notice !== undefined) drop(notice)
    },
    onResubscribed() {
      // The first time too: the store may have been away since the start.
      doubtAll()
    },
  })
  const leaveQuota =
    quotas &&
    store.subscribe(QUOTA_CHANNEL, {
      onMessage(message) {
        const figures = parse(message)
        if (!Array.isArray(figures)) return
        quotas.limits.adopt(figures.slice(0, FIGURES_PER_MESSAGE), quotas.isInstalled)
      },
      onResubscribed: () => undefined,
    })
  const timer = quotas && setInterval(tellQuotas, QUOTA_INTERVAL_MS, quotas.limits).unref()

  function tellQuotas(limits: GitHubLimits): void {
    const known = limits.quotas()
    const fresh = known.filter(({ installationId, seenAt }) => told.get(installationId) !== seenAt)
    told.clear()
    for (const { installationId, seenAt } of known) told.set(installationId, seenAt)
    for (let at = 0; at < fresh.length; at += FIGURES_PER_MESSAGE) {
      publish(QUOTA_CHANNEL, fresh.slice(at, at + FIGURES_PER_MESSAGE))
    }
  }

  function publish(channel: string, message: unknown): void {
    // What the store does not pass on is learnt later: from GitHub, or when a copy is due.
    store.publish(channel, JSON.stringify(message)).catch(() => undefined)
  }

  return {
    tellStale(notice) {
      publish(STALE_CHANNEL, notice)
    },
    stop() {
      clearInterval(timer)
      leaveStale()
      leaveQuota?.()
    },
  }
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

function readNotice(message: string): StaleNotice | undefined {
  const value = parse(message)
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('owner' in value))
    return undefined
  const { kind, owner } = value
  if (typeof owner !== 'string' || owner === '') return undefined
  if (kind === 'owner') return { kind, owner }
  const repository = 'repository' in value ? value.repository : undefined
  if (typeof repository !== 'string' || repository === '') return undefined
  return kind === 'policies' || kind === 'repository' ? { kind, owner, repository } : undefined
}
