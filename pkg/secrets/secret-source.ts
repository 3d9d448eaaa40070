import type { Dispatcher } from 'undici'
import { callService, cloudError, type CloudProvider, type CloudService, type Pause } from '#pkg/cloud'
import { openAkvSecrets } from './akv-secrets.ts'
import { openAwsSecrets } from './aws-secrets.ts'
import type { ReadSecret } from './read-secret.ts'

/** Reads secrets from a secret manager. */
export interface SecretSource {
  /**
   * The value of `name`, byte for byte; never empty. Nothing is kept. Has five seconds in all, in which what may pass by
   * itself is tried again.
   *
   * @param name - `projects/P/secrets/S/versions/V` (V: a number, an alias, `latest`); a name or an ARN of AWS Secrets
   * Manager; `https://VAULT/secrets/NAME` with or without `/VERSION`.
   * @throws StsError `secret_unavailable` with the provider and the problem in its detail; what `signal` aborts with.
   */
  read(name: string, options: { readonly signal: AbortSignal }): Promise<Buffer>
}

export interface SecretSourceOptions {
  readonly provider: CloudProvider
  /** Has the proxy and the trusted certificates. Closed by whoever made it. */
  readonly dispatcher: Dispatcher
  /** Between two attempts. Default: waits. */
  readonly pause?: Pause | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

const OPEN: Readonly<Record<CloudProvider, (service: CloudService) => Promise<ReadSecret>>> = {
  // Loads what reads its answers, which nobody else needs.
  gcp: async (service) => (await import('./gcp-secrets.ts')).openGcpSecrets(service),
  aws: openAwsSecrets,
  akv: openAkvSecrets,
}

/**
 * The package of the provider is loaded here; its credentials are looked for at the first reading, in the places its SDK has
 * for them.
 *
 * @throws StsError `secret_unavailable`: `package_missing`.
 */
export async function createSecretSource(options: SecretSourceOptions): Promise<SecretSource> {
  const { provider, dispatcher, pause, random } = options
  const service: CloudService = { provider, reason: 'secret_unavailable', dispatcher }
  const readSecret = await OPEN[provider](service)

  return {
    read: (name, { signal }) =>
      callService({ service, signal, pause, random }, async (attempt) => {
        const value = await readSecret(name, attempt)
        // Whoever signs with nothing could be anyone.
        if (value.length === 0) throw cloudError(service, 'empty')
        return value
      }),
  }
}
