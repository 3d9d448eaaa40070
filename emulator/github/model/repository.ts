import type { Account } from './account.ts'
import type { Commit, GitEntry } from './git.ts'
import { gitCommit } from './git.ts'

/** One issue of a repository. */
export interface Issue {
  readonly id: number
  readonly number: number
  readonly title: string
  readonly body: string | null
  /** Login of who opened it. */
  readonly author: { readonly login: string; readonly id: number; readonly type: 'Bot' | 'User' }
  readonly createdAt: number
}

/** A repository with its history. */
export interface Repository {
  readonly id: number
  owner: Account
  name: string
  private: boolean
  defaultBranch: string
  /** Branch name to its head; empty in a repository without a commit. */
  readonly branches: Map<string, Commit>
  /** Every commit there ever was, by object id. */
  readonly commits: Map<string, Commit>
  readonly issues: Issue[]
  readonly createdAt: number
  pushedAt: number
}

/** What a push does to one path: new bytes, another entry, or null to delete it. */
export type FileChange = string | Buffer | GitEntry | null

/** One push to one branch. */
export interface Push {
  readonly repository: Repository
  readonly branch: string
  /** Head before; 40 zeros for a new branch. */
  readonly before: string
  readonly after: string
  readonly commit: Commit
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly removed: readonly string[]
}

const NO_COMMIT = '0'.repeat(40)

/** `owner/name`, as it is called today. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`
}

/** The commit that `ref` (branch, `heads/...`, `refs/heads/...` or object id; default the default branch) names. */
export function resolveRef(repository: Repository, ref: string | undefined): Commit | undefined {
  const name = ref ?? repository.defaultBranch
  const branch = name.replace(/^(refs\/)?heads\//, '')
  return repository.branches.get(name) ?? repository.branches.get(branch) ?? repository.commits.get(name)
}

/** Puts one commit on a branch, which is made if it does not exist. */
export function commitTo(
  repository: Repository,
  branch: string,
  changes: ReadonlyMap<string, GitEntry | null>,
  message: string,
  now: number,
): Push {
  const head = repository.branches.get(branch)
  const base = head ?? repository.branches.get(repository.defaultBranch)
  const files = new Map(base?.files)
  const added: string[] = []
  const modified: string[] = []
  const removed: string[] = []
  for (const [path, entry] of changes) {
    const before = files.get(path)
    if (entry === null) {
      if (files.delete(path)) removed.push(path)
    } else {
      if (before === undefined) added.push(path)
      else if (before.sha !== entry.sha || before.kind !== entry.kind) modified.push(path)
      files.set(path, entry)
    }
  }
  const commit = gitCommit(files, base === undefined ? [] : [base.sha], message, now)
  repository.branches.set(branch, commit)
  repository.commits.set(commit.sha, commit)
  repository.pushedAt = now
  return {
    repository,
    branch,
    before: head?.sha ?? NO_COMMIT,
    after: commit.sha,
    commit,
    added,
    modified,
    removed,
  }
}
