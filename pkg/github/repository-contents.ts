import { refused } from './answer.ts'
import { CONTENTS_MEDIA_TYPE, readFileContents, type FileContents } from './file-contents.ts'
import { FOLDER_LISTING_MAX_BYTES, readFolderListing, type FolderListing } from './folder-listing.ts'
import type { GitHubAnswer } from './github-client.ts'
import type { Installation, RepositoryName } from './installation.ts'
import type { ReadTokens } from './read-tokens.ts'
import { resourcePath } from './resource-path.ts'
import { createTokenCaller, type TokenCallerOptions } from './token-caller.ts'

export interface FileRequest extends RepositoryName {
  readonly installation: Installation
  /** Relative to the root of the repository, its segments divided by `/`. */
  readonly path: string
  /** The ETag of a copy at hand: the answer may then be `not_modified`, which GitHub does not count. */
  readonly etag?: string | undefined
}

export interface ReadFileOptions {
  readonly signal: AbortSignal
  /** Asks GitHub again although the repository was not visible a moment ago. Default: false. */
  readonly retryUnreadable?: boolean
  /**
   * A stranger may have made up the repository: a token to read it comes out of a smaller part of what GitHub allows. Default:
   * false.
   */
  readonly isGuess?: boolean
}

/** What is at a path on the default branch. */
export type FileRead =
  | FileContents
  | { readonly kind: 'not_modified' }
  /** Nothing, in a repository that the App can read. */
  | { readonly kind: 'absent' }
  /** The App has no access to the repository, or there is none. */
  | { readonly kind: 'unreadable' }

/** What is known of a directory on the default branch. */
export type FolderRead =
  | { readonly kind: 'listed'; readonly listing: FolderListing }
  /** There is none, in a repository that the App can read. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }

/** Reads files of repositories, always on the default branch: no `ref` is ever sent. */
export interface RepositoryContents {
  /**
   * @throws StsError `installation_missing` when GitHub redirects (a renamed repository is never followed),
   * `github_refused`, `github_answer_malformed` and the failures of `GitHubClient.call` and `TokenMinter.mint`.
   * A failure is never `absent`.
   */
  read(file: FileRequest, options: ReadFileOptions): Promise<FileRead>
  /** The entries of a directory. Throws as `read`. */
  list(folder: Omit<FileRequest, 'etag'>, options: ReadFileOptions): Promise<FolderRead>
}

export interface RepositoryContentsOptions extends Omit<TokenCallerOptions, 'tokens'> {
  readonly readTokens: ReadTokens
}

export function createRepositoryContents(options: RepositoryContentsOptions): RepositoryContents {
  const { readTokens } = options
  const caller = createTokenCaller({ ...options, tokens: readTokens })

  /** Undefined when the App cannot see the repository. */
  async function ask(
    place: FileRequest,
    more: { readonly operation: 'read_file' | 'list_folder'; readonly maxBytes?: number },
    options: ReadFileOptions,
  ): Promise<GitHubAnswer | undefined> {
    const request = {
      ...more,
      method: 'GET',
      path: resourcePath('repos', place.owner, place.repository, 'contents', ...place.path.split('/')),
      accept: CONTENTS_MEDIA_TYPE,
      ifNoneMatch: place.etag,
      repeatable: true,
      signal: options.signal,
    } as const
    let { installation } = place
    for (let isRenewed = false; ; isRenewed = true) {
      const token = await readTokens.get(installation, place, options)
      if (token === undefined) return undefined
      const isExpected = place.etag !== undefined
      const answer = await caller.call({ target: place, token, request, isRenewed, isExpected })
      if (answer !== undefined) return answer
      installation = token.installation
    }
  }

  return {
    async read(file, read) {
      const answer = await ask(file, { operation: 'read_file' }, read)
      return answer === undefined ? { kind: 'unreadable' } : readAnswer(file, answer)
    },
    async list(folder, read) {
      const operation = 'list_folder'
      const answer = await ask(folder, { operation, maxBytes: FOLDER_LISTING_MAX_BYTES }, read)
      if (answer === undefined) return { kind: 'unreadable' }
      if (answer.status === 404) return { kind: 'absent' }
      if (answer.status !== 200) throw refused(operation, answer)
      const listing = readFolderListing(answer)
      // A file where the folder should be: nothing is below it.
      return listing === undefined ? { kind: 'absent' } : { kind: 'listed', listing }
    },
  }
}

function readAnswer(file: FileRequest, answer: GitHubAnswer): FileRead {
  const { status } = answer
  if (status === 200) return readFileContents(answer)
  if (status === 304 && file.etag !== undefined) return { kind: 'not_modified' }
  if (status === 404) return { kind: 'absent' }
  throw refused('read_file', answer)
}
