import type { App } from '../model/app.ts'
import type { CheckAnnotation } from '../model/check-output.ts'
import type { CheckRun } from '../model/repository.ts'
import { pullRequestsAt } from '../model/pull-request.ts'
import { fullName } from '../model/repository.ts'
import { timestamp } from './account.ts'
import { appJson } from './app.ts'
import { minimalPullRequestJson } from './pull-request.ts'

/** `check-run` of GitHub's description. */
export function checkRunJson(api: string, run: CheckRun) {
  const { id, suite, output } = run
  const { repository, headSha } = suite
  const url = `${api}/repos/${fullName(repository)}/check-runs/${id}`
  return {
    id,
    name: run.name,
    node_id: Buffer.from(`08:CheckRun${id}`).toString('base64'),
    head_sha: headSha,
    external_id: run.externalId,
    url,
    html_url: `https://github.com/${fullName(repository)}/runs/${id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: timestamp(run.startedAt),
    completed_at: run.completedAt === null ? null : timestamp(run.completedAt),
    output: {
      ...output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suite.id },
    app: checkAppJson(api, suite.app),
    pull_requests: pullRequestsAt(repository, headSha).map((one) => minimalPullRequestJson(api, one)),
  }
}

/** `check-annotation`. */
export function annotationJson({ suite }: CheckRun, annotation: CheckAnnotation) {
  const path = annotation.path.split('/').map(encodeURIComponent).join('/')
  return {
    path: annotation.path,
    blob_href: `https://github.com/${fullName(suite.repository)}/blob/${suite.headSha}/${path}`,
    start_line: annotation.startLine,
    start_column: annotation.startColumn,
    end_line: annotation.endLine,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  }
}

/** An App as its checks name it: without what only the App itself is told. */
export function checkAppJson(api: string, app: App) {
  return { ...appJson(api, app, 0), installations_count: undefined }
}
