import type { Commit, GitEntry } from './git.ts'

/** Commits by object id. */
export type CommitStore = ReadonlyMap<string, Commit>

/** What happened to one file between two trees. */
export type FileDifference =
  | { readonly status: 'added'; readonly path: string; readonly entry: GitEntry }
  | { readonly status: 'removed'; readonly path: string; readonly entry: GitEntry }
  | {
      /** `changed` where another kind of entry took the place. */
      readonly status: 'modified' | 'changed' | 'renamed'
      readonly path: string
      readonly previousPath: string
      readonly entry: GitEntry
      readonly previous: GitEntry
    }

/** The newest commit that both lead back to, or undefined where the histories have nothing in common. */
export function mergeBase(commits: CommitStore, one: Commit, other: Commit): Commit | undefined {
  const ancestors = reachable(commits, one)
  const common = [...reachable(commits, other)].filter((commit) => ancestors.has(commit))
  // The walk goes from newest to oldest, so that no common commit is found before its descendants.
  return common[0]
}

/** The commits that lead to `head` and not to `base`, oldest first. */
export function commitsBetween(commits: CommitStore, base: Commit, head: Commit): readonly Commit[] {
  const known = reachable(commits, base)
  return [...reachable(commits, head)].filter((commit) => !known.has(commit)).reverse()
}

/** What is different in `after`, sorted by path. A file removed and added again unchanged elsewhere was renamed. */
export function filesBetween(
  before: ReadonlyMap<string, GitEntry>,
  after: ReadonlyMap<string, GitEntry>,
): readonly FileDifference[] {
  const differences: FileDifference[] = []
  const removed = new Map([...before].filter(([path]) => !after.has(path)))
  for (const [path, entry] of after) {
    const previous = before.get(path)
    if (previous === undefined) {
      const previousPath = pathOf(removed, entry)
      if (previousPath === undefined) differences.push({ status: 'added', path, entry })
      else {
        removed.delete(previousPath)
        differences.push({ status: 'renamed', path, previousPath, entry, previous: entry })
      }
    } else if (!isSame(previous, entry)) {
      const status = previous.kind === entry.kind ? 'modified' : 'changed'
      differences.push({ status, path, previousPath: path, entry, previous })
    }
  }
  for (const [path, entry] of removed) differences.push({ status: 'removed', path, entry })
  return differences.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** `head` and all its ancestors, each before its parents. */
function reachable(commits: CommitStore, head: Commit): ReadonlySet<Commit> {
  // Depth first, without recursion: a commit is put down when all behind it is.
  const done = new Set<Commit>()
  const open = [head]
  for (let commit = open.at(-1); commit !== undefined; commit = open.at(-1)) {
    const next = commit.parents
      .map((sha) => commits.get(sha))
      .find((parent) => parent !== undefined && !done.has(parent))
    if (next !== undefined) open.push(next)
    else {
      done.add(commit)
      open.pop()
    }
  }
  return new Set([...done].reverse())
}

function pathOf(files: ReadonlyMap<string, GitEntry>, wanted: GitEntry): string | undefined {
  for (const [path, entry] of files) if (isSame(entry, wanted)) return path
  return undefined
}

function isSame(one: GitEntry, other: GitEntry): boolean {
  return one.sha === other.sha && one.kind === other.kind
}
