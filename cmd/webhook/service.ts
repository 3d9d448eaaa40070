import type { WebhookConfig } from '#pkg/config'
import type { GitHubApp } from '#pkg/github'
import type { Logger } from '#pkg/telemetry'
import { createWebhookServer } from '#pkg/transport'
import { createDeliveryReceiver, createValidator, type StaleListener, type Validator } from '#pkg/webhook'
import { observeConnections } from '../connection-observer.ts'
import { connectToGitHub, readinessOf } from '../github-connection.ts'
import { joinReplicas, type ReplicaMessages } from '../replica-messages.ts'
import { openSharedState, type SharedState } from '../shared-state.ts'
import { NO_INSTRUMENTS, type Instruments } from '../telemetry.ts'
import { observeDeliveries, observeReviews } from './observers.ts'
import { createValidators } from './validators.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'

/** For the reviews in hand at a shutdown, and for the answers to those who wait for them. */
const REVIEW_GRACE_MS = 6_000
/** What a drain delay leaves of that at least. */
const REVIEW_GRACE_MIN_MS = 1_500
const ANSWER_GRACE_MS = 500
/** For the last revocations, after everything has been answered. */
const REVOKE_GRACE_MS = 1_000

/** Each delivery is worked by the App that it is for: nothing is chosen by what is left. */
const NO_QUOTA = { hardFloor: 0, softFloor: 0, staleMs: 300_000 }

/** The webhook: all parts, connected. */
export interface WebhookService {
  /** Serves other Apps from now on. Rejects, and changes nothing, when they cannot be used. */
  reload(config: WebhookConfig): Promise<void>
  /** Resolves with the port once deliveries are taken. */
  listen(): Promise<number>
  /** Turns readiness, waits for `delayMs`, finishes what is in hand, revokes its tokens. */
  stop(delayMs: number): Promise<void>
}

/**
 * Builds the webhook that `config` describes. Nothing is opened before `listen`.
 *
 * @param onStale - is told what deliveries make stale, beside the caches of the webhook itself.
 */
export function createWebhookService(
  config: WebhookConfig,
  logger: Logger,
  instruments: Instruments = NO_INSTRUMENTS,
  onStale: StaleListener = () => undefined,
): WebhookService {
  const { github, webhook, policies, listener } = config
  const now = Date.now
  const { metrics } = instruments
  const connection = connectToGitHub({ github, quota: NO_QUOTA, logger, metrics })
  const secrets = createWebhookSecrets({ config, logger })
  let state: SharedState | undefined
  let replicas: ReplicaMessages | undefined

  const createOne = (app: GitHubApp): Validator =>
    createValidator({
      app,
      policies: {
        orgPolicyRepo: policies.orgPolicyRepo,
        strict: policies.strict,
        allowOrganizationPermissions: policies.allowOrgPermissionsInRepoPolicies,
        allowLoopback: policies.allowLoopbackIssuers,
      },
      organizations: webhook.organizations,
      checks: webhook.checks,
      onStale(notice) {
        connection.drop(notice)
        logger.info({ notice }, 'a delivery makes caches stale')
        replicas?.tellStale(notice)
        onStale(notice)
      },
      observer: observeReviews(logger, metrics),
      now,
    })
  const validators = createValidators(connection.apps, createOne)
  const server = createWebhookServer({
    receive: createDeliveryReceiver({
      secrets: secrets.current,
      work: (delivery) => validators.work(delivery),
      observer: observeDeliveries(logger, metrics),
      now,
    }),
    readiness: () => readinessOf(connection.apps(), state),
    host: listener.host,
    port: listener.port,
    observer: observeConnections(logger, metrics),
    now,
  })
  metrics.watchQueueDepth(() => validators.depth)
  const stopping = new AbortController()

  return {
    async reload({ github: { pools } }) {
      await connection.replacePools(pools)
      validators.refresh(REVIEW_GRACE_MS)
    },
    async listen() {
      state = await openSharedState(config.store, undefined, logger, metrics)
      await connection.open()
      await secrets.open(stopping.signal)
      if (state.isShared) {
        replicas = joinReplicas({
          store: state.store,
          drop: connection.drop,
          doubtAll: () => undefined,
        })
      }
      const port = await server.listen()
      connection.watchKeys(stopping.signal)
      validators.start()
      return port
    },
    async stop(delayMs) {
      stopping.abort()
      server.drain()
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      // Deliveries that come now are refused, and redelivered later.
      await validators.stop(Math.max(REVIEW_GRACE_MIN_MS, REVIEW_GRACE_MS - delayMs))
      await server.close({ graceMs: ANSWER_GRACE_MS })
      await connection.close(REVOKE_GRACE_MS)
      replicas?.stop()
      await Promise.all([secrets.close(), state?.close()])
    },
  }
}
