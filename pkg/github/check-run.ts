import type { StsError } from '#pkg/errors'
import { isJsonObject, isPositiveInteger, malformed, readJson } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
export type CheckConclusion =
  'action_required' | 'cancelled' | 'failure' | 'neutral' | 'skipped' | 'success' | 'timed_out'

/** A remark on lines of a file. */
export interface CheckAnnotation {
  readonly path: string
  /** From 1. */
  readonly startLine: number
  readonly endLine: number
  /** From 1. Sent only when both lines are the same: GitHub refuses columns otherwise. */
  readonly startColumn?: number | undefined
  readonly endColumn?: number | undefined
  readonly level: 'failure' | 'warning' | 'notice'
  readonly title?: string | undefined
  readonly message: string
}

/** What a check run shows. */
export interface CheckRunOutput {
  readonly title: string
  /** Markdown; at most 65,535 bytes, as `text`. */
  readonly summary: string
  readonly text?: string | undefined
  /** At most 50 in one call; those of a later call are added. */
  readonly annotations: readonly CheckAnnotation[]
}

export type NewCheckRun = {
  readonly name: string
  /** The commit that is checked. */
  readonly headSha: string
} & (
  | { readonly status: 'in_progress' }
  | { readonly conclusion: CheckConclusion; readonly output: CheckRunOutput }
)

/** What changes of a check run; a conclusion completes it. */
export interface CheckRunChange {
  readonly status?: 'in_progress'
  readonly conclusion?: CheckConclusion
  readonly output?: CheckRunOutput
}

/** A pull request of the same repository whose head is the commit of a check run. */
export interface CheckedPullRequest {
  readonly number: number
  readonly baseSha: string
  readonly baseRef: string
  readonly headSha: string
}

export interface CheckRun {
  readonly id: number
  /** Empty for those from forks: GitHub does not list them here. */
  readonly pullRequests: readonly CheckedPullRequest[]
}

/** The body by which a check run is created. */
export function newCheckRunBody(run: NewCheckRun): Buffer {
  const { name, headSha } = run
  return Buffer.from(JSON.stringify({ name, head_sha: headSha, ...changeOf(run) }))
}

/** The body by which a check run is updated. */
export function checkRunChangeBody(change: CheckRunChange): Buffer {
  return Buffer.from(JSON.stringify(changeOf(change)))
}

/**
 * The check run in a 201 of GitHub.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readCheckRun(answer: GitHubAnswer): CheckRun {
  const body = readJson(answer, 'create_check_run')
  if (!isJsonObject(body)) throw notCheckRun()
  const { id, pull_requests: pullRequests } = body
  if (!isPositiveInteger(id) || !Array.isArray(pullRequests)) throw notCheckRun()
  return { id, pullRequests: pullRequests.map(readPullRequest) }
}

function readPullRequest(item: unknown): CheckedPullRequest {
  if (!isJsonObject(item) || !isJsonObject(item['base']) || !isJsonObject(item['head'])) throw notCheckRun()
  const { number } = item
  const { sha: baseSha, ref: baseRef } = item['base']
  const { sha: headSha } = item['head']
  if (
    !isPositiveInteger(number) ||
    typeof baseSha !== 'string' ||
    typeof baseRef !== 'string' ||
    typeof headSha !== 'string'
  ) {
    throw notCheckRun()
  }
  return { number, baseSha, baseRef, headSha }
}

/** The members that an update has, in GitHub's names. */
function changeOf(change: CheckRunChange): object {
  const { status, conclusion, output } = change
  return {
    ...(conclusion === undefined ? { status } : { status: 'completed', conclusion }),
    ...(output && { output: outputOf(output) }),
  }
}

function outputOf({ title, summary, text, annotations }: CheckRunOutput): object {
  return {
    title,
    summary,
    text,
    ...(annotations.length > 0 && { annotations: annotations.map(annotationOf) }),
  }
}

function annotationOf(annotation: CheckAnnotation): object {
  const { path, startLine, endLine, startColumn, endColumn, level, title, message } = annotation
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(startLine === endLine && { start_column: startColumn, end_column: endColumn }),
    annotation_level: level,
    message,
    title,
  }
}

function notCheckRun(): StsError {
  return malformed('create_check_run', 'not a check run')
}
