import type { StsError } from '#pkg/errors'
import { isJsonObject, isPositiveInteger, malformed, readJson } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'
import { isObjectId } from './object-id.ts'

/** How a check ends; GitHub knows more ways. https://docs.github.com/rest/checks/runs#update-a-check-run */
export type CheckConclusion = 'success' | 'failure' | 'cancelled'

/** Pull requests of one check run that are read. */
const PULL_REQUESTS_MAX = 100

/** A remark on lines of a file. */
export interface CheckAnnotation {
  readonly path: string
  /** From 1. */
  readonly startLine: number
  readonly endLine: number
  /** From 1. Sent only when both lines are the same: GitHub refuses columns otherwise. */
  readonly startColumn?: number | undefined
  readonly endColumn?: number | undefined
  readonly level: 'failure' | 'warning'
  readonly title?: string | undefined
  readonly message: string
}

/** What a check run shows. */
export interface CheckRunOutput {
  readonly title: string
  /** Markdown; at most 65,535 bytes. */
  readonly summary: string
  /** At most 50 in one call; those of a later call are added. */
  readonly annotations: readonly CheckAnnotation[]
}

/** A check run to begin: it is in progress. */
export interface NewCheckRun {
  readonly name: string
  /** The commit that is checked. */
  readonly headSha: string
}

/** What changes of a check run; a conclusion completes it. */
export interface CheckRunChange {
  readonly conclusion?: CheckConclusion
  readonly output?: CheckRunOutput
}

/** A pull request of the same repository whose head is the commit of a check run. */
export interface CheckedPullRequest {
  readonly baseSha: string
  readonly headSha: string
}

export interface CheckRun {
  readonly id: number
  /**
   * Of the first 100, those that GitHub describes with both commits. Those from forks are not among them: GitHub does not
   * list them here.
   */
  readonly pullRequests: readonly CheckedPullRequest[]
}

/** The body by which a check run is created. */
export function newCheckRunBody({ name, headSha }: NewCheckRun): Buffer {
  return Buffer.from(JSON.stringify({ name, head_sha: headSha, status: 'in_progress' }))
}

/** The body by which a check run is updated. */
export function checkRunChangeBody({ conclusion, output }: CheckRunChange): Buffer {
  const change = {
    ...(conclusion && { status: 'completed', conclusion }),
    ...(output && { output: outputOf(output) }),
  }
  return Buffer.from(JSON.stringify(change))
}

/**
 * The check run in a 201 of GitHub.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readCheckRun(answer: GitHubAnswer): CheckRun {
  const body = readJson(answer, 'create_check_run')
  if (!isJsonObject(body) || !isPositiveInteger(body['id'])) throw notCheckRun()
  const { id, pull_requests: pullRequests } = body
  // The check run is there by now: what GitHub adds to it is no reason to make another.
  const listed: readonly unknown[] = Array.isArray(pullRequests) ? pullRequests : []
  return { id, pullRequests: listed.slice(0, PULL_REQUESTS_MAX).flatMap(readPullRequest) }
}

function readPullRequest(item: unknown): readonly CheckedPullRequest[] {
  if (!isJsonObject(item) || !isJsonObject(item['base']) || !isJsonObject(item['head'])) return []
  const { sha: baseSha } = item['base']
  const { sha: headSha } = item['head']
  return isObjectId(baseSha) && isObjectId(headSha) ? [{ baseSha, headSha }] : []
}

function outputOf({ title, summary, annotations }: CheckRunOutput): object {
  return {
    title,
    summary,
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
