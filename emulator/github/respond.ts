import { createHash, randomUUID } from 'node:crypto'
import type { Answer, ReceivedRequest } from '../http/message.ts'
import type { AppJwtResult } from './app-jwt.ts'
import { authenticate } from './caller.ts'
import type { Caller } from './caller.ts'
import { errorAnswer, notAccessible, notFound } from './error-answer.ts'
import { exhausted, rateLimitHeaders, remaining } from './rate-limit.ts'
import type { Budget } from './rate-limit.ts'
import { readBody } from './route.ts'
import type { Platform, RouteMatch } from './route.ts'

/** Versions of the REST API that a request may name; the first one when it names none. */
const API_VERSIONS = ['2022-11-28', '2026-03-10']

/** Makes the function that answers requests: who asks, may they ask now, the route, and the headers of every answer. */
export function createResponder(
  platform: Platform,
  match: (method: string, path: string) => RouteMatch | undefined,
  checkAppJwt: (jwt: string) => Promise<AppJwtResult>,
): (request: ReceivedRequest) => Promise<Answer> {
  async function respond(request: ReceivedRequest): Promise<Answer> {
    if ((request.headers['user-agent'] ?? '') === '') return withoutUserAgent
    const version = request.headers['x-github-api-version'] ?? API_VERSIONS[0] ?? ''
    if (typeof version !== 'string' || !API_VERSIONS.includes(version)) {
      return errorAnswer(400, 'Unsupported API version requested')
    }
    const authentication = await authenticate(request.headers, platform.tokens, checkAppJwt)
    if (!authentication.ok) return authentication.answer
    const { caller } = authentication
    const matched = match(request.method, request.path)
    if (matched === undefined) return notFound()
    const budget = platform.limiter.budget(caller)
    const free = matched.route.free === true
    if (budget !== undefined && !free && remaining(budget) === 0) {
      return withBudget(exhausted(caller), budget)
    }
    const refusal = platform.secondary.refuse({
      method: request.method,
      operation: matched.route.operation,
      parameters: matched.parameters,
      caller,
    })
    if (refusal !== undefined) return budget === undefined ? refusal : withBudget(refusal, budget)
    const answer = revalidated(work(request, matched, caller), request)
    if (budget === undefined) return answer
    // Conditional requests that find nothing new cost nothing:
    // https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
    if (!free && answer.status !== 304) budget.used += 1
    return withBudget(answer, budget)
  }

  function work(request: ReceivedRequest, { route, parameters }: RouteMatch, caller: Caller): Answer {
    if (route.by === 'app' && caller.kind !== 'app') {
      return errorAnswer(401, 'A JSON web token could not be decoded', route.docs)
    }
    if (route.by === 'token' && caller.kind === 'app') return notAccessible(route.docs)
    const body = readBody(request.body)
    if (!body.ok) return body.answer
    return route.answer({ received: request, route, parameters, caller, body: body.value }, platform)
  }

  return async (request) => {
    const answer = await respond(request)
    return { ...answer, headers: { ...standardHeaders(request), ...answer.headers } }
  }
}

const withoutUserAgent: Answer = {
  status: 403,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\r\n',
}

function standardHeaders({ headers }: ReceivedRequest): Record<string, string> {
  const version = headers['x-github-api-version']
  return {
    server: 'github.com',
    'x-github-request-id': randomUUID().replaceAll('-', ':').toUpperCase(),
    'x-github-api-version-selected': typeof version === 'string' ? version : (API_VERSIONS[0] ?? ''),
    'x-github-media-type': mediaType(headers.accept),
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With',
  }
}

function mediaType(accept: string | undefined): string {
  const parameter = /application\/vnd\.github\.(?:v3\.)?(raw|object)\b/.exec(accept ?? '')?.[1]
  if (parameter === undefined) return 'github.v3; format=json'
  return `github.v3; param=${parameter}${parameter === 'raw' ? '' : '; format=json'}`
}

function withBudget(answer: Answer, budget: Budget): Answer {
  return { ...answer, headers: { ...answer.headers, ...rateLimitHeaders(budget) } }
}

/** Gives what a GET found an ETag, and turns it into 304 if the caller has it already. */
function revalidated(answer: Answer, { method, headers }: ReceivedRequest): Answer {
  if (method !== 'GET' || answer.status !== 200) return answer
  const etag = answer.headers['etag'] ?? `W/"${createHash('sha256').update(answer.body).digest('hex')}"`
  const caching = { etag, 'cache-control': 'private, max-age=60, s-maxage=60' }
  const known = (headers['if-none-match'] ?? '').split(',').map(weakly)
  return known.includes(weakly(etag)) || known.includes('*')
    ? { status: 304, headers: caching, body: '' }
    : { ...answer, headers: { ...answer.headers, ...caching } }
}

/** A tag for the weak comparison of RFC 9110 section 8.8.3.2. */
function weakly(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
