import type { CheckRun, CheckSuite } from '../../model/repository.ts'
import { checkRunJson } from '../../resources/check-run.ts'
import { checkSuiteJson } from '../../resources/check-suite.ts'
import { envelope } from './envelope.ts'
import type { PayloadContext } from './envelope.ts'

/** `check_suite`. */
export function checkSuitePayload(context: PayloadContext, action: string, suite: CheckSuite) {
  const json = { ...checkSuiteJson(context.api, suite), repository: undefined }
  return { action, check_suite: json, ...envelope(context, suite.repository) }
}

/** `check_run`, with the button that was pressed if that is why. */
export function checkRunPayload(
  context: PayloadContext,
  action: string,
  checkRun: CheckRun,
  requestedAction: { readonly identifier: string } | undefined,
) {
  const { suite } = checkRun
  return {
    action,
    check_run: { ...checkRunJson(context.api, checkRun), check_suite: nestedSuiteJson(context.api, suite) },
    ...(requestedAction === undefined ? {} : { requested_action: requestedAction }),
    ...envelope(context, suite.repository),
  }
}

/** A suite as its runs have it: the less telling half. */
function nestedSuiteJson(api: string, suite: CheckSuite) {
  const json = checkSuiteJson(api, suite)
  return {
    id: json.id,
    node_id: json.node_id,
    head_branch: json.head_branch,
    head_sha: json.head_sha,
    status: json.status,
    conclusion: json.conclusion,
    url: json.url,
    before: json.before,
    after: json.after,
    pull_requests: json.pull_requests,
    app: json.app,
    created_at: json.created_at,
    updated_at: json.updated_at,
  }
}
