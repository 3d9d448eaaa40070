import { createHash } from 'node:crypto'
import { z } from 'zod'
import { cloudError, crc32c, createGoogleClient, type CloudService } from '#pkg/cloud'
import { readPublicKey } from './public-key.ts'
import type { ServiceKey } from './service-key.ts'

const API = 'https://cloudkms.googleapis.com/v1'

/** An int64 is a string in Google's JSON: https://protobuf.dev/programming-guides/json/ */
const CHECKSUM = z.string().regex(/^\d{1,10}$/)

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions/asymmetricSign */
const SIGNATURE = z.object({
  name: z.string(),
  signature: z.base64(),
  signatureCrc32c: CHECKSUM,
  verifiedDigestCrc32c: z.boolean().default(false),
})

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/PublicKey */
const PUBLIC_KEY = z.object({
  name: z.string(),
  pem: z.string(),
  pemCrc32c: CHECKSUM,
  algorithm: z.string(),
})

/** RSA_SIGN_PKCS1_2048_SHA256 and its longer kin. */
const RS256 = /^RSA_SIGN_PKCS1_\d+_SHA256$/

/**
 * A key version of Cloud KMS: `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N`. What is sent and what
 * comes back is held against its checksums: https://docs.cloud.google.com/kms/docs/data-integrity-guidelines
 *
 * @throws StsError `app_key_unavailable`: `package_missing`.
 */
export async function openGcpKey(service: CloudService, name: string): Promise<ServiceKey> {
  const client = await createGoogleClient(service)
  const url = `${API}/${name}`

  function read<T extends { readonly name: string }>(schema: z.ZodType<T>, answer: unknown): T {
    const { success, data } = schema.safeParse(answer)
    if (!success || data.name !== name) throw cloudError(service, 'malformed', { status: 200 })
    return data
  }

  return {
    async sign(input, signal) {
      const digest = createHash('sha256').update(input).digest()
      const body = { digest: { sha256: digest.toString('base64') }, digestCrc32c: String(crc32c(digest)) }
      const answer = await client.call({ method: 'POST', url: `${url}:asymmetricSign`, body }, signal)
      const { signature, signatureCrc32c, verifiedDigestCrc32c } = read(SIGNATURE, answer)
      const bytes = Buffer.from(signature, 'base64')
      if (!verifiedDigestCrc32c || signatureCrc32c !== String(crc32c(bytes))) {
        throw cloudError(service, 'corrupted')
      }
      return bytes
    },
    async publicKey(signal) {
      const answer = await client.call({ method: 'GET', url: `${url}/publicKey` }, signal)
      const { pem, pemCrc32c, algorithm } = read(PUBLIC_KEY, answer)
      if (pemCrc32c !== String(crc32c(Buffer.from(pem)))) throw cloudError(service, 'corrupted')
      if (!RS256.test(algorithm)) throw cloudError(service, 'unsuitable')
      return readPublicKey(service, { key: pem, format: 'pem' })
    },
  }
}
