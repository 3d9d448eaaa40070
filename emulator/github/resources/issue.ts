import { fullName } from '../model/repository.ts'
import type { Issue, Repository } from '../model/repository.ts'
import { accountJson, timestamp } from './account.ts'

/** `issue` of GitHub's description. */
export function issueJson(api: string, repository: Repository, issue: Issue) {
  const repositoryUrl = `${api}/repos/${fullName(repository)}`
  const url = `${repositoryUrl}/issues/${issue.number}`
  return {
    id: issue.id,
    node_id: Buffer.from(`05:Issue${issue.id}`).toString('base64'),
    url,
    repository_url: repositoryUrl,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `https://github.com/${fullName(repository)}/issues/${issue.number}`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: accountJson(api, issue.author),
    labels: [],
    state: 'open',
    state_reason: null,
    locked: false,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.createdAt),
    closed_at: null,
    author_association: 'NONE',
  }
}
