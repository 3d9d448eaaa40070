import type { StsError } from '#pkg/errors'
import { isJsonObject, malformed, readJson } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'
import { isObjectId } from './object-id.ts'

/** The most files that GitHub lists of a comparison, all of them on its first page. https://docs.github.com/rest/commits/commits#compare-two-commits */
const COMPARED_FILES_MAX = 300

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
const STATUSES = ['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged'] as const

/** A file that differs between two commits. */
export interface ChangedFile {
  /** Relative to the root of the repository. Any characters: whoever made the change chose them. */
  readonly path: string
  readonly status: (typeof STATUSES)[number]
  /** Of a file that was renamed or copied: where it was before. */
  readonly previousPath: string | undefined
  /**
   * The git object id of what is there at the head; of a submodule that of its commit. Undefined where nothing is, and where
   * GitHub does not say: it gives none for a file of which only the mode has changed.
   */
  readonly blob: string | undefined
}

export interface ChangedFiles {
  readonly files: readonly ChangedFile[]
  /** False when there may be more: GitHub lists at most 300. */
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
  if (!isJsonObject(body)) throw notFiles()
  const { files: listed } = body
  // GitHub's description lets them be left out, and does not say when.
  if (listed === undefined) return UNKNOWN_CHANGES
  if (!Array.isArray(listed)) throw notFiles()
  const files = listed.map(readFile)
  return { files, complete: files.length < COMPARED_FILES_MAX }
}

function readFile(item: unknown): ChangedFile {
  if (!isJsonObject(item)) throw notFiles()
  const { filename, previous_filename: previousPath } = item
  const status = STATUSES.find((known) => known === item['status'])
  const blob = item['sha'] ?? undefined
  if (
    typeof filename !== 'string' ||
    filename === '' ||
    status === undefined ||
    (previousPath !== undefined && typeof previousPath !== 'string') ||
    (blob !== undefined && !isObjectId(blob))
  ) {
    throw notFiles()
  }
  // Of a removed file GitHub gives what it was.
  return { path: filename, status, previousPath, blob: status === 'removed' ? undefined : blob }
}

function notFiles(): StsError {
  return malformed('compare_commits', 'not a list of changed files')
}
