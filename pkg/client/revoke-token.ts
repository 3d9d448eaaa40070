import { readBaseUrl, urlBelow } from './base-url.ts'
import { ClientError } from './client-error.ts'
import { sendRequest, type HttpOptions } from './http-request.ts'
import { waitFor, withRetries, type RetryOptions } from './retry.ts'

const REVOKE_TIMEOUT_MS = 10_000

/** GitHub may not know a token everywhere yet when it is seconds old: a first 401 proves nothing. */
const FRESH_TOKEN_DELAY_MS = 1_000

export interface RevokeRequest {
  /** GitHub's REST API: `https://api.github.com`, or `https://HOST/api/v3`. See `readBaseUrl`. */
  readonly gitHubUrl: string
  /** The installation token. */
  readonly token: string
}

/** `invalid`: GitHub did not know the token, twice: it has expired, was revoked, or is none of this GitHub. */
export type Revocation = 'revoked' | 'invalid'

/**
 * Revokes an installation token. Asked again a few times while GitHub is in trouble.
 * https://docs.github.com/rest/apps/installations#revoke-an-installation-access-token
 *
 * @throws ClientError of every kind but `denied`.
 */
export async function revokeToken(
  { gitHubUrl, token }: RevokeRequest,
  options: HttpOptions & RetryOptions = {},
): Promise<Revocation> {
  const url = urlBelow(readBaseUrl(gitHubUrl), '/installation/token')
  const revoke = async (): Promise<Revocation> => {
    const { status } = await sendRequest(
      { url, method: 'DELETE', token, accept: 'application/vnd.github+json', timeoutMs: REVOKE_TIMEOUT_MS },
      options,
    )
    if (status === 204) return 'revoked'
    if (status === 401) return 'invalid'
    const message = `${url.host} answers with HTTP ${status}: the token is not revoked`
    throw new ClientError('unexpected_answer', message, { httpStatus: status })
  }
  const first = await withRetries(revoke, options)
  if (first === 'revoked') return first
  const { pause = waitFor } = options
  await pause(FRESH_TOKEN_DELAY_MS)
  return await withRetries(revoke, options)
}
