import {
  awsClientOptions,
  checkRegion,
  cloudError,
  importPackage,
  toAwsError,
  type CloudService,
} from '#pkg/cloud'
import { readPublicKey } from './public-key.ts'
import type { ServiceKey } from './service-key.ts'

const RS256 = 'RSASSA_PKCS1_V1_5_SHA_256'

/**
 * A key of AWS KMS: its id, `alias/NAME`, or the ARN of either. The input is sent as it is, which KMS takes up to 4,096 bytes;
 * that of an App JWT has about 150. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 *
 * @throws StsError `app_key_unavailable`: `package_missing`, `region_missing`.
 */
export async function openAwsKey(service: CloudService, name: string): Promise<ServiceKey> {
  const { KMSClient, SignCommand, GetPublicKeyCommand } = await importPackage(
    service,
    '@aws-sdk/client-kms',
    () => import('@aws-sdk/client-kms'),
  )
  const client = new KMSClient(awsClientOptions(service, name))
  await checkRegion(service, client.config.region)

  return {
    async sign(input, abortSignal) {
      const command = new SignCommand({
        KeyId: name,
        Message: input,
        MessageType: 'RAW',
        SigningAlgorithm: RS256,
      })
      try {
        const { Signature: signature, SigningAlgorithm: algorithm } = await client.send(command, {
          abortSignal,
        })
        if (signature === undefined || algorithm !== RS256) throw cloudError(service, 'malformed')
        return signature
      } catch (thrown) {
        throw toAwsError(service, thrown)
      }
    },
    async publicKey(abortSignal) {
      try {
        const command = new GetPublicKeyCommand({ KeyId: name })
        const { PublicKey: der, SigningAlgorithms: algorithms } = await client.send(command, { abortSignal })
        if (der === undefined) throw cloudError(service, 'malformed')
        if (!algorithms?.includes(RS256)) throw cloudError(service, 'unsuitable')
        return readPublicKey(service, { key: Buffer.from(der), format: 'der', type: 'spki' })
      } catch (thrown) {
        throw toAwsError(service, thrown)
      }
    },
  }
}
