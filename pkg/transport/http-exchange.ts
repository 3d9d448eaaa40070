import { denialOf, toStsError, type Denial } from '#pkg/errors'
import type { ExchangeOutcome } from '#pkg/exchange'
import { dateTimeOf, errorJson, timestampOf, wireErrorOf } from '#pkg/wire'

import { grantMetadata } from './answer-metadata.ts'
import { checkBearerSize } from './bearer-limit.ts'
import { readFields } from './exchange-fields.ts'
import { runExchange } from './exchange-run.ts'
import { jsonAnswer, type HttpAnswer, type HttpRequest } from './http-message.ts'
import type { RouteResult } from './http-router.ts'
import { readOrigin } from './request-origin.ts'
import type { ServiceContext } from './service.ts'

/** Where `Exchange` is served over HTTP. */
export const EXCHANGE_PATH = '/sts/exchange'

/** `Exchange` over HTTP: the fields from `query` and body, the token from `Authorization`. Never rejects. */
export async function exchangeOverHttp(
  service: ServiceContext,
  request: HttpRequest,
  query: string,
): Promise<RouteResult> {
  const { requestId, method, signal, rawHeaders, remoteAddress, body } = request
  const { observer, limits, trustedHops } = service
  const { traceHeaders, ...origin } = readOrigin({ rawHeaders, remoteAddress, trustedHops })
  const trace = service.tracer.startRequest(traceHeaders)
  const end = (result: RouteResult): RouteResult => {
    const { answer, code, reason } = result
    trace.end({ requestId, transport: 'http', route: EXCHANGE_PATH, status: answer.status, code, reason })
    return { ...result, traceId: trace.context?.traceId }
  }
  let outcome: ExchangeOutcome
  try {
    checkBearerSize(origin.authorization, limits.bearerBytes)
    const fields = readFields({
      query,
      contentType: headerOf(rawHeaders, 'content-type'),
      contentEncoding: headerOf(rawHeaders, 'content-encoding'),
      // The body of a GET means nothing (RFC 9110, section 9.3.1).
      body: method === 'POST' ? body : Buffer.alloc(0),
    })
    const call = { requestId, transport: 'http', ...origin, ...fields, signal, trace } as const
    outcome = await runExchange(service.exchange, call, observer)
  } catch (thrown) {
    const { code, reason } = toStsError(thrown)
    if (reason === 'unexpected') observer.unexpected?.(thrown, requestId)
    return end({ answer: denialAnswer(service, requestId, denialOf(code)), code, reason })
  }
  if (!outcome.ok) {
    const { denial, reason } = outcome
    return end({ answer: denialAnswer(service, requestId, denial), code: denial.code, reason })
  }
  return end({ answer: grantAnswer(requestId, outcome), code: 'OK' })
}

/** The answer to a denied request. */
export function denialAnswer(
  { domain }: Pick<ServiceContext, 'domain'>,
  requestId: string,
  denial: Denial,
): HttpAnswer {
  const error = wireErrorOf(denial, { requestId, domain })
  const headers: Record<string, string> = {}
  if (error.httpStatus === 401) headers['WWW-Authenticate'] = 'Bearer'
  if (error.retryAfterMs !== undefined) {
    headers['Retry-After'] = String(Math.ceil(error.retryAfterMs / 1000))
  }
  return jsonAnswer(requestId, error.httpStatus, errorJson(error), headers)
}

function grantAnswer(requestId: string, grant: Extract<ExchangeOutcome, { ok: true }>): HttpAnswer {
  const expiry = timestampOf(grant.expiresAt)
  // No other member: the parser of the Go SDK refuses unknown ones, and reads null as "not set".
  const body = {
    token: grant.token,
    refreshToken: '',
    expiry: expiry === undefined ? null : dateTimeOf(expiry),
  }
  return {
    ...jsonAnswer(requestId, 200, body, grantMetadata(grant)),
    undelivered: () => {
      grant.abandon()
    },
  }
}

function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  const index = rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name)
  return index < 0 ? undefined : rawHeaders[index + 1]
}
