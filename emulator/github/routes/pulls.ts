import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { actorOf } from '../caller.ts'
import { customErrorAnswer } from '../custom-error.ts'
import { notFound, validationAnswer } from '../error-answer.ts'
import { mergeBase } from '../model/history.ts'
import { addPullRequest, baseOf, changesOf, headOf } from '../model/pull-request.ts'
import type { PullRequest, Repository } from '../model/repository.ts'
import { networkRef, rootOf } from '../network.ts'
import type { NetworkRef } from '../network.ts'
import { paginate } from '../pagination.ts'
import { accessRepository } from '../repository-access.ts'
import { differenceJson } from '../resources/commit.ts'
import { pullRequestJson } from '../resources/pull-request.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'

const DOCS = 'https://docs.github.com/rest/pulls/pulls'

/** Files of a pull request that are listed: https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
const FILES_MAX = 3000

/** Pull requests. */
export const pullRoutes: readonly Route[] = [
  {
    operation: 'pulls/create',
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls',
    docs: `${DOCS}#create-a-pull-request`,
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'pull_requests', level: 'write' })
      return access.ok ? create(request, platform, access.repository) : access.answer
    },
  },
  {
    operation: 'pulls/get',
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    docs: `${DOCS}#get-a-pull-request`,
    by: 'token',
    answer: (request, platform) =>
      withPullRequest(request, platform, (pullRequest) =>
        jsonAnswer(200, pullRequestJson(platform.api, pullRequest)),
      ),
  },
  {
    operation: 'pulls/list-files',
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/files',
    docs: `${DOCS}#list-pull-requests-files`,
    by: 'token',
    answer: (request, platform) =>
      withPullRequest(request, platform, (pullRequest) => {
        const { repository } = pullRequest
        const head = headOf(pullRequest)
        const base = baseOf(pullRequest)
        const shas = {
          before: mergeBase(repository.commits, base, head)?.sha ?? base.sha,
          after: head.sha,
        }
        const page = paginate(changesOf(pullRequest).slice(0, FILES_MAX), request, platform.api)
        const items = page.items.map((one) => differenceJson(platform.api, repository, shas, one))
        return jsonAnswer(200, items, page.headers)
      }),
  },
]

function create(request: RoutedRequest, platform: Platform, repository: Repository): Answer {
  const { docs } = request.route
  const { title, body, base, head, head_repo: headRepo } = request.body
  if (typeof title !== 'string' || title === '') {
    return validationAnswer([{ resource: 'PullRequest', code: 'missing_field', field: 'title' }], docs)
  }
  const invalid = (field: string): Answer =>
    validationAnswer([{ resource: 'PullRequest', code: 'invalid', field }], docs)
  const refused = (message: string): Answer => customErrorAnswer({ resource: 'PullRequest', message }, docs)
  const onto = typeof base === 'string' ? repository.branches.get(base) : undefined
  if (typeof base !== 'string' || onto === undefined) return invalid('base')
  const from = typeof head === 'string' ? headNamed(platform, repository, head, headRepo) : undefined
  const commit = from?.repository.branches.get(from.ref)
  if (from === undefined || commit === undefined) return invalid('head')
  const label = `${from.repository.owner.login}:${from.ref}`
  if (mergeBase(repository.commits, commit, onto) === commit) {
    return refused(`No commits between ${base} and ${from.ref}`)
  }
  const isTaken = repository.pullRequests.some(
    ({ state, headRepository, headBranch, baseBranch }) =>
      state === 'open' &&
      headRepository === from.repository &&
      headBranch === from.ref &&
      baseBranch === base,
  )
  if (isTaken) return refused(`A pull request already exists for ${label}.`)
  const author = actorOf(request.caller)
  if (author === undefined) throw new Error('Only an App can write.')
  const pullRequest = addPullRequest({
    id: platform.registry.nextId(),
    repository,
    headRepository: from.repository,
    headBranch: from.ref,
    baseBranch: base,
    title,
    body: typeof body === 'string' ? body : null,
    author,
    kept: { head: commit, base: onto },
    now: platform.now(),
  })
  platform.announce({ kind: 'pull_request', action: 'opened', pullRequest }, author)
  const json = pullRequestJson(platform.api, pullRequest)
  return jsonAnswer(201, json, { location: json.url })
}

/** What `head` means: a branch, one of another owner's fork, or one of the fork that `head_repo` names. */
function headNamed(
  { registry }: Platform,
  repository: Repository,
  head: string,
  headRepo: unknown,
): NetworkRef | undefined {
  const named = networkRef(registry, repository, head)
  if (named === undefined || headRepo === undefined) return named
  const [owner = '', name = ''] = typeof headRepo === 'string' ? headRepo.split('/') : []
  const lookup = registry.repository(owner, name)
  return lookup.kind === 'found' && rootOf(lookup.repository) === rootOf(repository)
    ? { ...named, repository: lookup.repository }
    : undefined
}

/** Runs `answer` with the pull request that the path names, if the caller may see it. */
function withPullRequest(
  request: RoutedRequest,
  platform: Platform,
  answer: (pullRequest: PullRequest) => Answer,
): Answer {
  const access = accessRepository(request, platform, { permission: 'pull_requests', level: 'read' })
  if (!access.ok) return access.answer
  const number = Number(request.parameters['pull_number'])
  const found = access.repository.pullRequests.find((one) => one.number === number)
  return found === undefined ? notFound(request.route.docs) : answer(found)
}
