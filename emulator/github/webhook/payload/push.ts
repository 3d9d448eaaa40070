import type { Commit } from '../../model/git.ts'
import { changesOf, NO_COMMIT } from '../../model/push.ts'
import type { ChangedPaths, Push } from '../../model/push.ts'
import { fullName } from '../../model/repository.ts'
import type { Repository } from '../../model/repository.ts'
import { accountJson } from '../../resources/account.ts'
import { simpleCommitJson } from '../../resources/commit.ts'
import { envelope } from './envelope.ts'
import type { PayloadContext } from './envelope.ts'

/** Commits that a payload shows: https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const COMMITS_MAX = 2048

/** Paths that each of these shows. */
const COMMIT_PATHS_MAX = 3000

/** Hexadecimal digits of a commit in the link to a comparison. */
const SHORT_SHA_DIGITS = 12

/** `push`. */
export function pushPayload(context: PayloadContext, push: Push) {
  const { repository, commit, commits, before, after } = push
  return {
    ref: push.ref,
    before,
    after,
    base_ref: push.baseRef,
    created: before === NO_COMMIT,
    deleted: after === NO_COMMIT,
    forced: push.forced,
    compare: compareUrl(push),
    commits: commits.slice(0, COMMITS_MAX).map((one) => pushedCommitJson(repository, one)),
    head_commit: commit === null ? null : pushedCommitJson(repository, commit),
    ...envelope(context, repository),
    repository: pushedRepositoryJson(context, repository),
    pusher: { name: context.sender.login, email: 'mona@example.com' },
  }
}

function pushedCommitJson(repository: Repository, commit: Commit) {
  const { id, tree_id, message, timestamp, author } = simpleCommitJson(commit)
  const person = { ...author, username: 'mona' }
  return {
    id,
    tree_id,
    distinct: true,
    message,
    timestamp,
    url: `https://github.com/${fullName(repository)}/commit/${id}`,
    author: person,
    committer: person,
    ...shownPaths(changesOf(repository, commit)),
  }
}

function shownPaths({ added, removed, modified }: ChangedPaths): ChangedPaths {
  const first = added.slice(0, COMMIT_PATHS_MAX)
  const second = removed.slice(0, COMMIT_PATHS_MAX - first.length)
  return {
    added: first,
    removed: second,
    modified: modified.slice(0, COMMIT_PATHS_MAX - first.length - second.length),
  }
}

function compareUrl({ repository, branch, ref, before, after, commits }: Push): string {
  const url = `https://github.com/${fullName(repository)}`
  const short = (sha: string): string => sha.slice(0, SHORT_SHA_DIGITS)
  if (before !== NO_COMMIT || after === NO_COMMIT) return `${url}/compare/${short(before)}...${short(after)}`
  const [oldest] = commits
  if (oldest === undefined) return `${url}/compare/${branch ?? ref.replace('refs/tags/', '')}`
  return commits.length === 1
    ? `${url}/commit/${short(after)}`
    : `${url}/compare/${short(oldest.sha)}^...${short(after)}`
}

/** Pushes alone have a repository whose times are numbers, in seconds since the epoch. */
function pushedRepositoryJson(context: PayloadContext, repository: Repository) {
  const { repository: json } = envelope(context, repository)
  const { owner } = repository
  return {
    ...json,
    url: json.html_url,
    owner: { name: owner.login, email: null, ...accountJson(context.api, owner) },
    created_at: Math.floor(repository.createdAt / 1000),
    pushed_at: Math.floor(repository.pushedAt / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    ...(owner.type === 'Organization' ? { organization: owner.login } : {}),
  }
}
