import { latestRuns } from '../model/check-run.ts'
import type { CheckSuite } from '../model/repository.ts'
import { pullRequestsAt } from '../model/pull-request.ts'
import { fullName } from '../model/repository.ts'
import { timestamp } from './account.ts'
import { checkAppJson } from './check-run.ts'
import { simpleCommitJson } from './commit.ts'
import { minimalPullRequestJson } from './pull-request.ts'
import { repositoryJson } from './repository.ts'

/** `check-suite` of GitHub's description. */
export function checkSuiteJson(api: string, suite: CheckSuite) {
  const { id, repository, headSha } = suite
  const url = `${api}/repos/${fullName(repository)}/check-suites/${id}`
  return {
    id,
    node_id: Buffer.from(`010:CheckSuite${id}`).toString('base64'),
    head_branch: suite.headBranch,
    head_sha: headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url,
    before: suite.before,
    after: suite.after,
    pull_requests: pullRequestsAt(repository, headSha).map((one) => minimalPullRequestJson(api, one)),
    app: checkAppJson(api, suite.app),
    repository: repositoryJson(api, repository),
    created_at: timestamp(suite.createdAt),
    updated_at: timestamp(suite.updatedAt),
    head_commit: simpleCommitJson(suite.headCommit),
    latest_check_runs_count: latestRuns(suite).length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  }
}
