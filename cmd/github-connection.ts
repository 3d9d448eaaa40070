import type { GitHubConfig } from '#pkg/config'
import { createConnectionPool, createGitHubApp, type GitHubApp } from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import type { Logger, Metrics } from '#pkg/telemetry'

/** Between looks at a key that GitHub has refused. */
const KEY_CHECK_INTERVAL_MS = 30_000

/** The configured App, and its way to GitHub. */
export interface GitHubConnection {
  readonly app: GitHubApp
  /**
   * Has GitHub confirm the App's key, in the background, and again while it refuses it: nobody sends work to an
   * instance that is not ready, so it has to find out by itself.
   */
  watchKey(signal: AbortSignal): void
  /** Revokes what nobody needs within `graceMs`, and closes the connections. */
  close(graceMs: number): Promise<void>
}

/** Nothing is opened before the first call. */
export function connectToGitHub(github: GitHubConfig, logger: Logger, metrics: Metrics): GitHubConnection {
  const connections = createConnectionPool({ ca: github.certificateAuthorities, proxy: github.proxy })
  const app = createGitHubApp({
    appId: github.app.id,
    signer: createPemSigner(github.app.privateKeyPem),
    baseUrl: github.baseUrl,
    dispatcher: connections,
    onCall(call) {
      logger.debug({ call }, 'GitHub call')
      const { operation, method, status, appId, installationId, quota, durationMs } = call
      metrics.gitHubCalled({ operation, method, status, app: appId, durationMs })
      // Calls as the App itself are counted apart by GitHub, and name no installation.
      if (quota === undefined || installationId === undefined) return
      const { remaining, limit } = quota
      metrics.rateLimitSeen({ app: appId, installation: installationId, remaining, limit })
    },
    onLookup(cache, result) {
      metrics.cacheLookedUp(cache, result)
    },
  })
  return {
    app,
    watchKey(signal) {
      const check = (): void => {
        app.checkKey({ signal }).catch((err: unknown) => {
          if (!signal.aborted)
            logger.error({ err, appId: app.appId }, 'GitHub has not confirmed the key of the App')
        })
      }
      check()
      setInterval(() => {
        if (app.problem !== undefined && !signal.aborted) check()
      }, KEY_CHECK_INTERVAL_MS).unref()
    },
    async close(graceMs) {
      await app.close(graceMs)
      await connections.destroy()
    },
  }
}
