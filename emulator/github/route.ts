import type { Answer, ReceivedRequest } from '../http/message.ts'
import type { TokenStore } from './access-token.ts'
import type { Caller } from './caller.ts'
import { errorAnswer } from './error-answer.ts'
import type { Actor } from './model/account.ts'
import type { GitHubEvent } from './model/event.ts'
import type { Registry } from './model/registry.ts'
import type { RateLimiter } from './rate-limit.ts'
import type { SecondaryLimiter } from './secondary-limits.ts'
import type { Deliveries } from './webhook/deliveries.ts'

/** What the routes work on. */
export interface Platform {
  readonly registry: Registry
  readonly tokens: TokenStore
  readonly limiter: RateLimiter
  readonly secondary: SecondaryLimiter
  /** Base of all API links, without a trailing slash. */
  readonly api: string
  readonly now: () => number
  /** Tells those who listen, and the webhooks, what happened and who did it; default a user. */
  readonly announce: (event: GitHubEvent, actor?: Actor) => void
  readonly deliveries: Deliveries
}

/** A request whose route and caller are known. */
export interface RoutedRequest {
  readonly received: ReceivedRequest
  readonly route: Route
  /** Path parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly caller: Caller
  /** The body as an object; empty when there was no body. */
  readonly body: Readonly<Record<string, unknown>>
}

/** One operation of the REST API. */
export interface Route {
  /** Operation id of GitHub's OpenAPI description. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Template; `{+name}` takes the rest of the path. */
  readonly path: string
  /** Page of GitHub's documentation, named in errors. */
  readonly docs: string
  /** Who may call it: an App by its JWT, or anyone else (an installation by its token, or no one in particular). */
  readonly by: 'app' | 'token'
  /** False for the one operation that costs no budget. */
  readonly free?: boolean
  readonly answer: (request: RoutedRequest, platform: Platform) => Answer
}

/** A route that matches, with its parameters. */
export interface RouteMatch {
  readonly route: Route
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the route for a method and raw path. */
export function createRouter(
  routes: readonly Route[],
): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes.flatMap((route) =>
    templatesOf(route.path).map((template) => ({ route, segments: template.split('/') })),
  )
  return (method, path) => {
    const actual = path.split('/')
    for (const { route, segments } of compiled) {
      if (route.method !== method) continue
      const parameters = matchSegments(segments, actual)
      if (parameters !== undefined) return { route, parameters }
    }
    return undefined
  }
}

/** The request's body as an object, or GitHub's answer to one that is none. */
export function readBody(
  body: Buffer,
):
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly answer: Answer } {
  if (body.length === 0) return { ok: true, value: {} }
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    return { ok: false, answer: errorAnswer(400, 'Problems parsing JSON') }
  }
  return isObject(value)
    ? { ok: true, value }
    : { ok: false, answer: errorAnswer(400, 'Body should be a JSON object') }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Redirects of renamed repositories lead to `/repositories/{id}/...`, which serves all that `/repos/...` does. */
function templatesOf(path: string): readonly string[] {
  return path.startsWith('/repos/{owner}/{repo}')
    ? [path, path.replace('/repos/{owner}/{repo}', '/repositories/{repository_id}')]
    : [path]
}

function matchSegments(
  template: readonly string[],
  actual: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    const value = part.startsWith('{+') ? actual.slice(index).join('/') : actual[index]
    if (value === undefined) return undefined
    if (!part.startsWith('{')) {
      if (part !== value) return undefined
      continue
    }
    const decoded = decode(value)
    if (decoded === undefined || (decoded === '' && !part.startsWith('{+'))) return undefined
    parameters[part.replace(/^\{\+?|\}$/g, '')] = decoded
    if (part.startsWith('{+')) return parameters
  }
  return actual.length === template.length ? parameters : undefined
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
