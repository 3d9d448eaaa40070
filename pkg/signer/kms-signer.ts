import type { Dispatcher } from 'undici'
import { callService, cloudError, type CloudProvider, type CloudService, type Pause } from '#pkg/cloud'
import { openAkvKey } from './akv-key.ts'
import { openAwsKey } from './aws-key.ts'
import type { ServiceKey } from './service-key.ts'
import { createSignatureCheck } from './signature-check.ts'
import type { Signer } from './signer.ts'

/** RSA with 2048, 3072 or 4096 bits, in bytes: the sizes that the key services make and take. */
const SIGNATURE_BYTES: ReadonlySet<number> = new Set([256, 384, 512])

const OPEN: Readonly<Record<CloudProvider, (service: CloudService, name: string) => Promise<ServiceKey>>> = {
  // Loads what reads its answers, which nobody else needs.
  gcp: async (service, name) => (await import('./gcp-key.ts')).openGcpKey(service, name),
  aws: openAwsKey,
  akv: openAkvKey,
}

export interface KmsSignerOptions {
  readonly provider: CloudProvider
  /** As the provider writes it: a key version of Cloud KMS; an id, alias or ARN of AWS KMS; the URL of a key in a vault. */
  readonly name: string
  /** Has the proxy and the trusted certificates. Closed by whoever made it. */
  readonly dispatcher: Dispatcher
  /** Verifies each signature with the public key, read once; without it that is never read. Default: false. */
  readonly verify?: boolean | undefined
  /** Between two attempts. Default: waits. */
  readonly pause?: Pause | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

/**
 * A signer over a key that never leaves its key service. Each signature has five seconds in all, in which what may pass by
 * itself is tried again. The package of the provider is loaded here; its credentials are looked for at the first signature,
 * in the places its SDK has for them.
 *
 * @throws StsError `app_key_unavailable` with the provider and the problem in its detail: `package_missing`,
 * `region_missing` for AWS.
 */
export async function createKmsSigner(options: KmsSignerOptions): Promise<Signer> {
  const { provider, name, dispatcher, verify = false, pause, random } = options
  const service: CloudService = { provider, reason: 'app_key_unavailable', dispatcher }
  const key = await OPEN[provider](service, name)
  const check = verify ? createSignatureCheck(service, key) : undefined

  return {
    description: `key service (${provider})`,
    sign: (input, signal) =>
      callService({ service, signal, pause, random }, async (attempt) => {
        const signature = await key.sign(input, attempt)
        if (!SIGNATURE_BYTES.has(signature.length)) throw cloudError(service, 'signature_length')
        await check?.(input, signature, attempt)
        return signature
      }),
  }
}
