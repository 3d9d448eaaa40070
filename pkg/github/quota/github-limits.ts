import { StsError } from '#pkg/errors'
import { createCallGate, type CallGate } from '../call-gate.ts'
import type { CallEvent } from '../call-event.ts'
import type { Pause } from '../pause.ts'
import type { AppCandidate } from './installation-quota.ts'
import { createQuotaBoard, type QuotaBoard, type QuotaBoardOptions } from './quota-board.ts'
import type { AppStanding } from './rank-apps.ts'
import { createRateLimitBlocks } from './rate-limit-blocks.ts'
import { createSecondaryBudget, type SecondaryLimit } from './secondary-budget.ts'

/** A spent budget is waited for this long at most; whoever could use another App would rather know. */
const BUDGET_WAIT_MAX_MS = 1_000

/** How a request that a budget allows is awaited. */
export interface SpendOptions {
  readonly pause: Pause
  readonly signal: AbortSignal
}

/** What GitHub allows, as far as it is known: one for all Apps of a process. */
export interface GitHubLimits extends AppStanding, Pick<QuotaBoard, 'quotaOf' | 'quotas' | 'adopt'> {
  readonly gate: CallGate
  /**
   * Learns from a call that has ended: what is left from the answers to installation tokens alone, since an App that asks as
   * itself is counted apart; and who is to wait, for as long as GitHub said, from all that met a rate limit.
   */
  observe(event: CallEvent): void
  /** Milliseconds until the App may mint for its installation: told to wait, or its budget is spent. 0: now. */
  waitMs(app: AppCandidate): number
  /** Milliseconds until the App may ask GitHub at all: what of `waitMs` GitHub itself has said. */
  blockedMs(app: AppCandidate): number
  /**
   * Counts a request to be made, after a wait of up to 1 s when the budget is spent.
   *
   * @throws StsError `github_rate_limited` with the wait when that is longer; the reason of the signal when it aborts.
   */
  spend(limit: SecondaryLimit, installationId: number, options: SpendOptions): Promise<void>
}

export interface GitHubLimitsOptions extends QuotaBoardOptions {
  /**
   * Whether to stay below the secondary limits that github.com has published. A GitHub Enterprise Server has what its
   * administrator has set, or none.
   */
  readonly secondary: boolean
}

export function createGitHubLimits({ now, staleMs, secondary }: GitHubLimitsOptions): GitHubLimits {
  const board = createQuotaBoard({ now, staleMs })
  const blocks = createRateLimitBlocks(now)
  const budget = secondary ? createSecondaryBudget(now) : undefined

  return {
    gate: createCallGate(now),
    quotaOf: (installationId) => board.quotaOf(installationId),
    quotas: () => board.quotas(),
    adopt: (quotas, isKnown) => {
      board.adopt(quotas, isKnown)
    },
    observe({ appId, installationId, quota, retryAfterMs }) {
      if (retryAfterMs !== undefined) blocks.block({ appId, installationId }, retryAfterMs)
      if (quota === undefined || installationId === undefined) return
      board.see({ appId, installationId, ...quota, seenAt: now() })
    },
    blockedMs: (app) => blocks.waitMs(app),
    waitMs(app) {
      return Math.max(blocks.waitMs(app), budget?.waitMs('mint', app.installationId) ?? 0)
    },
    async spend(limit, installationId, { pause, signal }) {
      for (let left = BUDGET_WAIT_MAX_MS; ;) {
        const waitMs = budget?.take(limit, installationId) ?? 0
        if (waitMs === 0) break
        if (waitMs > left) {
          throw new StsError('github_rate_limited', { detail: { budget: limit }, retryAfterMs: waitMs })
        }
        left -= waitMs
        await pause(waitMs, signal)
      }
      if (limit !== 'content') board.countToken(installationId)
    },
  }
}
