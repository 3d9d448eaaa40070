import { ClientError, readObject, readTokenUrl, sendRequest, type HttpOptions } from '#pkg/client'

import type { TokenCall, TokenSource } from './token-source.ts'

const TOKEN_TIMEOUT_MS = 10_000

/** Seconds from now at which a token that is wanted expired had its end. */
const EXPIRED_LIFETIME_S = -600

/**
 * Tokens of an issuer for development, which answers anyone as a runner's ACTIONS_ID_TOKEN_REQUEST_URL answers its job,
 * and makes expired ones when it is asked for a negative `lifetime`.
 *
 * @param requestUrl - with the query that says whose token it is; `audience` is added.
 */
export function createIssuerSource(
  requestUrl: string,
  options: Pick<HttpOptions, 'fetch'> = {},
): TokenSource {
  const ask = async (query: Readonly<Record<string, string>>, { signal }: TokenCall): Promise<string> => {
    const url = readTokenUrl(requestUrl, 'PROBER_TOKEN_URL')
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const { status, text } = await sendRequest(
      { url, method: 'GET', token: undefined, accept: 'application/json', timeoutMs: TOKEN_TIMEOUT_MS },
      { ...options, signal },
    )
    const value = status === 200 ? readObject(text)?.['value'] : undefined
    if (typeof value === 'string') return value
    const message = `${url.host} answers with HTTP ${status}, and not with a token`
    throw new ClientError('unexpected_answer', message, { httpStatus: status })
  }
  return {
    anyAudience: true,
    token: (audience, call) => ask({ audience }, call),
    expired: (audience, call) => ask({ audience, lifetime: String(EXPIRED_LIFETIME_S) }, call),
  }
}
