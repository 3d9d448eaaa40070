import type { AppCandidate } from './installation-quota.ts'

/** Of Apps and of installations each; those that were blocked longest ago are forgotten first. */
const BLOCKS_MAX = 10_000

/**
 * Whom GitHub has told to wait. Whoever goes on asking may lose its access altogether.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export interface RateLimitBlocks {
  /** Blocks an App for all it asks as itself, or one installation for what its tokens ask, for `waitMs` from now. */
  block(who: { readonly appId: string; readonly installationId: number | undefined }, waitMs: number): void
  /** Milliseconds until neither the App nor its installation is blocked; 0: they are not. */
  waitMs(app: AppCandidate): number
}

/** @param now - milliseconds since the epoch. */
export function createRateLimitBlocks(now: () => number): RateLimitBlocks {
  const apps = new Map<string, number>()
  const installations = new Map<number, number>()

  return {
    block({ appId, installationId }, waitMs) {
      const until = now() + waitMs
      if (installationId === undefined) extend(apps, appId, until)
      else extend(installations, installationId, until)
    },
    waitMs({ appId, installationId }) {
      // Asked for every exchange, and hardly ever is anyone blocked.
      if (apps.size === 0 && installations.size === 0) return 0
      const time = now()
      return Math.max(remaining(apps, appId, time), remaining(installations, installationId, time))
    },
  }
}

function extend<Key>(blocks: Map<Key, number>, key: Key, until: number): void {
  const before = blocks.get(key) ?? 0
  blocks.delete(key)
  blocks.set(key, Math.max(before, until))
  if (blocks.size <= BLOCKS_MAX) return
  for (const oldest of blocks.keys()) {
    blocks.delete(oldest)
    break
  }
}

function remaining<Key>(blocks: Map<Key, number>, key: Key, time: number): number {
  const until = blocks.get(key)
  if (until === undefined) return 0
  if (until > time) return until - time
  blocks.delete(key)
  return 0
}
