import { isJsonObject, readStringMap, readTime, type JsonObject } from './answer.ts'
import { isLevelWithin, type Grant } from './grant.ts'
import { cacheKey, type Installation } from './installation.ts'

/** Visible ASCII, so that it is safe in a header; else opaque, since GitHub changes its form. */
const TOKEN_FORM = /^[\x21-\x7e]{1,4096}$/

/** Installation tokens live for one hour. */
const LIFETIME_MAX_MS = 3_600_000 + 5 * 60_000

/** A token that GitHub minted and that has been found to be what was asked for. It belongs to one caller. */
export interface MintedToken {
  readonly token: string
  /** RFC 3339 in UTC. */
  readonly expiresAt: string
  /** The same in milliseconds since the epoch, on GitHub's clock. */
  readonly expiresAtMs: number
  /** On our clock, in milliseconds since the epoch. */
  readonly mintedAt: number
  /** As GitHub gave them: at most the grant's, and `metadata: read`. */
  readonly permissions: Readonly<Record<string, string>>
  readonly repositories: readonly string[] | 'all'
  readonly installation: Installation
}

/** What the 201 of a mint turned out to be. */
export type MintedAnswer =
  | { readonly ok: true; readonly token: MintedToken }
  /** `token` is there when the answer holds something that can be revoked. */
  | { readonly ok: false; readonly problem: string; readonly token: string | undefined }

export interface MintedContext {
  readonly grant: Grant
  readonly owner: string
  readonly installation: Installation
  /** Our clock. */
  readonly now: number
  /** GitHub's clock when it answered. */
  readonly githubNow: number
}

/**
 * Compares the body of a 201 with what was asked for. GitHub's answer is not believed to be narrower than it
 * says: a name may have come to mean another repository, and a field that is not there may mean everything.
 */
export function readMintedAnswer(body: unknown, context: MintedContext): MintedAnswer {
  if (!isJsonObject(body)) return { ok: false, problem: 'not an object', token: undefined }
  const { token } = body
  if (typeof token !== 'string' || !TOKEN_FORM.test(token)) {
    return { ok: false, problem: 'no usable token', token: undefined }
  }
  const permissions = readStringMap(body['permissions'])
  const expiresAtMs = readTime(body['expires_at']) ?? NaN
  const problem =
    expiryProblem(expiresAtMs, context.githubNow) ??
    permissionsProblem(permissions, context.grant) ??
    repositoriesProblem(body, context)
  if (problem !== undefined || permissions === undefined) {
    return { ok: false, problem: problem ?? 'no permissions', token }
  }
  return {
    ok: true,
    token: {
      token,
      expiresAt: new Date(expiresAtMs).toISOString().replace('.000Z', 'Z'),
      expiresAtMs,
      mintedAt: context.now,
      permissions,
      repositories: context.grant.repositories,
      installation: context.installation,
    },
  }
}

function expiryProblem(expiresAtMs: number, githubNow: number): string | undefined {
  const lifetime = expiresAtMs - githubNow
  return lifetime > 0 && lifetime <= LIFETIME_MAX_MS ? undefined : 'expires_at is not within the hour'
}

function permissionsProblem(
  permissions: Readonly<Record<string, string>> | undefined,
  grant: Grant,
): string | undefined {
  if (permissions === undefined) return 'no permissions'
  for (const [name, level] of Object.entries(permissions)) {
    if (name === 'metadata' && level === 'read') continue
    const most = Object.hasOwn(grant.permissions, name) ? grant.permissions[name] : undefined
    if (most === undefined || !isLevelWithin(level, most)) return 'more permissions than asked for'
  }
  return undefined
}

function repositoriesProblem(body: JsonObject, context: MintedContext): string | undefined {
  const { grant, owner, installation } = context
  const selection = body['repository_selection']
  const listed = readFullNames(body['repositories'], installation.account.id)
  if (listed === undefined) return 'repositories are not a list of repositories of the account'

  if (grant.repositories === 'all') {
    if (selection !== 'all' && selection !== 'selected') return 'no repository_selection'
    if (selection === 'all' && installation.repositorySelection === 'selected') {
      return 'all repositories of an installation on selected ones'
    }
    const prefix = `${cacheKey(owner)}/`
    return listed.every((name) => name.startsWith(prefix)) ? undefined : 'a repository of another owner'
  }
  if (selection !== 'selected') return 'not limited to repositories'
  const wanted = new Set(grant.repositories.map((name) => cacheKey(owner, name)))
  const given = new Set(listed)
  const same = given.size === wanted.size && listed.every((name) => wanted.has(name))
  return same ? undefined : 'other repositories than asked for'
}

/**
 * The lower-cased `owner/name` of each; an absent list is empty. Undefined also when one names an owner of another id
 * than the account's: an owner's name may be someone else's by now.
 */
function readFullNames(value: unknown, accountId: number): readonly string[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value)) return undefined
  const names: string[] = []
  for (const item of value as readonly unknown[]) {
    if (!isJsonObject(item) || typeof item['full_name'] !== 'string') return undefined
    const { owner } = item
    if (isJsonObject(owner) && owner['id'] !== undefined && owner['id'] !== accountId) return undefined
    names.push(cacheKey(item['full_name']))
  }
  return names
}
