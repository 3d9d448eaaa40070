import { ensureCheckSuite } from './model/check-run.ts'
import type { GitHubEvent } from './model/event.ts'
import { covers } from './model/installation.ts'
import { permits } from './model/permission.ts'
import { closePullRequest, openPullRequestsOf } from './model/pull-request.ts'
import type { Push } from './model/push.ts'
import type { Registry } from './model/registry.ts'

/**
 * What GitHub does by itself after a push: asks the Apps that write checks for a suite, unless the commit has one, and
 * has the open pull requests of the branch follow.
 * https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks#about-check-suites
 */
export function pushEffects(registry: Registry, now: number, push: Push): readonly GitHubEvent[] {
  return [...requestedSuites(registry, now, push), ...followingPullRequests(registry, now, push)]
}

function requestedSuites(
  registry: Registry,
  now: number,
  { repository, branch, commit, before }: Push,
): readonly GitHubEvent[] {
  if (branch === null || commit === null) return []
  const apps = [...registry.installations.values()]
    .filter((installation) => covers(installation, repository) && installation.suspendedAt === null)
    .filter(
      ({ permissions, app }) => permits(permissions, 'checks', 'write') && app.events.includes('check_suite'),
    )
    .map(({ app }) => app)
  return apps.flatMap((app): readonly GitHubEvent[] => {
    if (repository.checkSuites.some((suite) => suite.app === app && suite.headCommit === commit)) return []
    const { nextId } = registry
    const suite = ensureCheckSuite(repository, app, commit, { nextId, now, push: { branch, before } })
    return [{ kind: 'check_suite', action: 'requested', suite }]
  })
}

function followingPullRequests(
  registry: Registry,
  now: number,
  { repository, branch, commit, before, after }: Push,
): readonly GitHubEvent[] {
  if (branch === null || before === after) return []
  const open = openPullRequestsOf(registry.repositories.values(), repository, branch)
  return open.map((pullRequest): GitHubEvent => {
    if (commit !== null) {
      pullRequest.updatedAt = now
      return { kind: 'pull_request', action: 'synchronize', pullRequest, before, after }
    }
    // The branch is gone, and with it the head that it had last.
    const head = repository.commits.get(before)
    if (head !== undefined) pullRequest.kept = { ...pullRequest.kept, head }
    closePullRequest(pullRequest, now)
    return { kind: 'pull_request', action: 'closed', pullRequest }
  })
}
