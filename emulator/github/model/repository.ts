import type { Account, Actor } from './account.ts'
import type { App } from './app.ts'
import type {
  CheckAction,
  CheckAnnotation,
  CheckConclusion,
  CheckOutput,
  CheckStatus,
} from './check-output.ts'
import type { Commit } from './git.ts'

/** One issue of a repository. */
export interface Issue {
  readonly id: number
  readonly number: number
  readonly title: string
  readonly body: string | null
  readonly author: Actor
  readonly createdAt: number
}

/** A request to take the commits of one branch into another, of the same repository or of its parent. */
export interface PullRequest {
  readonly id: number
  readonly number: number
  /** Where the changes shall go. */
  readonly repository: Repository
  /** Where the changes are: the same repository, or a fork of it. */
  readonly headRepository: Repository
  readonly headBranch: string
  readonly baseBranch: string
  readonly title: string
  readonly body: string | null
  readonly author: Actor
  state: 'open' | 'closed'
  /** Heads of both branches when it was opened or closed: what a closed one stays at, or one whose branch is gone. */
  kept: { readonly head: Commit; readonly base: Commit }
  /** ms since the epoch. */
  readonly createdAt: number
  updatedAt: number
  closedAt: number | null
}

/** All that one App says about one commit. */
export interface CheckSuite {
  readonly id: number
  readonly app: App
  readonly repository: Repository
  readonly headSha: string
  readonly headCommit: Commit
  /** Null when no branch of the repository led to the commit, as for one that a fork pushed. */
  readonly headBranch: string | null
  /** Head of the branch before the push; 40 zeros for a new branch, null when there was no push. */
  readonly before: string | null
  readonly after: string
  status: CheckStatus
  conclusion: CheckConclusion | null
  /** ms since the epoch. */
  readonly createdAt: number
  updatedAt: number
}

/** One check of one commit. */
export interface CheckRun {
  readonly id: number
  readonly suite: CheckSuite
  name: string
  status: CheckStatus
  conclusion: CheckConclusion | null
  /** ms since the epoch. */
  startedAt: number
  completedAt: number | null
  externalId: string
  detailsUrl: string
  output: CheckOutput
  readonly annotations: CheckAnnotation[]
  actions: readonly CheckAction[]
}

/** A repository with its history, and what it holds. */
export interface Repository {
  readonly id: number
  owner: Account
  name: string
  private: boolean
  defaultBranch: string
  /** What it is a fork of; null if it is none. */
  readonly parent: Repository | null
  /** Branch name to its head; empty in a repository without a commit. */
  readonly branches: Map<string, Commit>
  /** Tag name to its commit. */
  readonly tags: Map<string, Commit>
  /** Every commit there ever was, by object id. A repository and its forks share one map. */
  readonly commits: Map<string, Commit>
  readonly issues: Issue[]
  /** Those into this repository, oldest first. */
  readonly pullRequests: PullRequest[]
  readonly checkSuites: CheckSuite[]
  readonly checkRuns: CheckRun[]
  readonly createdAt: number
  pushedAt: number
}

/** What a new repository is made of. */
export type RepositoryStart = Pick<Repository, 'id' | 'owner' | 'name' | 'private' | 'defaultBranch'> & {
  readonly now: number
  readonly parent?: Repository
}

/** A repository without a branch. */
export function createRepository({ now, parent, ...start }: RepositoryStart): Repository {
  return {
    ...start,
    parent: parent ?? null,
    branches: new Map(),
    tags: new Map(),
    commits: parent?.commits ?? new Map<string, Commit>(),
    issues: [],
    pullRequests: [],
    checkSuites: [],
    checkRuns: [],
    createdAt: now,
    pushedAt: now,
  }
}

/** `owner/name`, as it is called today. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`
}

/**
 * The commit that `ref` (branch or tag, with or without `heads/`, `tags/`, `refs/heads/`, `refs/tags/`, or an object
 * id; default the default branch) names.
 */
export function resolveRef(repository: Repository, ref: string | undefined): Commit | undefined {
  const name = ref ?? repository.defaultBranch
  const branch = name.replace(/^(refs\/)?heads\//, '')
  const tag = name.replace(/^(refs\/)?tags\//, '')
  return (
    repository.branches.get(name) ??
    repository.branches.get(branch) ??
    repository.tags.get(tag) ??
    repository.commits.get(name)
  )
}
