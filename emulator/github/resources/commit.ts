import type { Commit } from '../model/git.ts'
import type { FileDifference } from '../model/history.ts'
import { fullName } from '../model/repository.ts'
import type { Repository } from '../model/repository.ts'
import { timestamp } from './account.ts'

/** Who all commits are by, as `gitCommit` writes it. */
const AUTHOR = { name: 'Mona', email: 'mona@example.com' }

/** `commit` of GitHub's description, without its files. */
export function commitJson(api: string, repository: Repository, commit: Commit) {
  const url = `${api}/repos/${fullName(repository)}`
  const html = `https://github.com/${fullName(repository)}/commit`
  const author = { ...AUTHOR, date: timestamp(commit.date) }
  return {
    sha: commit.sha,
    node_id: Buffer.from(`06:Commit${commit.sha}`).toString('base64'),
    commit: {
      author,
      committer: author,
      message: commit.message,
      tree: { sha: commit.treeSha, url: `${url}/git/trees/${commit.treeSha}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${html}/${sha}`,
    })),
  }
}

/** `simple-commit`: what a check suite tells of its commit. */
export function simpleCommitJson({ sha, treeSha, message, date }: Commit) {
  return {
    id: sha,
    tree_id: treeSha,
    message,
    timestamp: timestamp(date),
    author: AUTHOR,
    committer: AUTHOR,
  }
}

/** `diff-entry`: one file of the difference between two commits. */
export function differenceJson(
  api: string,
  repository: Repository,
  { before, after }: { readonly before: string; readonly after: string },
  difference: FileDifference,
) {
  const { path, entry, status } = difference
  const at = status === 'removed' ? before : after
  const name = fullName(repository)
  const escaped = path.split('/').map(encodeURIComponent).join('/')
  const { additions, deletions } = changedLines(difference)
  return {
    sha: entry.sha,
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `https://github.com/${name}/blob/${at}/${escaped}`,
    raw_url: `https://github.com/${name}/raw/${at}/${escaped}`,
    contents_url: `${api}/repos/${name}/contents/${escaped}?ref=${at}`,
    ...(status === 'renamed' ? { previous_filename: difference.previousPath } : {}),
  }
}

/** The lines of all differences together. */
export function countLines(differences: readonly FileDifference[]) {
  const counts = differences.map(changedLines)
  const additions = counts.reduce((sum, count) => sum + count.additions, 0)
  const deletions = counts.reduce((sum, count) => sum + count.deletions, 0)
  return { additions, deletions }
}

/** How many lines there are on one side only. A line that moved counts as none, which is simpler than git's count. */
function changedLines(difference: FileDifference) {
  const lines = linesOf(difference.entry.content)
  if (difference.status === 'added') return { additions: lines.length, deletions: 0 }
  if (difference.status === 'removed') return { additions: 0, deletions: lines.length }
  const before = linesOf(difference.previous.content)
  return { additions: countMissing(lines, before), deletions: countMissing(before, lines) }
}

function linesOf(content: Buffer): readonly string[] {
  const lines = content.toString('latin1').split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** How many of `lines` are not in `others`, each counted as often as it is there. */
function countMissing(lines: readonly string[], others: readonly string[]): number {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  let missing = 0
  for (const line of lines) {
    const count = left.get(line) ?? 0
    if (count === 0) missing += 1
    else left.set(line, count - 1)
  }
  return missing
}
