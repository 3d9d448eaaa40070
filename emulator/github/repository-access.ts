import type { Answer } from '../http/message.ts'
import { reaches } from './access-token.ts'
import type { Caller } from './caller.ts'
import { errorAnswer, notAccessible, notFound } from './error-answer.ts'
import { permits } from './model/permission.ts'
import type { Repository } from './model/repository.ts'
import type { Platform, RoutedRequest } from './route.ts'

/** What an operation needs on a repository. */
export interface Need {
  readonly permission: string
  readonly level: 'read' | 'write'
}

/** The repository, or the answer that ends the request. */
export type Access =
  { readonly ok: true; readonly repository: Repository } | { readonly ok: false; readonly answer: Answer }

/**
 * Finds the repository that the path names, if the caller may do with it what the operation needs. Public ones can
 * be read by anyone; what may not be known of is 404; what may be known of but not done is 403.
 */
export function accessRepository(request: RoutedRequest, platform: Platform, need: Need): Access {
  const { docs } = request.route
  const named = nameRepository(request, platform)
  if (named.kind === 'absent' || !visible(request.caller, named.repository)) {
    return { ok: false, answer: notFound(docs) }
  }
  if (named.kind === 'moved') return { ok: false, answer: movedAnswer(request, platform, named.repository) }
  const answer = refuse(request.caller, named.repository, need, docs)
  return answer === undefined ? { ok: true, repository: named.repository } : { ok: false, answer }
}

/** What the path's owner and name, or id, lead to, whoever asks. */
export function nameRepository({ parameters }: RoutedRequest, { registry }: Platform) {
  const id = parameters['repository_id']
  if (id === undefined) return registry.repository(parameters['owner'] ?? '', parameters['repo'] ?? '')
  const repository = registry.repositories.get(Number(id))
  return repository === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'found', repository } as const)
}

/** The redirect to where a repository is now: 301 for reads, 307 for what must keep its method and body. */
export function movedAnswer(
  { received, route }: RoutedRequest,
  { api }: Platform,
  moved: Repository,
): Answer {
  const [path = '', ...query] = received.target.split('?')
  const rest = ['', ...path.split('/').slice(4)].join('/')
  const url = [`${api}/repositories/${moved.id}${rest}`, ...query].join('?')
  const [status, message] =
    received.method === 'GET' ? [301, 'Moved Permanently'] : [307, 'Temporary Redirect']
  const answer = errorAnswer(status, message, route.docs, { location: url })
  return { ...answer, body: JSON.stringify({ message, url, documentation_url: route.docs }) }
}

function visible(caller: Caller, repository: Repository): boolean {
  return !repository.private || (caller.kind === 'installation' && reaches(caller.token, repository))
}

function refuse(caller: Caller, repository: Repository, need: Need, docs: string): Answer | undefined {
  if (need.level === 'read' && !repository.private) return undefined
  if (caller.kind !== 'installation') return errorAnswer(401, 'Requires authentication', docs)
  const allowed =
    reaches(caller.token, repository) && permits(caller.token.permissions, need.permission, need.level)
  if (allowed) return undefined
  const accepted = `${need.permission}=${need.level}`
  const answer = notAccessible(docs)
  return { ...answer, headers: { ...answer.headers, 'x-accepted-github-permissions': accepted } }
}
