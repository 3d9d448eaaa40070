import { jsonAnswer } from '../../http/message.ts'
import { validationAnswer } from '../error-answer.ts'
import { nextNumber } from '../model/pull-request.ts'
import { paginate } from '../pagination.ts'
import { accessRepository } from '../repository-access.ts'
import { issueJson } from '../resources/issue.ts'
import type { Route } from '../route.ts'

const DOCS = 'https://docs.github.com/rest/issues/issues'

/** Issues: the plainest thing to try a token's permissions on. */
export const issueRoutes: readonly Route[] = [
  {
    operation: 'issues/list-for-repo',
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues',
    docs: `${DOCS}#list-repository-issues`,
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'issues', level: 'read' })
      if (!access.ok) return access.answer
      const { repository } = access
      const page = paginate(repository.issues.toReversed(), request, platform.api)
      const items = page.items.map((issue) => issueJson(platform.api, repository, issue))
      return jsonAnswer(200, items, page.headers)
    },
  },
  {
    operation: 'issues/create',
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues',
    docs: `${DOCS}#create-an-issue`,
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'issues', level: 'write' })
      if (!access.ok) return access.answer
      const { repository } = access
      const { title, body } = request.body
      if ((typeof title !== 'string' && typeof title !== 'number') || title === '') {
        return validationAnswer(
          [{ resource: 'Issue', code: 'missing_field', field: 'title' }],
          request.route.docs,
        )
      }
      const app = request.caller.kind === 'installation' ? request.caller.token.installation.app : undefined
      const issue = {
        id: platform.registry.nextId(),
        number: nextNumber(repository),
        title: String(title),
        body: typeof body === 'string' ? body : null,
        author: { login: `${app?.slug ?? 'ghost'}[bot]`, id: app?.id ?? 0, type: 'Bot' as const },
        createdAt: platform.now(),
      }
      repository.issues.push(issue)
      const json = issueJson(platform.api, repository, issue)
      return jsonAnswer(201, json, { location: json.url })
    },
  },
]
