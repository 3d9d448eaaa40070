import type { GitHubEvent, RepositoryChanges } from '../../model/event.ts'
import { accountJson } from '../../resources/account.ts'
import { simpleCommitJson } from '../../resources/commit.ts'
import { pullRequestJson } from '../../resources/pull-request.ts'
import { checkRunPayload, checkSuitePayload } from './check.ts'
import { envelope, organizationJson } from './envelope.ts'
import type { PayloadContext } from './envelope.ts'
import { pushPayload } from './push.ts'

/** What happened in a repository, rather than to an installation. */
export type RepositoryEvent = Exclude<
  GitHubEvent,
  { readonly kind: 'installation' | 'installation_repositories' }
>

/**
 * The payload of an event in a repository, for one installation.
 * https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export function repositoryEventPayload(context: PayloadContext, event: RepositoryEvent): object {
  switch (event.kind) {
    case 'push':
      return pushPayload(context, event.push)
    case 'check_suite':
      return checkSuitePayload(context, event.action, event.suite)
    case 'check_run':
      return checkRunPayload(context, event.action, event.checkRun, event.requestedAction)
    case 'pull_request': {
      const { action, pullRequest, before, after } = event
      return {
        action,
        number: pullRequest.number,
        pull_request: pullRequestJson(context.api, pullRequest),
        ...(action === 'synchronize' ? { before, after } : {}),
        ...envelope(context, pullRequest.repository),
      }
    }
    case 'merge_group': {
      const { repository, headSha, headRef, baseSha, baseRef } = event.mergeGroup
      const head = repository.commits.get(headSha)
      return {
        action: event.action,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
        merge_group: {
          head_sha: headSha,
          head_ref: headRef,
          base_sha: baseSha,
          base_ref: baseRef,
          head_commit: head === undefined ? null : simpleCommitJson(head),
        },
        ...envelope(context, repository),
      }
    }
    case 'repository':
      return {
        action: event.action,
        ...(event.changes === undefined ? {} : { changes: changesJson(context.api, event.changes) }),
        ...envelope(context, event.repository),
      }
  }
}

function changesJson(api: string, { owner, ...changes }: RepositoryChanges) {
  if (owner === undefined) return changes
  const from =
    owner.from.type === 'Organization'
      ? { organization: organizationJson(api, owner.from) }
      : { user: accountJson(api, owner.from) }
  return { ...changes, owner: { from } }
}
