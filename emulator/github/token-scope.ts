import type { Answer } from '../http/message.ts'
import { errorAnswer } from './error-answer.ts'
import { covers } from './model/installation.ts'
import type { Installation } from './model/installation.ts'
import { isPermissionLevel, permits, withMetadata } from './model/permission.ts'
import type { PermissionLevel, Permissions } from './model/permission.ts'
import type { Registry } from './model/registry.ts'
import type { Repository } from './model/repository.ts'
import { isObject } from './route.ts'
import type { RoutedRequest } from './route.ts'

/** Repositories one token can be limited to. */
const TOKEN_REPOSITORIES_MAX = 500

/** A part of what a new token will be, or the 422 that ends the request. */
export type Scoped<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer }

/**
 * The permissions of a new token. Nothing asked, or an empty object, means all that the installation has; more than
 * it has is refused.
 * https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export function scopePermissions(
  { body, route }: RoutedRequest,
  installation: Installation,
): Scoped<Permissions> {
  const asked = body['permissions'] ?? {}
  if (!isObject(asked)) return invalid('"permissions" is not an object.', route.docs)
  const scoped: [string, PermissionLevel][] = []
  for (const [name, level] of Object.entries(asked)) {
    if (!isPermissionLevel(level)) {
      return invalid(`For 'properties/${name}', the value is not a possible level.`, route.docs)
    }
    if (!permits(withMetadata(installation.permissions), name, level)) {
      const message = 'The permissions requested are not granted to this installation.'
      return { ok: false, answer: errorAnswer(422, message, route.docs) }
    }
    scoped.push([name, level])
  }
  const granted = scoped.length === 0 ? installation.permissions : Object.fromEntries(scoped)
  return { ok: true, value: withMetadata(granted) }
}

/**
 * The repositories of a new token. Nothing asked, or an empty list, means all that the installation covers. A name or
 * id it does not cover is refused, in the same words whether or not there is such a repository.
 */
export function scopeRepositories(
  { body, route }: RoutedRequest,
  installation: Installation,
  registry: Registry,
): Scoped<'all' | ReadonlySet<Repository>> {
  const names = body['repositories'] ?? []
  const ids = body['repository_ids'] ?? []
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    return invalid('"repositories" is not a list of strings.', route.docs)
  }
  if (!Array.isArray(ids) || !ids.every((id) => Number.isInteger(id))) {
    return invalid('"repository_ids" is not a list of integers.', route.docs)
  }
  if (names.length + ids.length > TOKEN_REPOSITORIES_MAX) {
    return invalid(`No more than ${TOKEN_REPOSITORIES_MAX} repositories can be listed.`, route.docs)
  }
  if (names.length + ids.length === 0) return { ok: true, value: 'all' }
  const chosen = new Set<Repository>()
  const owner = installation.account.login
  for (const repository of [
    ...names.map((name: string) => findByName(registry, owner, name)),
    ...ids.map((id: number) => registry.repositories.get(id)),
  ]) {
    if (repository === undefined || !covers(installation, repository)) {
      const message =
        'There is at least one repository that does not exist or is not accessible to the parent installation.'
      return { ok: false, answer: errorAnswer(422, message, route.docs) }
    }
    chosen.add(repository)
  }
  return { ok: true, value: chosen }
}

function findByName(registry: Registry, owner: string, name: string): Repository | undefined {
  const lookup = registry.repository(owner, name)
  return lookup.kind === 'found' ? lookup.repository : undefined
}

function invalid(problem: string, docs: string): { readonly ok: false; readonly answer: Answer } {
  return { ok: false, answer: errorAnswer(422, `Invalid request.\n\n${problem}`, docs) }
}
