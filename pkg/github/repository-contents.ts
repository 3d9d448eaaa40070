import { refused } from './answer.ts'
import { CONTENTS_MEDIA_TYPE, readFileContents, type FileContents } from './file-contents.ts'
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
}

/** What is at a path on the default branch. */
export type FileRead =
  | FileContents
  | { readonly kind: 'not_modified' }
  /** Nothing, in a repository that the App can read. */
  | { readonly kind: 'absent' }
  /** The App has no access to the repository, or there is none. */
  | { readonly kind: 'unreadable' }

/** Reads files of repositories, always on the default branch: no `ref` is ever sent. */
export interface RepositoryContents {
  /**
   * @throws StsError `installation_missing` when GitHub redirects (a renamed repository is never followed),
   * `github_refused`, `github_answer_malformed` and the failures of `GitHubClient.call` and `TokenMinter.mint`.
   * A failure is never `absent`.
   */
  read(file: FileRequest, options: ReadFileOptions): Promise<FileRead>
}

export interface RepositoryContentsOptions extends Omit<TokenCallerOptions, 'tokens'> {
  readonly readTokens: ReadTokens
}

export function createRepositoryContents(options: RepositoryContentsOptions): RepositoryContents {
  const { readTokens } = options
  const caller = createTokenCaller({ ...options, tokens: readTokens })

  return {
    async read(file, { signal, retryUnreadable = false }) {
      const request = {
        operation: 'read_file',
        method: 'GET',
        path: resourcePath('repos', file.owner, file.repository, 'contents', ...file.path.split('/')),
        accept: CONTENTS_MEDIA_TYPE,
        ifNoneMatch: file.etag,
        repeatable: true,
        signal,
      } as const
      let { installation } = file
      for (let isRenewed = false; ; isRenewed = true) {
        const token = await readTokens.get(installation, file, { signal, retryUnreadable })
        if (token === undefined) return { kind: 'unreadable' }
        const isExpected = file.etag !== undefined
        const answer = await caller.call({ target: file, token, request, isRenewed, isExpected })
        if (answer !== undefined) return readAnswer(file, answer)
        installation = token.installation
      }
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
