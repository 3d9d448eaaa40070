import type { Commit, GitEntry } from '../model/git.ts'
import type { MergeGroup, MergeGroupEnd } from '../model/event.ts'
import { filesBetween, mergeBase } from '../model/history.ts'
import { headOf, nextNumber, openPullRequestsOf } from '../model/pull-request.ts'
import { addCommit, moveBranch, removeBranch } from '../model/push.ts'
import type { Repository } from '../model/repository.ts'
import { createLookup, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'

/** What is put into a merge queue: a pull request by its number, or a branch. */
export interface QueuedMerge {
  /** `owner/name`. */
  readonly repository: string
  readonly pullRequest?: number
  readonly head?: string
  /** Default: the pull request's base, or the default branch. */
  readonly base?: string
}

/** A merge queue. Its groups are branches of their own. */
export interface MergeQueueControl {
  /** Makes the commit that the merge would be, and asks for checks of it. */
  readonly queueMerge: (merge: QueuedMerge) => MergeGroup
  /** Ends a group; `merged` moves the base branch to its commit. */
  readonly endMergeGroup: (group: MergeGroup, reason: MergeGroupEnd) => void
}

export function createMergeQueueControl({ registry, now, announce }: ControlParts): MergeQueueControl {
  const lookup = createLookup(registry)
  return {
    queueMerge({ repository: fullName, pullRequest: number, head: headBranch, base }) {
      const repository = lookup.repository(fullName)
      const pullRequest =
        number === undefined
          ? openPullRequestsOf([repository], repository, headBranch ?? '')[0]
          : known(
              repository.pullRequests.find((one) => one.number === number),
              `pull request ${number}`,
            )
      const head = known(
        pullRequest === undefined ? repository.branches.get(headBranch ?? '') : headOf(pullRequest),
        `branch ${headBranch ?? ''}`,
      )
      const baseBranch = base ?? pullRequest?.baseBranch ?? repository.defaultBranch
      const onto = known(repository.branches.get(baseBranch), `branch ${baseBranch}`)
      const shown = pullRequest?.number ?? nextNumber(repository)
      const from = pullRequest?.headBranch ?? headBranch ?? ''
      const message = `Merge pull request #${shown} from ${repository.owner.login}/${from}`
      const changes = changesOnto(repository, onto, head)
      const merge = addCommit(repository, [onto, head], changes, message, now())
      const branch = `gh-readonly-queue/${baseBranch}/pr-${shown}-${onto.sha}`
      const mergeGroup = {
        repository,
        headSha: merge.sha,
        headRef: `refs/heads/${branch}`,
        baseSha: onto.sha,
        baseRef: `refs/heads/${baseBranch}`,
      }
      announce({ kind: 'push', push: moveBranch(repository, branch, merge, now()) })
      announce({ kind: 'merge_group', action: 'checks_requested', mergeGroup })
      return mergeGroup
    },
    endMergeGroup(mergeGroup, reason) {
      const { repository, headRef, baseRef, headSha } = mergeGroup
      const branch = headRef.replace('refs/heads/', '')
      const head = known(repository.branches.get(branch), `branch ${branch}`)
      if (reason === 'merged' && head.sha === headSha) {
        const push = moveBranch(repository, baseRef.replace('refs/heads/', ''), head, now())
        announce({ kind: 'push', push })
      }
      announce({ kind: 'push', push: removeBranch(repository, branch, head, now()) })
      announce({ kind: 'merge_group', action: 'destroyed', mergeGroup, reason })
    },
  }
}

/** What `head` changed since it parted from `onto`. */
function changesOnto(repository: Repository, onto: Commit, head: Commit): Map<string, GitEntry | null> {
  const common = mergeBase(repository.commits, onto, head)
  const changes = new Map<string, GitEntry | null>()
  for (const change of filesBetween(common?.files ?? new Map(), head.files)) {
    if (change.status === 'renamed') changes.set(change.previousPath, null)
    changes.set(change.path, change.status === 'removed' ? null : change.entry)
  }
  return changes
}
