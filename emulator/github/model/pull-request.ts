import type { Commit } from './git.ts'
import { filesBetween, mergeBase } from './history.ts'
import type { FileDifference } from './history.ts'
import type { PullRequest, Repository } from './repository.ts'

/** The commit at its head: of an open one that of the branch as it is now. */
export function headOf({ state, headRepository, headBranch, kept }: PullRequest): Commit {
  return state === 'open' ? (headRepository.branches.get(headBranch) ?? kept.head) : kept.head
}

/** The commit that it would be merged into: of an open one that of the branch as it is now. */
export function baseOf({ state, repository, baseBranch, kept }: PullRequest): Commit {
  return state === 'open' ? (repository.branches.get(baseBranch) ?? kept.base) : kept.base
}

/** What it changes: from where both branches parted to its head. */
export function changesOf(pullRequest: PullRequest): readonly FileDifference[] {
  const head = headOf(pullRequest)
  const from = mergeBase(pullRequest.repository.commits, baseOf(pullRequest), head)
  return filesBetween(from?.files ?? new Map(), head.files)
}

/** Has it stay as it is now, whatever happens to its branches. */
export function closePullRequest(pullRequest: PullRequest, now: number): void {
  pullRequest.kept = { head: headOf(pullRequest), base: baseOf(pullRequest) }
  pullRequest.state = 'closed'
  pullRequest.updatedAt = now
  pullRequest.closedAt = now
}

/** Has it follow its branches again. */
export function reopenPullRequest(pullRequest: PullRequest, now: number): void {
  pullRequest.state = 'open'
  pullRequest.updatedAt = now
  pullRequest.closedAt = null
}

/** True if its changes come from another repository than they go to. */
export function isFromFork({ repository, headRepository }: PullRequest): boolean {
  return repository !== headRepository
}

/** The open pull requests, of whichever repository, whose head is the branch. */
export function openPullRequestsOf(
  repositories: Iterable<Repository>,
  repository: Repository,
  branch: string,
): readonly PullRequest[] {
  return [...repositories]
    .flatMap(({ pullRequests }) => pullRequests)
    .filter(
      ({ state, headRepository, headBranch }) =>
        state === 'open' && headRepository === repository && headBranch === branch,
    )
}

/**
 * The open pull requests that a check of the commit lists: those whose head it is, and whose head is in the
 * repository itself. A fork's is never among them.
 * https://docs.github.com/rest/checks/runs#create-a-check-run
 */
export function pullRequestsAt(repository: Repository, headSha: string): readonly PullRequest[] {
  return repository.pullRequests.filter(
    (pullRequest) =>
      pullRequest.state === 'open' && !isFromFork(pullRequest) && headOf(pullRequest).sha === headSha,
  )
}

/** The number of the next issue or pull request: both count as one. */
export function nextNumber({ issues, pullRequests }: Repository): number {
  return issues.length + pullRequests.length + 1
}

/** What a new pull request is made of. */
export type NewPullRequest = Pick<
  PullRequest,
  'id' | 'repository' | 'headRepository' | 'headBranch' | 'baseBranch' | 'title' | 'body' | 'author' | 'kept'
> & { readonly now: number }

/** Opens a pull request. */
export function addPullRequest({ now, ...start }: NewPullRequest): PullRequest {
  const pullRequest: PullRequest = {
    ...start,
    number: nextNumber(start.repository),
    state: 'open',
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  }
  start.repository.pullRequests.push(pullRequest)
  return pullRequest
}
