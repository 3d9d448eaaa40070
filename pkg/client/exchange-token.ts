import { readBaseUrl, urlBelow } from './base-url.ts'
import { ClientError } from './client-error.ts'
import { sendRequest, type HttpAnswer, type HttpOptions } from './http-request.ts'
import { readObject } from './json-object.ts'
import { denialOf, requestIdOf, textOf } from './service-denial.ts'

/** The service gives up after 30 s and says so; that answer should still arrive. */
export const EXCHANGE_TIMEOUT_MS = 35_000

/** RFC 6750, section 2.1: what can be a bearer. Nothing of it is a command to whoever reads the output. */
export const GITHUB_TOKEN = /^[A-Za-z0-9._~+/-]{1,16384}=*$/

/** RFC 3339, as Protobuf's JSON mapping writes a Timestamp. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

export interface ExchangeRequest {
  /** The service: see `readBaseUrl`. */
  readonly url: string
  /** `owner` or `owner/repository`. */
  readonly scope: string
  readonly identity: string
  /** The OIDC token of the caller. */
  readonly token: string
}

/** A token, and what the service says of it. */
export interface ExchangedToken {
  readonly token: string
  /** RFC 3339 in UTC; undefined when the service does not say. */
  readonly expiry: string | undefined
  /** The following are undefined when the service does not say, as octo-sts does not. */
  readonly requestId: string | undefined
  /** Path and blob id of the policy that allowed it. */
  readonly policy: string | undefined
  /** `name=level` each. A last entry `...` stands for those that had no room. */
  readonly permissions: readonly string[] | undefined
  /** Names without their owner; `*` alone is all of them. A last entry `...` as above. */
  readonly repositories: readonly string[] | undefined
}

/**
 * Exchanges an OIDC token for an installation token, over JSON. Sent once: whether a lost answer had a token in it
 * cannot be known.
 *
 * @throws ClientError of every kind; `denied` with the code of the service.
 */
export async function exchangeToken(
  { url, scope, identity, token }: ExchangeRequest,
  options: HttpOptions = {},
): Promise<ExchangedToken> {
  const exchange = urlBelow(readBaseUrl(url), '/sts/exchange')
  // Both names of the scope, as octo-sts's Action sends them: its older releases know only the first.
  exchange.search = new URLSearchParams({ scope, scopes: scope, identity }).toString()
  const answer = await sendRequest(
    { url: exchange, method: 'GET', token, accept: 'application/json', timeoutMs: EXCHANGE_TIMEOUT_MS },
    options,
  )
  if (answer.status !== 200) throw denialOf(answer, exchange.host, token)
  return readAnswer(answer, exchange.host, token)
}

function readAnswer({ text, headers }: HttpAnswer, host: string, token: string): ExchangedToken {
  const requestId = requestIdOf(headers, token)
  const { token: issued, expiry = null } = readObject(text) ?? {}
  const isToken = typeof issued === 'string' && GITHUB_TOKEN.test(issued)
  const isExpiry = expiry === null || (typeof expiry === 'string' && DATE_TIME.test(expiry))
  if (!isToken || !isExpiry) {
    const message = `${host} answers with HTTP 200, but not with a token as a security token service does`
    throw new ClientError('unexpected_answer', message, { httpStatus: 200, requestId })
  }
  return {
    token: issued,
    expiry: expiry ?? undefined,
    requestId,
    policy: textOf(headers.get('sts-policy'), token),
    permissions: textOf(headers.get('sts-permissions'), token)?.split(','),
    repositories: textOf(headers.get('sts-repositories'), token)?.split(','),
  }
}
