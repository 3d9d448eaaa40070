import type { WebhookConfig } from '#pkg/config'
import type { Logger } from '#pkg/telemetry'
import { createWebhookServer } from '#pkg/transport'
import { createDeliveryReceiver, createValidator, type StaleListener } from '#pkg/webhook'
import { connectToGitHub } from '../github-connection.ts'
import { NO_INSTRUMENTS, type Instruments } from '../telemetry.ts'
import { observeConnections, observeDeliveries, observeReviews } from './observers.ts'

/** For the reviews in hand at a shutdown, and for the answers to those who wait for them. */
const REVIEW_GRACE_MS = 6_000
/** What a drain delay leaves of that at least. */
const REVIEW_GRACE_MIN_MS = 1_500
const ANSWER_GRACE_MS = 500
/** For the last revocations, after everything has been answered. */
const REVOKE_GRACE_MS = 1_000

/** The webhook: all parts, connected. */
export interface WebhookService {
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
  const { app, ...connection } = connectToGitHub(github, logger, metrics)
  const validator = createValidator({
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
      if (notice.kind === 'owner') app.forgetOwner(notice.owner)
      else if (notice.kind === 'repository') app.forgetRepository(notice)
      logger.info({ notice }, 'a delivery makes caches stale')
      onStale(notice)
    },
    observer: observeReviews(logger, metrics),
    now,
  })
  const server = createWebhookServer({
    receive: createDeliveryReceiver({
      secrets: webhook.secrets,
      work: (delivery) => validator.work(delivery),
      observer: observeDeliveries(logger, metrics),
      now,
    }),
    readiness: () => ({ ready: app.problem === undefined, detail: { app: app.problem ?? 'ok' } }),
    host: listener.host,
    port: listener.port,
    observer: observeConnections(logger, metrics),
    now,
  })
  metrics.watchQueueDepth(() => validator.depth)
  const stopping = new AbortController()

  return {
    async listen() {
      const port = await server.listen()
      connection.watchKey(stopping.signal)
      validator.start()
      return port
    },
    async stop(delayMs) {
      stopping.abort()
      server.drain()
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      // Deliveries that come now are refused, and redelivered later.
      await validator.stop(Math.max(REVIEW_GRACE_MIN_MS, REVIEW_GRACE_MS - delayMs))
      await server.close({ graceMs: ANSWER_GRACE_MS })
      await connection.close(REVOKE_GRACE_MS)
    },
  }
}
