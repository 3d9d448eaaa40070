import { jsonAnswer } from '../../http/message.ts'
import { errorAnswer, notFound } from '../error-answer.ts'
import { reaches } from '../access-token.ts'
import { suspended } from '../caller.ts'
import { paginate } from '../pagination.ts'
import { timestamp } from '../resources/account.ts'
import { repositoryJson } from '../resources/repository.ts'
import type { Route } from '../route.ts'
import { scopePermissions, scopeRepositories } from '../token-scope.ts'
import { installationNamed } from './apps.ts'

/** Making, using up and ending installation tokens. */
export const installationTokenRoutes: readonly Route[] = [
  {
    operation: 'apps/create-installation-access-token',
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    docs: 'https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app',
    by: 'app',
    answer(request, platform) {
      const { registry, tokens, api } = platform
      const installation = installationNamed(request, platform)
      if (installation === undefined) return notFound(request.route.docs)
      if (installation.suspendedAt !== null) return suspended(request.route.docs)
      const permissions = scopePermissions(request, installation)
      if (!permissions.ok) return permissions.answer
      const repositories = scopeRepositories(request, installation, registry)
      if (!repositories.ok) return repositories.answer
      const issued = tokens.issue({
        installation,
        permissions: permissions.value,
        repositories: repositories.value,
      })
      const selected =
        repositories.value !== 'all'
          ? repositories.value
          : installation.selection === 'all'
            ? undefined
            : registry.repositoriesOf(installation)
      return jsonAnswer(201, {
        token: issued.token,
        expires_at: timestamp(issued.expiresAt),
        permissions: issued.permissions,
        repository_selection: selected === undefined ? 'all' : 'selected',
        ...(selected === undefined
          ? {}
          : { repositories: [...selected].map((repository) => repositoryJson(api, repository)) }),
      })
    },
  },
  {
    operation: 'apps/revoke-installation-access-token',
    method: 'DELETE',
    path: '/installation/token',
    docs: 'https://docs.github.com/rest/apps/installations#revoke-an-installation-access-token',
    by: 'token',
    answer({ caller, route }, { tokens }) {
      if (caller.kind !== 'installation') return errorAnswer(401, 'Requires authentication', route.docs)
      tokens.revoke(caller.token.token)
      return { status: 204, headers: {}, body: '' }
    },
  },
  {
    operation: 'apps/list-repos-accessible-to-installation',
    method: 'GET',
    path: '/installation/repositories',
    docs: 'https://docs.github.com/rest/apps/installations#list-repositories-accessible-to-the-app-installation',
    by: 'token',
    answer(request, { registry, api }) {
      const { caller, route } = request
      if (caller.kind !== 'installation') return errorAnswer(401, 'Requires authentication', route.docs)
      const all = registry
        .repositoriesOf(caller.token.installation)
        .filter((repository) => reaches(caller.token, repository))
      const page = paginate(all, request, api)
      return jsonAnswer(
        200,
        {
          total_count: all.length,
          repository_selection: caller.token.repositories === 'all' ? 'all' : 'selected',
          repositories: page.items.map((repository) => repositoryJson(api, repository)),
        },
        page.headers,
      )
    },
  },
]
