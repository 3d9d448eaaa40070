import type { Matcher } from './trust-policy.ts'

/** The issuer of GitHub Actions on github.com; an enterprise may have one of its own, with its slug as the path. */
export const GITHUB_ACTIONS_ISSUER = 'https://token.actions.githubusercontent.com'

/** A subject of GitHub Actions in its default form. */
export interface GitHubSubject {
  readonly owner: string
  readonly repository: string
  /** The numeric ids of owner and repository; undefined in the form with names alone. */
  readonly ids: { readonly owner: string; readonly repository: string } | undefined
  /** What follows the repository: `ref:refs/heads/main`, `environment:production`, `pull_request`, ... */
  readonly context: string
}

const SUBJECT = /^repo:([A-Za-z0-9._-]+)(?:@([0-9]+))?\/([A-Za-z0-9._-]+)(?:@([0-9]+))?:(.+)$/

/**
 * Reads `repo:OWNER/REPO:CONTEXT`, or the immutable form `repo:OWNER@ID/REPO@ID:CONTEXT` that repositories have when
 * they were made, renamed or transferred since 15 July 2026. Undefined for anything else, also for one id of two.
 *
 * @see https://docs.github.com/en/actions/concepts/security/openid-connect
 */
export function parseGitHubSubject(subject: string): GitHubSubject | undefined {
  const [, owner, ownerId, repository, repositoryId, context] = SUBJECT.exec(subject) ?? []
  if (owner === undefined || repository === undefined || context === undefined) return undefined
  if (ownerId === undefined && repositoryId === undefined)
    return { owner, repository, ids: undefined, context }
  if (ownerId === undefined || repositoryId === undefined) return undefined
  return { owner, repository, ids: { owner: ownerId, repository: repositoryId }, context }
}

/** The subject as text, in the form that its ids ask for. */
export function formatGitHubSubject(subject: GitHubSubject): string {
  const { owner, repository, ids, context } = subject
  if (ids === undefined) return `repo:${owner}/${repository}:${context}`
  return `repo:${owner}@${ids.owner}/${repository}@${ids.repository}:${context}`
}

/**
 * The policy line that would match a subject which `wanted` does not match only because one of the two is in the
 * immutable form and the other is not. Undefined where that is not the reason. A suggestion for people: whether the
 * ids are those of the repository that was meant is theirs to check.
 */
export function suggestSubjectLine(wanted: Matcher, actual: string): string | undefined {
  const token = parseGitHubSubject(actual)
  if (token === undefined || matches(wanted, actual)) return undefined
  const sameButForm =
    wanted.kind === 'exact'
      ? isOtherForm(parseGitHubSubject(wanted.value), token)
      : token.ids !== undefined && matches(wanted, formatGitHubSubject({ ...token, ids: undefined }))
  return sameButForm ? `subject: ${actual}` : undefined
}

function isOtherForm(wanted: GitHubSubject | undefined, token: GitHubSubject): boolean {
  if (wanted === undefined || (wanted.ids === undefined) === (token.ids === undefined)) return false
  return (
    formatGitHubSubject({ ...wanted, ids: undefined }) === formatGitHubSubject({ ...token, ids: undefined })
  )
}

function matches(matcher: Matcher, subject: string): boolean {
  return matcher.kind === 'exact' ? matcher.value === subject : matcher.expression.matches(subject)
}
