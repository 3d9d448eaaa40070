/** What an exchange asks for: everything of an owner, or one repository. */
export interface Scope {
  readonly owner: string
  /** Undefined for the owner as a whole. */
  readonly repository: string | undefined
}

/**
 * The longest owner or repository name, in characters: GitHub's limit for repositories. Owners are shorter there
 * (39, more with the suffix of an enterprise's managed users), and differ on GitHub Enterprise Server.
 */
export const NAME_MAX_CHARACTERS = 100

/** The longest identity, in characters. */
export const IDENTITY_MAX_CHARACTERS = 128

/** Without the `m` flag, `$` matches at the very end only: a line feed behind the name is part of it, and refused. */
const NAME_CHARACTERS = /^[A-Za-z0-9._-]+$/

/** Whether `text` can be the login of a GitHub user or organization. */
export function isOwnerName(text: string): boolean {
  return isName(text, NAME_MAX_CHARACTERS)
}

/** Whether `text` can be the name of a repository, without its owner. */
export function isRepositoryName(text: string): boolean {
  return isName(text, NAME_MAX_CHARACTERS)
}

/** Whether `text` can be an identity: one path segment, the name of a policy file before `.sts.yaml`. */
export function isIdentity(text: string): boolean {
  return isName(text, IDENTITY_MAX_CHARACTERS)
}

/** Reads `owner` or `owner/repository`; undefined for anything else. The spelling is kept. */
export function parseScope(scope: string): Scope | undefined {
  // Both names and the slash at their longest: a longer text is not even split.
  if (scope.length > 2 * NAME_MAX_CHARACTERS + 1) return undefined
  const [owner, repository, ...rest] = scope.split('/')
  if (owner === undefined || rest.length > 0 || !isOwnerName(owner)) return undefined
  if (repository !== undefined && !isRepositoryName(repository)) return undefined
  return { owner, repository }
}

/** Whether two owners or two repositories are the same to GitHub, which does not regard case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isName(text: string, maxCharacters: number): boolean {
  return text.length <= maxCharacters && NAME_CHARACTERS.test(text) && text !== '.' && text !== '..'
}
