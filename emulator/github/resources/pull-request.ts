import { commitsBetween } from '../model/history.ts'
import { baseOf, changesOf, headOf } from '../model/pull-request.ts'
import type { PullRequest, Repository } from '../model/repository.ts'
import { fullName } from '../model/repository.ts'
import { accountJson, timestamp } from './account.ts'
import { countLines } from './commit.ts'
import { repositoryJson } from './repository.ts'

/** `pull-request` of GitHub's description. */
export function pullRequestJson(api: string, pullRequest: PullRequest) {
  const { id, number, repository, headRepository, state } = pullRequest
  const name = fullName(repository)
  const repositoryUrl = `${api}/repos/${name}`
  const url = `${repositoryUrl}/pulls/${number}`
  const issueUrl = `${repositoryUrl}/issues/${number}`
  const html = `https://github.com/${name}/pull/${number}`
  const links = {
    self: url,
    html,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repositoryUrl}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repositoryUrl}/statuses/${headOf(pullRequest).sha}`,
  }
  return {
    url,
    id,
    node_id: Buffer.from(`011:PullRequest${id}`).toString('base64'),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    number,
    state,
    locked: false,
    title: pullRequest.title,
    user: accountJson(api, pullRequest.author),
    body: pullRequest.body,
    created_at: timestamp(pullRequest.createdAt),
    updated_at: timestamp(pullRequest.updatedAt),
    closed_at: pullRequest.closedAt === null ? null : timestamp(pullRequest.closedAt),
    merged_at: null,
    merge_commit_sha: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: false,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: sideJson(api, headRepository, pullRequest.headBranch, headOf(pullRequest).sha),
    base: sideJson(api, repository, pullRequest.baseBranch, baseOf(pullRequest).sha),
    _links: Object.fromEntries(Object.entries(links).map(([rel, href]) => [rel, { href }])),
    author_association: 'CONTRIBUTOR',
    auto_merge: null,
    active_lock_reason: null,
    merged: false,
    mergeable: state === 'open' ? true : null,
    rebaseable: state === 'open' ? true : null,
    mergeable_state: state === 'open' ? 'clean' : 'unknown',
    merged_by: null,
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    ...sizeOf(pullRequest),
  }
}

/** `pull-request-minimal`: how checks name a pull request. */
export function minimalPullRequestJson(api: string, pullRequest: PullRequest) {
  const side = (repository: Repository, ref: string, sha: string) => ({
    ref,
    sha,
    repo: {
      id: repository.id,
      url: `${api}/repos/${fullName(repository)}`,
      name: repository.name,
    },
  })
  const { id, number, repository, headRepository, headBranch, baseBranch } = pullRequest
  return {
    id,
    number,
    url: `${api}/repos/${fullName(repository)}/pulls/${number}`,
    head: side(headRepository, headBranch, headOf(pullRequest).sha),
    base: side(repository, baseBranch, baseOf(pullRequest).sha),
  }
}

function sideJson(api: string, repository: Repository, ref: string, sha: string) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: accountJson(api, repository.owner),
    repo: repositoryJson(api, repository),
  }
}

function sizeOf(pullRequest: PullRequest) {
  const differences = changesOf(pullRequest)
  const { commits } = pullRequest.repository
  return {
    commits: commitsBetween(commits, baseOf(pullRequest), headOf(pullRequest)).length,
    ...countLines(differences),
    changed_files: differences.length,
  }
}
