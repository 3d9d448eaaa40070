import { randomUUID } from 'node:crypto'
import { renderConfigErrors } from '#pkg/config'
import { StsError } from '#pkg/errors'
import type { Logger } from '#pkg/telemetry'
import type { World } from '../../emulator/index.ts'
import { readConfiguration } from '../app/configuration.ts'
import { createService } from '../app/service.ts'
import { readConfiguration as readWebhookConfiguration } from '../webhook/configuration.ts'
import { createWebhookService } from '../webhook/service.ts'
import { DEMO_DOMAIN } from './tour.ts'

/** The programs of a deployment, in this process. */
export interface Programs {
  readonly serviceUrl: string
  readonly webhookUrl: string
  stop(): Promise<void>
}

/** Starts the service and the webhook against `world`, configured as anybody would: by their environment. */
export async function startPrograms(
  world: World,
  ports: { readonly service: number; readonly webhook: number },
  logger: Logger,
): Promise<Programs> {
  const secret = randomUUID()
  const environment = {
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: DEMO_DOMAIN,
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    GITHUB_BASE_URL: world.github.baseUrl,
    GITHUB_WEBHOOK_SECRET: secret,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    STS_DENIAL_DETAIL: 'always',
    STS_POLICY_FRESHNESS: '1s',
  }
  const forService = readConfiguration({ ...environment, PORT: String(ports.service) })
  const forWebhook = readWebhookConfiguration({ ...environment, PORT: String(ports.webhook) })
  if (!forService.ok) throw misconfigured(renderConfigErrors(forService.errors))
  if (!forWebhook.ok) throw misconfigured(renderConfigErrors(forWebhook.errors))
  const service = createService(forService.config, logger)
  const webhook = createWebhookService(forWebhook.config, logger, service.drop)
  const webhookUrl = `http://127.0.0.1:${await webhook.listen()}`
  world.github.setWebhook(world.app, { url: webhookUrl, secret })
  return {
    serviceUrl: `http://127.0.0.1:${await service.listen()}`,
    webhookUrl,
    async stop() {
      await Promise.all([service.stop(0), webhook.stop(0)])
    },
  }
}

/** The environment is of our own making, so this is a defect. */
function misconfigured(problem: string): StsError {
  return new StsError('unexpected', { detail: { problem } })
}
