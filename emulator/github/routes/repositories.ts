import { jsonAnswer } from '../../http/message.ts'
import { accessRepository } from '../repository-access.ts'
import { fullRepositoryJson } from '../resources/repository.ts'
import type { Route } from '../route.ts'

/** Repositories themselves. */
export const repositoryRoutes: readonly Route[] = [
  {
    operation: 'repos/get',
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    docs: 'https://docs.github.com/rest/repos/repos#get-a-repository',
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'metadata', level: 'read' })
      return access.ok ? jsonAnswer(200, fullRepositoryJson(platform.api, access.repository)) : access.answer
    },
  },
]
