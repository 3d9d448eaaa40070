import { jsonAnswer } from '../../http/message.ts'
import { errorAnswer } from '../error-answer.ts'
import { filesBetween } from '../model/history.ts'
import { resolveRef } from '../model/repository.ts'
import { accessRepository } from '../repository-access.ts'
import { commitJson, countLines, differenceJson } from '../resources/commit.ts'
import type { Route } from '../route.ts'

/** Files that are listed; GitHub has those beyond, up to 3,000, on further pages. */
const FILES_MAX = 300

/** One commit, with what it did to the files of its first parent. */
export const commitRoute: Route = {
  operation: 'repos/get-commit',
  method: 'GET',
  path: '/repos/{owner}/{repo}/commits/{ref}',
  docs: 'https://docs.github.com/rest/commits/commits#get-a-commit',
  by: 'token',
  answer(request, platform) {
    const { api } = platform
    const { docs } = request.route
    const access = accessRepository(request, platform, { permission: 'contents', level: 'read' })
    if (!access.ok) return access.answer
    const { repository } = access
    if (repository.branches.size === 0) return errorAnswer(409, 'Git Repository is empty.', docs)
    const { ref = '' } = request.parameters
    const commit = resolveRef(repository, ref)
    if (commit === undefined) return errorAnswer(422, `No commit found for SHA: ${ref}`, docs)
    const parent = repository.commits.get(commit.parents[0] ?? '')
    const differences = filesBetween(parent?.files ?? new Map(), commit.files)
    const { additions, deletions } = countLines(differences)
    const shas = { before: parent?.sha ?? commit.sha, after: commit.sha }
    return jsonAnswer(200, {
      ...commitJson(api, repository, commit),
      stats: { total: additions + deletions, additions, deletions },
      files: differences.slice(0, FILES_MAX).map((one) => differenceJson(api, repository, shas, one)),
    })
  },
}
