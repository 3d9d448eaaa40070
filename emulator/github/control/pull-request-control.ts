import { addPullRequest, closePullRequest, reopenPullRequest } from '../model/pull-request.ts'
import type { PullRequest, Repository } from '../model/repository.ts'
import { createRepository } from '../model/repository.ts'
import { rootOf } from '../network.ts'
import { createLookup, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'

/** A new pull request. */
export interface OpenedPullRequest {
  /** `owner/name` of where the changes shall go. */
  readonly repository: string
  /** Branch with the changes. */
  readonly head: string
  /** Branch they shall go to; default the default branch. */
  readonly base?: string
  /** Default: names the head. */
  readonly title?: string
  /** `owner/name` of the fork that has the head; default `repository`. */
  readonly from?: string
}

/** A new fork. */
export interface NewFork {
  /** `owner/name` of what is forked. */
  readonly of: string
  /** Login of who gets it. */
  readonly owner: string
  /** Default: as what is forked. */
  readonly name?: string
}

/** What people do with pull requests and forks. */
export interface PullRequestControl {
  readonly openPullRequest: (pullRequest: OpenedPullRequest) => PullRequest
  /** It stays as it is, whatever happens to its branches. */
  readonly closePullRequest: (repository: string, number: number) => PullRequest
  /** It follows its branches again. */
  readonly reopenPullRequest: (repository: string, number: number) => PullRequest
  /** Copies the branches. Commits of either repository can be read by their ids in the other. */
  readonly addFork: (fork: NewFork) => Readonly<Repository>
}

/** Who opens pull requests here. */
const AUTHOR = { login: 'mona', id: 1, type: 'User' } as const

export function createPullRequestControl({ registry, now, announce }: ControlParts): PullRequestControl {
  const lookup = createLookup(registry)
  const pullRequestWith = (fullName: string, number: number): PullRequest =>
    known(
      lookup.repository(fullName).pullRequests.find((one) => one.number === number),
      `pull request ${number}`,
    )
  return {
    openPullRequest({ repository: fullName, head, base, title = `Take ${head}`, from = fullName }) {
      const repository = lookup.repository(fullName)
      const headRepository = lookup.repository(from)
      if (rootOf(headRepository) !== rootOf(repository)) throw new Error(`${from} is no fork of ${fullName}.`)
      const baseBranch = base ?? repository.defaultBranch
      const pullRequest = addPullRequest({
        id: registry.nextId(),
        repository,
        headRepository,
        headBranch: head,
        baseBranch,
        title,
        body: null,
        author: AUTHOR,
        kept: {
          head: known(headRepository.branches.get(head), `branch ${head}`),
          base: known(repository.branches.get(baseBranch), `branch ${baseBranch}`),
        },
        now: now(),
      })
      announce({ kind: 'pull_request', action: 'opened', pullRequest })
      return pullRequest
    },
    closePullRequest(fullName, number) {
      const pullRequest = pullRequestWith(fullName, number)
      closePullRequest(pullRequest, now())
      announce({ kind: 'pull_request', action: 'closed', pullRequest })
      return pullRequest
    },
    reopenPullRequest(fullName, number) {
      const pullRequest = pullRequestWith(fullName, number)
      reopenPullRequest(pullRequest, now())
      announce({ kind: 'pull_request', action: 'reopened', pullRequest })
      return pullRequest
    },
    addFork({ of, owner, name }) {
      const parent = lookup.repository(of)
      const fork = createRepository({
        id: registry.nextId(),
        owner: lookup.account(owner),
        name: name ?? parent.name,
        private: parent.private,
        defaultBranch: parent.defaultBranch,
        parent,
        now: now(),
      })
      for (const [branch, commit] of parent.branches) fork.branches.set(branch, commit)
      registry.addRepository(fork)
      return fork
    },
  }
}
