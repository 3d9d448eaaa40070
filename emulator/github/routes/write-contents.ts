import { jsonAnswer } from '../../http/message.ts'
import { actorOf } from '../caller.ts'
import { errorAnswer, validationAnswer } from '../error-answer.ts'
import { gitEntry } from '../model/git.ts'
import { commitTo } from '../model/push.ts'
import { fullName } from '../model/repository.ts'
import { accessRepository } from '../repository-access.ts'
import { timestamp } from '../resources/account.ts'
import { writtenFileJson } from '../resources/content.ts'
import type { Route } from '../route.ts'

/** Writing one file, which is a push. */
export const writeContentsRoute: Route = {
  operation: 'repos/create-or-update-file-contents',
  method: 'PUT',
  path: '/repos/{owner}/{repo}/contents/{+path}',
  docs: 'https://docs.github.com/rest/repos/contents#create-or-update-file-contents',
  by: 'token',
  answer(request, platform) {
    const { docs } = request.route
    const access = accessRepository(request, platform, { permission: 'contents', level: 'write' })
    if (!access.ok) return access.answer
    const { repository } = access
    const { message, content, sha, branch = repository.defaultBranch } = request.body
    const path = request.parameters['path'] ?? ''
    if (typeof message !== 'string' || typeof content !== 'string' || typeof branch !== 'string') {
      const field =
        typeof message !== 'string' ? 'message' : typeof content !== 'string' ? 'content' : 'branch'
      return validationAnswer([{ resource: 'Commit', code: 'missing_field', field }], docs)
    }
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      return errorAnswer(422, 'path contains a malformed path component', docs)
    }
    const before = repository.branches.get(branch)?.files.get(path)
    if (before !== undefined && sha === undefined) {
      return errorAnswer(422, 'Invalid request.\n\n"sha" wasn\'t supplied.', docs)
    }
    if (sha !== undefined && sha !== before?.sha) {
      return errorAnswer(409, `${path} does not match the sha given`, docs)
    }
    const entry = gitEntry('file', Buffer.from(content, 'base64'))
    const push = commitTo(repository, branch, new Map([[path, entry]]), message, platform.now())
    platform.announce({ kind: 'push', push }, actorOf(request.caller))
    const { commit } = push
    const author = { name: 'Mona', email: 'mona@example.com', date: timestamp(commit.date) }
    const url = `${platform.api}/repos/${fullName(repository)}/git/commits/${commit.sha}`
    const htmlUrl = `https://github.com/${fullName(repository)}/commit/${commit.sha}`
    return jsonAnswer(before === undefined ? 201 : 200, {
      content: writtenFileJson({ api: platform.api, repository, ref: branch }, path, entry),
      commit: {
        sha: commit.sha,
        node_id: Buffer.from(`06:Commit${commit.sha}`).toString('base64'),
        url,
        html_url: htmlUrl,
        author,
        committer: author,
        message,
        tree: { sha: commit.treeSha, url: url.replace(/commits\/\w+$/, `trees/${commit.treeSha}`) },
        parents: commit.parents.map((parent) => ({ sha: parent, url: url.replace(commit.sha, parent) })),
        verification: {
          verified: false,
          reason: 'unsigned',
          signature: null,
          payload: null,
          verified_at: null,
        },
      },
    })
  },
}
