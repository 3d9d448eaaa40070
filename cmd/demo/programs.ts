import { randomUUID } from 'node:crypto'
import type { Logger } from '#pkg/telemetry'
import type { World } from '../../emulator/index.ts'
import { readConfiguration } from '../app/configuration.ts'
import { createService } from '../app/service.ts'
import { NO_INSTRUMENTS } from '../telemetry.ts'
import { readConfiguration as readWebhookConfiguration } from '../webhook/configuration.ts'
import { createWebhookService } from '../webhook/service.ts'
import { configured } from './configured.ts'
import type { Ports } from './ports.ts'
import { startProbers, type Probers } from './probers.ts'

/** The audience that jobs of the demo ask their tokens for. */
export const DEMO_DOMAIN = 'sts.demo.example'

/** The programs of a deployment, in this process. */
export interface Programs {
  readonly serviceUrl: string
  readonly webhookUrl: string
  readonly probers: Probers
  stop(): Promise<void>
}

/** Starts all programs against `world`, configured as anybody would: by their environment. */
export async function startPrograms(world: World, ports: Ports, logger: Logger): Promise<Programs> {
  const secret = randomUUID()
  const common = {
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: DEMO_DOMAIN,
    GITHUB_BASE_URL: world.github.baseUrl,
    METRICS: 'false',
  }
  const environment = {
    ...common,
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    GITHUB_WEBHOOK_SECRET: secret,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    STS_DENIAL_DETAIL: 'always',
    STS_POLICY_FRESHNESS: '1s',
  }
  const service = createService(
    configured(readConfiguration({ ...environment, PORT: String(ports.service) })),
    logger,
  )
  const webhook = createWebhookService(
    configured(readWebhookConfiguration({ ...environment, PORT: String(ports.webhook) })),
    logger,
    NO_INSTRUMENTS,
    service.drop,
  )
  const webhookUrl = `http://127.0.0.1:${await webhook.listen()}`
  world.github.setWebhook(world.app, { url: webhookUrl, secret })
  const serviceUrl = `http://127.0.0.1:${await service.listen()}`
  const probers = await startProbers({ ...common, STS_URL: serviceUrl }, world.issuer.issuer, ports, logger)
  return {
    serviceUrl,
    webhookUrl,
    probers,
    async stop() {
      // First, so that the tokens of a run that is under way can still be revoked.
      await Promise.all([probers.prober.stop(), probers.negativeProber.stop()])
      await Promise.all([service.stop(0), webhook.stop(0)])
    },
  }
}
