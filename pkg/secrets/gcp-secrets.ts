import { z } from 'zod'
import { cloudError, crc32c, createGoogleClient, type CloudService } from '#pkg/cloud'
import type { ReadSecret } from './read-secret.ts'

const API = 'https://secretmanager.googleapis.com/v1'

/**
 * https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access. An empty member is left
 * out of the JSON. The name is not compared: the answer has the number of a project for its id, and of a version for its alias.
 */
const ANSWER = z.object({
  payload: z.object({
    data: z.base64().default(''),
    // An int64, which is a string in Google's JSON.
    dataCrc32c: z.string().regex(/^\d{1,10}$/),
  }),
})

/**
 * Google's Secret Manager. What comes back is held against its checksum:
 * https://docs.cloud.google.com/secret-manager/docs/data-integrity
 *
 * @throws StsError `secret_unavailable`: `package_missing`.
 */
export async function openGcpSecrets(service: CloudService): Promise<ReadSecret> {
  const client = await createGoogleClient(service)

  return async (name, signal) => {
    const answer = await client.call({ method: 'GET', url: `${API}/${name}:access` }, signal)
    const { success, data } = ANSWER.safeParse(answer)
    if (!success) throw cloudError(service, 'malformed', { status: 200 })
    const value = Buffer.from(data.payload.data, 'base64')
    if (data.payload.dataCrc32c !== String(crc32c(value))) throw cloudError(service, 'corrupted')
    return value
  }
}
