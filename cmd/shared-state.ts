import type { StickyConfig, StoreConfig } from '#pkg/config'
import { createStickyRoutes, type StickyRoutes } from '#pkg/github'
import { createMemoryStore, createRedisStore, type SharedStore, type StoreProblem } from '#pkg/store'
import type { Logger, Metrics } from '#pkg/telemetry'

/** What replicas tell each other, and remember for each other. */
export interface SharedState {
  /** Of one process where nothing is shared. */
  readonly store: SharedStore
  /** Whether other replicas see it. */
  readonly isShared: boolean
  readonly routes: StickyRoutes | undefined
  /** Of a store that anything is kept in beside the process, for people who look at readiness; `none` without one. */
  readonly condition: StoreProblem | 'ok' | 'none'
  close(): Promise<void>
}

/** A store that cannot be reached is no reason not to start: each process then has its own state. */
export async function openSharedState(
  config: StoreConfig,
  sticky: StickyConfig | undefined,
  logger: Logger,
  metrics: Metrics,
): Promise<SharedState> {
  const local = createMemoryStore()
  const redis =
    config.redis === undefined
      ? undefined
      : await createRedisStore({
          url: config.redis.url,
          certificateAuthorities: config.redis.certificateAuthorities,
          onProblem(problem) {
            if (problem === undefined) logger.info({}, 'the shared store is there again')
            else
              logger.warn(
                { problem },
                'the shared store is not there: each replica goes on with its own state',
              )
          },
        })
  if (redis !== undefined) metrics.watchStore(() => redis.problem)
  const shared = config.shared === 'redis' ? redis : undefined
  const routeStore = sticky?.store === 'redis' ? redis : undefined
  return {
    store: shared ?? local,
    isShared: shared !== undefined,
    // In memory alone replicas would not agree; by themselves they do.
    routes:
      sticky === undefined
        ? undefined
        : createStickyRoutes({
            store: routeStore ?? local,
            lifetimeMs: sticky.lifetimeMs,
            now: Date.now,
            onFailure: (err) => {
              logger.debug({ err }, 'the store did not keep a sticky route')
            },
          }),
    get condition() {
      return redis === undefined ? 'none' : (redis.problem ?? 'ok')
    },
    async close() {
      await Promise.all([local.close(), redis?.close()])
    },
  }
}
