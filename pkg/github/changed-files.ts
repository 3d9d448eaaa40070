import type { StsError } from '#pkg/errors'
import { isJsonObject, malformed, readJson } from './answer.ts'
import type { Operation } from './call-event.ts'
import type { GitHubAnswer } from './github-client.ts'

/** The most files that GitHub lists of a comparison, all of them on its first page. https://docs.github.com/rest/commits/commits#compare-two-commits */
const COMPARED_FILES_MAX = 300

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
const STATUSES = ['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged'] as const

/** A file that differs between two commits. */
export interface ChangedFile {
  /** Relative to the root of the repository. Any characters: whoever made the change chose them. */
  readonly path: string
  readonly status: (typeof STATUSES)[number]
  /** Of a file that was renamed or copied: where it was before. */
  readonly previousPath: string | undefined
}

export interface ChangedFiles {
  readonly files: readonly ChangedFile[]
  /** False when there may be more: GitHub lists at most 300 files of a comparison and 3,000 of a pull request. */
  readonly complete: boolean
}

/** For what GitHub cannot or does not list. */
export const UNKNOWN_CHANGES: ChangedFiles = { files: [], complete: false }

/**
 * The files in the first page of a comparison.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readComparison(answer: GitHubAnswer): ChangedFiles {
  const body = readJson(answer, 'compare_commits')
  if (!isJsonObject(body)) throw notFiles('compare_commits')
  // GitHub's description lets them be left out, and does not say when.
  if (body['files'] === undefined) return UNKNOWN_CHANGES
  const files = readFiles(body['files'], 'compare_commits')
  return { files, complete: files.length < COMPARED_FILES_MAX }
}

/**
 * The files in a page of a pull request.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readPullRequestFiles(answer: GitHubAnswer): readonly ChangedFile[] {
  return readFiles(readJson(answer, 'list_pull_request_files'), 'list_pull_request_files')
}

function readFiles(value: unknown, operation: Operation): readonly ChangedFile[] {
  if (!Array.isArray(value)) throw notFiles(operation)
  return value.map((item: unknown): ChangedFile => {
    if (!isJsonObject(item)) throw notFiles(operation)
    const { filename, previous_filename: previousPath } = item
    const status = STATUSES.find((known) => known === item['status'])
    if (
      typeof filename !== 'string' ||
      filename === '' ||
      status === undefined ||
      (previousPath !== undefined && typeof previousPath !== 'string')
    ) {
      throw notFiles(operation)
    }
    return { path: filename, status, previousPath }
  })
}

function notFiles(operation: Operation): StsError {
  return malformed(operation, 'not a list of changed files')
}
