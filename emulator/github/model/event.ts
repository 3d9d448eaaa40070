import type { Installation } from './installation.ts'
import type { Push } from './push.ts'
import type { CheckRun, CheckSuite, PullRequest, Repository } from './repository.ts'

/** A group of a merge queue, which is a branch of its own. */
export interface MergeGroup {
  readonly repository: Repository
  readonly headSha: string
  /** `refs/heads/gh-readonly-queue/<base>/pr-<number>-<sha>`. */
  readonly headRef: string
  readonly baseSha: string
  /** `refs/heads/<base>`. */
  readonly baseRef: string
}

/** Why a merge group is gone. */
export type MergeGroupEnd = 'merged' | 'invalidated' | 'dequeued'

/** What an `edited`, `renamed` or `transferred` repository was before. */
export interface RepositoryChanges {
  readonly default_branch?: { readonly from: string }
  readonly repository?: { readonly name: { readonly from: string } }
  readonly owner?: { readonly from: Repository['owner'] }
}

/** Something that happened, by the name of its webhook. */
export type GitHubEvent =
  | { readonly kind: 'push'; readonly push: Push }
  | {
      readonly kind: 'pull_request'
      readonly action: 'opened' | 'reopened' | 'closed' | 'synchronize'
      readonly pullRequest: PullRequest
      /** Head before and after a `synchronize`. */
      readonly before?: string
      readonly after?: string
    }
  | {
      readonly kind: 'merge_group'
      readonly action: 'checks_requested' | 'destroyed'
      readonly mergeGroup: MergeGroup
      /** Of a `destroyed` one. */
      readonly reason?: MergeGroupEnd
    }
  | {
      readonly kind: 'check_suite'
      readonly action: 'requested' | 'rerequested' | 'completed'
      readonly suite: CheckSuite
    }
  | {
      readonly kind: 'check_run'
      readonly action: 'created' | 'completed' | 'rerequested' | 'requested_action'
      readonly checkRun: CheckRun
      /** The button of a `requested_action`. */
      readonly requestedAction?: { readonly identifier: string }
    }
  | {
      readonly kind: 'installation'
      readonly action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted'
      readonly installation: Installation
    }
  | {
      readonly kind: 'installation_repositories'
      readonly action: 'added' | 'removed'
      readonly installation: Installation
      readonly added: readonly Repository[]
      readonly removed: readonly Repository[]
    }
  | {
      readonly kind: 'repository'
      readonly action: 'renamed' | 'transferred' | 'deleted' | 'edited'
      readonly repository: Repository
      readonly changes?: RepositoryChanges
    }
