import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { errorAnswer, notFound } from '../error-answer.ts'
import { commitsBetween, filesBetween, mergeBase } from '../model/history.ts'
import { fullName, resolveRef } from '../model/repository.ts'
import type { Repository } from '../model/repository.ts'
import { networkRef } from '../network.ts'
import { paginate } from '../pagination.ts'
import { accessRepository } from '../repository-access.ts'
import { commitJson, differenceJson } from '../resources/commit.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'

// Limits: https://docs.github.com/rest/commits/commits#compare-two-commits
const COMMITS_WITHOUT_PAGE_MAX = 250
const FILES_MAX = 300

/** The difference that the commits of one side would make on the other. */
export const compareRoute: Route = {
  operation: 'repos/compare-commits-with-basehead',
  method: 'GET',
  path: '/repos/{owner}/{repo}/compare/{+basehead}',
  docs: 'https://docs.github.com/rest/commits/commits#compare-two-commits',
  by: 'token',
  answer(request, platform) {
    const access = accessRepository(request, platform, { permission: 'contents', level: 'read' })
    return access.ok ? compare(request, platform, access.repository) : access.answer
  },
}

function compare(request: RoutedRequest, { registry, api }: Platform, repository: Repository): Answer {
  const { docs } = request.route
  const { basehead = '' } = request.parameters
  const [base, head, more] = basehead.split('...').map((text) => {
    const named = text === '' ? undefined : networkRef(registry, repository, text)
    return named && resolveRef(named.repository, named.ref)
  })
  if (base === undefined || head === undefined || more !== undefined) return notFound(docs)
  const { commits: store } = repository
  const from = mergeBase(store, base, head)
  if (from === undefined) {
    return errorAnswer(404, `No common ancestor between ${basehead.replace('...', ' and ')}.`, docs)
  }
  const ahead = commitsBetween(store, base, head)
  const behind = commitsBetween(store, head, base).length
  const files = filesBetween(from.files, head.files).slice(0, FILES_MAX)
  const shas = { before: from.sha, after: head.sha }

  const { query } = request.received
  const page =
    query.has('page') || query.has('per_page')
      ? paginate(ahead, request, api)
      : { items: ahead.slice(-COMMITS_WITHOUT_PAGE_MAX), headers: {} }
  const isFirst = !(Number(query.get('page')) > 1)
  const name = fullName(repository)
  const html = `https://github.com/${name}/compare/${escaped(basehead)}`
  const body = {
    url: `${api}/repos/${name}/compare/${escaped(basehead)}`,
    html_url: html,
    permalink_url: `https://github.com/${name}/compare/${base.sha}...${head.sha}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitJson(api, repository, base),
    merge_base_commit: commitJson(api, repository, from),
    status: statusOf(ahead.length, behind),
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: page.items.map((commit) => commitJson(api, repository, commit)),
    ...(isFirst ? { files: files.map((one) => differenceJson(api, repository, shas, one)) } : {}),
  }
  return jsonAnswer(200, body, page.headers)
}

function statusOf(ahead: number, behind: number): 'identical' | 'ahead' | 'behind' | 'diverged' {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}

function escaped(basehead: string): string {
  return basehead.split('/').map(encodeURIComponent).join('/')
}
