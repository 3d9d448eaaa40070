import { requestActionsToken, type HttpOptions } from '#pkg/client'

import { keepForExpiry } from './kept-token.ts'
import type { TokenSource } from './token-source.ts'

/** What gives the tokens of Google's service accounts, such as the metadata server of a machine there. */
export interface IdentityTokens {
  identityToken(audience: string, call: { readonly signal: AbortSignal }): Promise<string>
}

/** The variables that a job of GitHub Actions with `id-token: write` has. */
export interface ActionsCredentials {
  readonly requestUrl: string
  readonly requestToken: string
}

/** The identity tokens of the service account that a machine of Google's runs as. */
export function createGoogleSource(identity: IdentityTokens, now: () => number): TokenSource {
  const obtain: TokenSource['token'] = (audience, call) => identity.identityToken(audience, call)
  return { anyAudience: true, ...keepForExpiry(obtain, now) }
}

/** The tokens of the running job of GitHub Actions. */
export function createActionsSource(
  credentials: ActionsCredentials,
  now: () => number,
  options: Pick<HttpOptions, 'fetch'> = {},
): TokenSource {
  const obtain: TokenSource['token'] = (audience, { signal }) =>
    requestActionsToken({ ...credentials, audience }, { ...options, signal })
  return { anyAudience: true, ...keepForExpiry(obtain, now) }
}
