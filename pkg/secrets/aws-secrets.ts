import {
  awsClientOptions,
  checkRegion,
  cloudError,
  importPackage,
  toAwsError,
  type CloudService,
} from '#pkg/cloud'
import type { ReadSecret } from './read-secret.ts'

/**
 * AWS Secrets Manager: the current version of a secret, text or binary.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 *
 * @throws StsError `secret_unavailable`: `package_missing`.
 */
export async function openAwsSecrets(service: CloudService): Promise<ReadSecret> {
  const { SecretsManagerClient, GetSecretValueCommand } = await importPackage(
    service,
    '@aws-sdk/client-secrets-manager',
    () => import('@aws-sdk/client-secrets-manager'),
  )

  return async (name, abortSignal) => {
    // One for each reading, as an ARN decides on the region; the connections are those of the dispatcher.
    const client = new SecretsManagerClient(awsClientOptions(service, name))
    await checkRegion(service, client.config.region)
    try {
      const command = new GetSecretValueCommand({ SecretId: name })
      const { SecretString: text, SecretBinary: bytes } = await client.send(command, { abortSignal })
      if (text !== undefined) return Buffer.from(text)
      if (bytes !== undefined) return Buffer.from(bytes)
      throw cloudError(service, 'malformed')
    } catch (thrown) {
      throw toAwsError(service, thrown)
    }
  }
}
