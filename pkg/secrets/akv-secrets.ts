import {
  azureClientOptions,
  cloudError,
  createAzureCredential,
  importPackage,
  toAzureError,
  type CloudService,
} from '#pkg/cloud'
import type { ReadSecret } from './read-secret.ts'

/**
 * Secrets of Azure Key Vaults: `https://VAULT/secrets/NAME`, the newest version, or `https://VAULT/secrets/NAME/VERSION`.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
 *
 * @throws StsError `secret_unavailable`: `package_missing`.
 */
export async function openAkvSecrets(service: CloudService): Promise<ReadSecret> {
  const { SecretClient } = await importPackage(
    service,
    '@azure/keyvault-secrets',
    () => import('@azure/keyvault-secrets'),
  )
  const credential = await createAzureCredential(service)

  return async (id, abortSignal) => {
    const { origin, pathname } = new URL(id)
    const [, , name = '', version] = pathname.split('/')
    // One for each reading, as it belongs to a vault; the connections are those of the dispatcher.
    const client = new SecretClient(origin, credential, azureClientOptions(service))
    try {
      const options = { abortSignal, ...(version !== undefined && { version }) }
      const { value } = await client.getSecret(name, options)
      if (value === undefined) throw cloudError(service, 'malformed')
      return Buffer.from(value)
    } catch (thrown) {
      throw toAzureError(service, thrown)
    }
  }
}
