import { readTokenUrl } from './base-url.ts'
import { ClientError } from './client-error.ts'
import { sendRequest, type HttpOptions } from './http-request.ts'
import { readObject } from './json-object.ts'
import { withRetries, type RetryOptions } from './retry.ts'

const ACTIONS_TIMEOUT_MS = 10_000

const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

export interface ActionsTokenRequest {
  /** The value of ACTIONS_ID_TOKEN_REQUEST_URL. */
  readonly requestUrl: string
  /** The value of ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  readonly requestToken: string
  /** Becomes the `aud` of the token. */
  readonly audience: string
}

/**
 * Asks GitHub Actions for the OIDC token of the running job. Asked again a few times when there is no answer, or one
 * of 429 or of 500 and more.
 * https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 *
 * @throws ClientError of every kind.
 */
export async function requestActionsToken(
  { requestUrl, requestToken, audience }: ActionsTokenRequest,
  options: HttpOptions & RetryOptions = {},
): Promise<string> {
  const url = readTokenUrl(requestUrl, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  // Added behind what is there, byte for byte: the runner's own query is not ours to write anew.
  url.search += `${url.search === '' ? '?' : '&'}audience=${encodeURIComponent(audience)}`
  return await withRetries(async () => {
    const { status, text } = await sendRequest(
      { url, method: 'GET', token: requestToken, accept: 'application/json', timeoutMs: ACTIONS_TIMEOUT_MS },
      options,
    )
    const facts = { httpStatus: status }
    if (status === 401 || status === 403) {
      throw new ClientError('denied', `GitHub Actions gives this job no token (HTTP ${status})`, facts)
    }
    const value = status === 200 ? readObject(text)?.['value'] : undefined
    if (typeof value === 'string' && JWT.test(value)) return value
    const message = `${url.host} answers with HTTP ${status}, and not with a token as GitHub Actions does`
    throw new ClientError('unexpected_answer', message, facts)
  }, options)
}
