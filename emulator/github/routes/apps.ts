import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import type { App } from '../model/app.ts'
import { covers } from '../model/installation.ts'
import type { Installation } from '../model/installation.ts'
import { notFound } from '../error-answer.ts'
import { paginate } from '../pagination.ts'
import { movedAnswer, nameRepository } from '../repository-access.ts'
import { appJson, installationJson } from '../resources/app.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'

const DOCS = 'https://docs.github.com/rest/apps/apps'

/** What an App asks about itself and its installations. */
export const appRoutes: readonly Route[] = [
  {
    operation: 'apps/get-authenticated',
    method: 'GET',
    path: '/app',
    docs: `${DOCS}#get-the-authenticated-app`,
    by: 'app',
    answer(request, platform) {
      const app = callingApp(request)
      return jsonAnswer(200, appJson(platform.api, app, installationsOf(app, platform).length))
    },
  },
  {
    operation: 'apps/list-installations',
    method: 'GET',
    path: '/app/installations',
    docs: `${DOCS}#list-installations-for-the-authenticated-app`,
    by: 'app',
    answer(request, platform) {
      const page = paginate(installationsOf(callingApp(request), platform), request, platform.api)
      const items = page.items.map((installation) => installationJson(platform.api, installation))
      return jsonAnswer(200, items, page.headers)
    },
  },
  {
    operation: 'apps/get-installation',
    method: 'GET',
    path: '/app/installations/{installation_id}',
    docs: `${DOCS}#get-an-installation-for-the-authenticated-app`,
    by: 'app',
    answer: (request, platform) =>
      installationAnswer(request, platform, installationNamed(request, platform)),
  },
  {
    operation: 'apps/get-repo-installation',
    method: 'GET',
    path: '/repos/{owner}/{repo}/installation',
    docs: `${DOCS}#get-a-repository-installation-for-the-authenticated-app`,
    by: 'app',
    answer(request, platform) {
      const named = nameRepository(request, platform)
      if (named.kind === 'absent') return notFound(request.route.docs)
      const { repository } = named
      const app = callingApp(request)
      const installation = installationsOf(app, platform).find((one) => covers(one, repository))
      if (installation === undefined || named.kind === 'found') {
        return installationAnswer(request, platform, installation)
      }
      return movedAnswer(request, platform, repository)
    },
  },
  {
    operation: 'apps/get-org-installation',
    method: 'GET',
    path: '/orgs/{org}/installation',
    docs: `${DOCS}#get-an-organization-installation-for-the-authenticated-app`,
    by: 'app',
    answer(request, platform) {
      const account = platform.registry.account(request.parameters['org'] ?? '')
      return account?.type === 'Organization'
        ? installationAnswer(
            request,
            platform,
            platform.registry.installationOn(callingApp(request), account),
          )
        : notFound(request.route.docs)
    },
  },
  {
    operation: 'apps/get-user-installation',
    method: 'GET',
    path: '/users/{username}/installation',
    docs: `${DOCS}#get-a-user-installation-for-the-authenticated-app`,
    by: 'app',
    // Answers for an organization too: GitHub takes either kind of login here.
    answer(request, platform) {
      const account = platform.registry.account(request.parameters['username'] ?? '')
      return account === undefined
        ? notFound(request.route.docs)
        : installationAnswer(
            request,
            platform,
            platform.registry.installationOn(callingApp(request), account),
          )
    },
  },
]

/** The App whose JWT came with a request to a route for Apps. */
export function callingApp({ caller }: RoutedRequest): App {
  if (caller.kind !== 'app') throw new Error('The route is not for Apps only.')
  return caller.app
}

/** The installation that the path names, if it is the calling App's. */
export function installationNamed(request: RoutedRequest, { registry }: Platform): Installation | undefined {
  const installation = registry.installations.get(Number(request.parameters['installation_id']))
  return installation?.app === callingApp(request) ? installation : undefined
}

function installationAnswer(
  { route }: RoutedRequest,
  { api }: Platform,
  installation: Installation | undefined,
): Answer {
  return installation === undefined
    ? notFound(route.docs)
    : jsonAnswer(200, installationJson(api, installation))
}

function installationsOf(app: App, { registry }: Platform): readonly Installation[] {
  return [...registry.installations.values()].filter((installation) => installation.app === app)
}
