import type { StsError } from '#pkg/errors'
import { isJsonObject, malformed, readJson } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'
import { isObjectId } from './object-id.ts'

/** The most entries that GitHub lists of a directory. https://docs.github.com/rest/repos/contents#get-repository-content */
const LISTED_MAX = 1_000

/** Bound of the answer: of a directory of 1,000 entries whose paths are long, in bytes. */
export const FOLDER_LISTING_MAX_BYTES = 8 * 1024 * 1024

const KINDS = { file: 'file', dir: 'directory', symlink: 'symlink', submodule: 'submodule' } as const

/** What may be at a path that is no directory. */
const OTHER_KINDS = ['file', 'symlink', 'submodule'] as const

export interface FolderEntry {
  /** Any characters: whoever wrote the file chose them. */
  readonly name: string
  /** Relative to the root of the repository. */
  readonly path: string
  readonly kind: (typeof KINDS)[keyof typeof KINDS]
  /** The git object id of what is there: of a directory that of its tree, of a submodule that of its commit. */
  readonly blob: string
}

export interface FolderListing {
  readonly entries: readonly FolderEntry[]
  /** False when there may be more: GitHub lists at most 1,000. */
  readonly complete: boolean
}

/**
 * The entries of a directory, or undefined when something else is at its path.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readFolderListing(answer: GitHubAnswer): FolderListing | undefined {
  const body = readJson(answer, 'list_folder')
  if (isJsonObject(body) && OTHER_KINDS.some((kind) => kind === body['type'])) return undefined
  // A list alone is the older form of the answer.
  const listed = isJsonObject(body) && body['type'] === 'dir' ? body['entries'] : body
  if (!Array.isArray(listed)) throw notListing()
  const entries = listed.map(readEntry)
  return { entries, complete: entries.length < LISTED_MAX }
}

function readEntry(item: unknown): FolderEntry {
  if (!isJsonObject(item)) throw notListing()
  const { name, path, type, sha } = item
  if (typeof name !== 'string' || name === '' || typeof path !== 'string' || path === '') throw notListing()
  if (type !== 'file' && type !== 'dir' && type !== 'symlink' && type !== 'submodule') throw notListing()
  if (!isObjectId(sha)) throw notListing()
  // In a listing GitHub calls a submodule a file; unlike a file it cannot be downloaded.
  const isSubmodule = type === 'file' && item['download_url'] === null
  return { name, path, kind: isSubmodule ? 'submodule' : KINDS[type], blob: sha }
}

function notListing(): StsError {
  return malformed('list_folder', 'not the entries of a directory')
}
