import { createHash } from 'node:crypto'
import {
  azureClientOptions,
  cloudError,
  createAzureCredential,
  importPackage,
  toAzureError,
  type CloudService,
} from '#pkg/cloud'
import { readPublicKey } from './public-key.ts'
import type { ServiceKey } from './service-key.ts'

/**
 * A key of an Azure Key Vault: `https://VAULT/keys/NAME`, the newest version, or `https://VAULT/keys/NAME/VERSION`.
 * https://learn.microsoft.com/rest/api/keyvault/keys/sign/sign
 *
 * @throws StsError `app_key_unavailable`: `package_missing`.
 */
export async function openAkvKey(service: CloudService, id: string): Promise<ServiceKey> {
  const { CryptographyClient, KeyClient } = await importPackage(
    service,
    '@azure/keyvault-keys',
    () => import('@azure/keyvault-keys'),
  )
  const credential = await createAzureCredential(service)
  const { origin: vaultUrl, pathname } = new URL(id)
  const [, , name = '', version] = pathname.split('/')
  // Given as a key without its material: of a bare id the client would read the public key before it signs.
  const key = { id, name, properties: { name, vaultUrl } }
  const signing = new CryptographyClient(key, credential, azureClientOptions(service))
  const keys = new KeyClient(vaultUrl, credential, azureClientOptions(service))

  return {
    async sign(input, abortSignal) {
      const digest = createHash('sha256').update(input).digest()
      try {
        const { result } = await signing.sign('RS256', digest, { abortSignal })
        // What the package promises, and an answer may lack.
        const signature: unknown = result
        if (!(signature instanceof Uint8Array)) throw cloudError(service, 'malformed')
        return signature
      } catch (thrown) {
        throw toAzureError(service, thrown)
      }
    },
    async publicKey(abortSignal) {
      try {
        const { key: material } = await keys.getKey(name, {
          abortSignal,
          ...(version !== undefined && { version }),
        })
        const { kty, n, e } = material ?? {}
        if (kty !== 'RSA' && kty !== 'RSA-HSM') throw cloudError(service, 'unsuitable')
        const jwk = { kty: 'RSA', n: encode(n), e: encode(e) }
        return readPublicKey(service, { key: jwk, format: 'jwk' })
      } catch (thrown) {
        throw toAzureError(service, thrown)
      }
    },
  }
}

function encode(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString('base64url')
}
