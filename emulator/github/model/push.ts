import type { Commit, GitEntry } from './git.ts'
import { gitCommit } from './git.ts'
import { commitsBetween } from './history.ts'
import type { Repository } from './repository.ts'

/** What a push does to one path: new bytes, another entry, or null to delete it. */
export type FileChange = string | Buffer | GitEntry | null

/** Paths by what happened to them. */
export interface ChangedPaths {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly removed: readonly string[]
}

/** One push to one branch or tag. */
export interface Push extends ChangedPaths {
  readonly repository: Repository
  /** `refs/heads/...` or `refs/tags/...`. */
  readonly ref: string
  /** The branch's name; null for a tag. */
  readonly branch: string | null
  /** Head before; 40 zeros where there was none. */
  readonly before: string
  /** Head after; 40 zeros where there is none any more. */
  readonly after: string
  /** Head after, unless deleted. */
  readonly commit: Commit | null
  /** What is at the head after and was on no branch before (for a new branch) or not on this one, oldest first. */
  readonly commits: readonly Commit[]
  readonly forced: boolean
  /** Ref of a branch that a new branch or tag was made of, if it is still the same commit. */
  readonly baseRef: string | null
}

/** Stands for the head of what does not exist. */
export const NO_COMMIT = '0'.repeat(40)

const NO_CHANGES: ChangedPaths = { added: [], modified: [], removed: [] }

/** Puts one commit on a branch, which is made if it does not exist. */
export function commitTo(
  repository: Repository,
  branch: string,
  changes: ReadonlyMap<string, GitEntry | null>,
  message: string,
  now: number,
): Push & { readonly commit: Commit } {
  const parent = repository.branches.get(branch) ?? repository.branches.get(repository.defaultBranch)
  const commit = addCommit(repository, parent === undefined ? [] : [parent], changes, message, now)
  return { ...moveBranch(repository, branch, commit, now), commit }
}

/** Adds a commit to the repository's objects, on no branch: `changes` made to the files of the first parent. */
export function addCommit(
  repository: Repository,
  parents: readonly Commit[],
  changes: ReadonlyMap<string, GitEntry | null>,
  message: string,
  now: number,
): Commit {
  const files = new Map(parents[0]?.files)
  for (const [path, entry] of changes) {
    if (entry === null) files.delete(path)
    else files.set(path, entry)
  }
  const commit = gitCommit(
    files,
    parents.map(({ sha }) => sha),
    message,
    now,
  )
  repository.commits.set(commit.sha, commit)
  return commit
}

/** Lets a branch point to `commit`, wherever it was before. */
export function moveBranch(repository: Repository, branch: string, commit: Commit, now: number): Push {
  const head = repository.branches.get(branch)
  const commits = commitsSince(
    repository,
    commit,
    head === undefined ? [...repository.branches.values()] : [head],
  )
  const [oldest = commit] = commits
  const from = head ?? (commits.length === 0 ? commit : parentOf(repository, oldest))
  const sibling = head === undefined ? branchAt(repository, commit) : undefined
  repository.branches.set(branch, commit)
  repository.pushedAt = now
  return {
    repository,
    ref: `refs/heads/${branch}`,
    branch,
    before: head?.sha ?? NO_COMMIT,
    after: commit.sha,
    commit,
    commits,
    forced: head !== undefined && !isAncestor(repository, head, commit),
    baseRef: sibling === undefined ? null : `refs/heads/${sibling}`,
    ...changedPaths(from?.files, commit.files),
  }
}

/** Deletes a branch; its commits stay. */
export function removeBranch(repository: Repository, branch: string, head: Commit, now: number): Push {
  repository.branches.delete(branch)
  repository.pushedAt = now
  return {
    repository,
    ref: `refs/heads/${branch}`,
    branch,
    before: head.sha,
    after: NO_COMMIT,
    commit: null,
    commits: [],
    forced: false,
    baseRef: null,
    ...NO_CHANGES,
  }
}

/** Lets a tag point to `commit`. */
export function setTag(repository: Repository, tag: string, commit: Commit, now: number): Push {
  const before = repository.tags.get(tag)
  const sibling = branchAt(repository, commit)
  repository.tags.set(tag, commit)
  repository.pushedAt = now
  return {
    repository,
    ref: `refs/tags/${tag}`,
    branch: null,
    before: before?.sha ?? NO_COMMIT,
    after: commit.sha,
    commit,
    commits: [],
    forced: before !== undefined && before !== commit,
    baseRef: sibling === undefined ? null : `refs/heads/${sibling}`,
    ...NO_CHANGES,
  }
}

/** What one commit did to the files of its first parent. */
export function changesOf(repository: Repository, commit: Commit): ChangedPaths {
  return changedPaths(parentOf(repository, commit)?.files, commit.files)
}

/** The difference between two trees, path by path. */
export function changedPaths(
  before: ReadonlyMap<string, GitEntry> = new Map<string, GitEntry>(),
  after: ReadonlyMap<string, GitEntry>,
): ChangedPaths {
  const added: string[] = []
  const modified: string[] = []
  for (const [path, entry] of after) {
    const old = before.get(path)
    if (old === undefined) added.push(path)
    else if (old.sha !== entry.sha || old.kind !== entry.kind) modified.push(path)
  }
  return { added, modified, removed: [...before.keys()].filter((path) => !after.has(path)) }
}

/** True if `commit` is `ancestor` or comes after it. */
export function isAncestor(repository: Repository, ancestor: Commit, commit: Commit): boolean {
  return (
    ancestor === commit ||
    commit.parents.includes(ancestor.sha) ||
    commitsBetween(repository.commits, commit, ancestor).length === 0
  )
}

function parentOf(repository: Repository, { parents: [first] }: Commit): Commit | undefined {
  return first === undefined ? undefined : repository.commits.get(first)
}

/** The commits that lead to `head` and to none of `known`, oldest first. */
function commitsSince(repository: Repository, head: Commit, known: readonly Commit[]): readonly Commit[] {
  const [first, ...others] = known
  if (first === undefined) return allUpTo(repository, head)
  const line = others.length === 0 ? lineBetween(repository, first, head) : undefined
  if (line !== undefined) return line
  const sets = others.map((one) => new Set(commitsBetween(repository.commits, one, head)))
  return commitsBetween(repository.commits, first, head).filter((commit) =>
    sets.every((set) => set.has(commit)),
  )
}

/**
 * The commits after `base` up to `head`, if they are a single line. Most pushes are a few on top of what is there, and
 * need no walk through all of history.
 */
function lineBetween(repository: Repository, base: Commit, head: Commit): readonly Commit[] | undefined {
  const line: Commit[] = []
  for (let at: Commit | undefined = head; at !== base; at = parentOf(repository, at)) {
    if (at?.parents.length !== 1) return undefined
    line.push(at)
  }
  return line.reverse()
}

/** `head` and all that led to it, oldest first. */
function allUpTo(repository: Repository, head: Commit): readonly Commit[] {
  const found = new Set([head])
  // A set is walked in the order of insertion, also over what is inserted on the way.
  for (const commit of found) {
    const parent = parentOf(repository, commit)
    if (parent !== undefined) found.add(parent)
  }
  return [...found].reverse()
}

function branchAt(repository: Repository, commit: Commit): string | undefined {
  return [...repository.branches].find(([, head]) => head === commit)?.[0]
}
