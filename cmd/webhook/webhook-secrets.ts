import type { Dispatcher } from 'undici'
import type { WebhookConfig } from '#pkg/config'
import { createConnectionPool } from '#pkg/github'
import { createSecretSource, watchSecrets, type SecretWatch } from '#pkg/secrets'
import type { Logger } from '#pkg/telemetry'

/** The secrets that deliveries may be signed with. */
export interface WebhookSecrets {
  readonly current: () => readonly (string | Buffer)[]
  /** Reads those that a secret manager keeps, now and every ten minutes. Rejects when one cannot be had. */
  open(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface WebhookSecretsOptions {
  readonly config: Pick<WebhookConfig, 'github' | 'webhook'>
  readonly logger: Logger
  /** Connections to the secret manager. Default: as those to GitHub. */
  readonly dispatcher?: Dispatcher
  /** Default: 600,000. */
  readonly everyMs?: number
}

export function createWebhookSecrets(options: WebhookSecretsOptions): WebhookSecrets {
  const { config, logger, everyMs } = options
  const { github, webhook } = config
  const { secrets, secretNames } = webhook
  let kept: readonly Buffer[] = []
  let watch: SecretWatch | undefined
  const dispatcher =
    secretNames &&
    (options.dispatcher ?? createConnectionPool({ ca: github.certificateAuthorities, proxy: github.proxy }))

  return {
    current: () => (kept.length === 0 ? secrets : [...kept, ...secrets]),
    async open(signal) {
      if (secretNames === undefined || dispatcher === undefined) return
      const { provider, names } = secretNames
      const source = await createSecretSource({ provider, dispatcher })
      watch = await watchSecrets({
        source,
        names,
        signal,
        logger,
        everyMs,
        onChange(values) {
          kept = values
        },
      })
      kept = watch.values
    },
    async close() {
      await watch?.close()
      await dispatcher?.destroy()
    },
  }
}
