import { botOf } from '../model/app.ts'
import type { App } from '../model/app.ts'
import type { Actor } from '../model/account.ts'
import type { GitHubEvent } from '../model/event.ts'
import { covers } from '../model/installation.ts'
import type { Installation } from '../model/installation.ts'
import { permits, withMetadata } from '../model/permission.ts'
import type { Registry } from '../model/registry.ts'
import type { Repository } from '../model/repository.ts'
import type { Deliveries } from './deliveries.ts'
import { installationPayload, installationRepositoriesPayload } from './payload/installation.ts'
import { repositoryEventPayload } from './payload/repository-event.ts'
import type { RepositoryEvent } from './payload/repository-event.ts'

/** Who did what no App did. */
const MONA: Actor = { login: 'mona', id: 1, type: 'User' }

/** What an App must be permitted to read before it can subscribe to an event. */
const PERMISSIONS: Readonly<Record<RepositoryEvent['kind'], string>> = {
  push: 'contents',
  pull_request: 'pull_requests',
  merge_group: 'merge_queues',
  check_suite: 'checks',
  check_run: 'checks',
  repository: 'metadata',
}

/** What the dispatch works on. */
export interface DispatchParts {
  readonly registry: Registry
  readonly deliveries: Deliveries
  readonly api: () => string
}

/** Makes the function that sends an event to every App that is to know of it. */
export function createDispatch({
  registry,
  deliveries,
  api,
}: DispatchParts): (event: GitHubEvent, actor?: Actor) => void {
  function send(
    event: GitHubEvent,
    { app, id }: Installation,
    repository: Repository | null,
    payload: object,
  ): void {
    void deliveries.send({
      appId: app.id,
      event: event.kind,
      action: event.kind === 'push' ? null : event.action,
      installationId: id,
      repositoryId: repository?.id ?? null,
      payload: JSON.stringify(payload),
    })
  }

  return (event, actor) => {
    const sender = actor ?? actorOf(event)
    if (event.kind === 'installation' || event.kind === 'installation_repositories') {
      const { installation } = event
      if (installation.app.webhook === undefined) return
      const payload =
        event.kind === 'installation'
          ? installationPayload(
              api(),
              sender,
              event.action,
              installation,
              registry.repositoriesOf(installation),
            )
          : installationRepositoriesPayload(api(), sender, event.action, installation, event)
      send(event, installation, null, payload)
      return
    }
    const repository = repositoryOf(event)
    for (const installation of registry.installations.values()) {
      if (!isSubscribed(installation, event.kind) || !covers(installation, repository)) continue
      const only = onlyFor(event)
      if (only !== undefined && only !== installation.app) continue
      const payload = repositoryEventPayload({ api: api(), installation, sender }, event)
      send(event, installation, repository, payload)
    }
  }
}

/** True if the installation's App gets events of this kind. */
export function isSubscribed(
  { app, permissions, suspendedAt }: Installation,
  kind: RepositoryEvent['kind'],
): boolean {
  return (
    app.webhook !== undefined &&
    suspendedAt === null &&
    app.events.includes(kind) &&
    permits(withMetadata(permissions), PERMISSIONS[kind], 'read')
  )
}

/** The one App that is asked to do something; undefined for what all may know. */
function onlyFor(event: RepositoryEvent): App | undefined {
  if (event.kind === 'check_suite' && event.action !== 'completed') return event.suite.app
  if (event.kind !== 'check_run') return undefined
  return event.action === 'rerequested' || event.action === 'requested_action'
    ? event.checkRun.suite.app
    : undefined
}

function repositoryOf(event: RepositoryEvent): Repository {
  switch (event.kind) {
    case 'push':
      return event.push.repository
    case 'pull_request':
      return event.pullRequest.repository
    case 'merge_group':
      return event.mergeGroup.repository
    case 'check_suite':
      return event.suite.repository
    case 'check_run':
      return event.checkRun.suite.repository
    case 'repository':
      return event.repository
  }
}

function actorOf(event: GitHubEvent): Actor {
  if (event.kind === 'check_suite' && event.action === 'completed') return botOf(event.suite.app)
  if (event.kind === 'check_run' && (event.action === 'created' || event.action === 'completed')) {
    return botOf(event.checkRun.suite.app)
  }
  return MONA
}
