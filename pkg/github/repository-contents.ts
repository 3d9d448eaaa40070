import { StsError } from '#pkg/errors'
import type { MintedToken } from './minted-token.ts'
import { isJsonObject, malformed, readJson, refused } from './answer.ts'
import type { GitHubAnswer, GitHubClient } from './github-client.ts'
import type { InstallationDirectory } from './installation-directory.ts'
import type { Installation, RepositoryName } from './installation.ts'
import type { Pause } from './pause.ts'
import type { ReadTokens } from './read-tokens.ts'
import { resourcePath } from './resource-path.ts'
import { FRESH_TOKEN_MS } from './token-revoker.ts'

/** Bound of a file, in bytes: the size of the largest policy. */
const FILE_MAX_BYTES = 32 * 1024

/** GitHub may refuse a new token for some seconds; a read waits for it this often, about 2 s in all. */
const FRESH_TOKEN_PAUSES_MS: readonly number[] = [200, 600, 1200]

/** A 404 is believed to be an absence if the token was made for this repository no longer ago than this. */
const ABSENCE_TOKEN_MS = 10 * 60_000

/** A file as an object, whatever is found at the path. https://docs.github.com/rest/repos/contents#get-repository-content */
const MEDIA_TYPE = 'application/vnd.github.object+json'

/** Standard base64 (RFC 4648, section 4). */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

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
  | {
      readonly kind: 'found'
      readonly bytes: Buffer
      readonly etag: string | undefined
      /** The git object id. */
      readonly blob: string
    }
  | { readonly kind: 'not_modified' }
  /** Nothing, in a repository that the App can read. */
  | { readonly kind: 'absent' }
  /** The App has no access to the repository, or there is none. */
  | { readonly kind: 'unreadable' }
  /** Something that is no file of at most 32 KiB. */
  | { readonly kind: 'unusable'; readonly problem: 'directory' | 'symlink' | 'submodule' | 'too_large' }

/** Reads files of repositories, always on the default branch: no `ref` is ever sent. */
export interface RepositoryContents {
  /**
   * @throws StsError `installation_missing` when GitHub redirects (a renamed repository is never followed),
   * `github_refused`, `github_answer_malformed` and the failures of `GitHubClient.call` and `TokenMinter.mint`.
   * A failure is never `absent`.
   */
  read(file: FileRequest, options: ReadFileOptions): Promise<FileRead>
}

export interface RepositoryContentsOptions {
  readonly client: GitHubClient
  readonly directory: InstallationDirectory
  readonly readTokens: ReadTokens
  readonly now: () => number
  readonly pause: Pause
}

export function createRepositoryContents(options: RepositoryContentsOptions): RepositoryContents {
  const { client, directory, readTokens, now, pause } = options

  function ask(file: FileRequest, token: MintedToken, signal: AbortSignal): Promise<GitHubAnswer> {
    return client.call({
      operation: 'read_file',
      method: 'GET',
      path: resourcePath('repos', file.owner, file.repository, 'contents', ...file.path.split('/')),
      authorization: `token ${token.token}`,
      installationId: token.installation.id,
      accept: MEDIA_TYPE,
      ifNoneMatch: file.etag,
      repeatable: true,
      signal,
    })
  }

  /** As `ask`, with patience for a token that GitHub has only just made. */
  async function askPatiently(
    file: FileRequest,
    token: MintedToken,
    signal: AbortSignal,
  ): Promise<GitHubAnswer> {
    let answer = await ask(file, token, signal)
    for (const ms of FRESH_TOKEN_PAUSES_MS) {
      if (!isTokenRefused(answer) || now() - token.mintedAt >= FRESH_TOKEN_MS) break
      await pause(ms, signal)
      answer = await ask(file, token, signal)
    }
    return answer
  }

  return {
    async read(file, { signal, retryUnreadable = false }) {
      let { installation } = file
      for (let isRenewed = false; ; isRenewed = true) {
        const token = await readTokens.get(installation, file, { signal, retryUnreadable })
        if (token === undefined) return { kind: 'unreadable' }
        const isOld = now() - token.mintedAt >= FRESH_TOKEN_MS
        const answer = await askPatiently(file, token, signal)
        if (isRedirect(answer)) {
          // The name has come to mean another repository than the token was made for.
          readTokens.drop(file, token, false)
          directory.forget(file.owner)
          throw new StsError('installation_missing', { detail: { problem: 'the repository was renamed' } })
        }
        if (isDoubtfulAbsence(file, answer, now() - token.mintedAt) && !isRenewed) {
          readTokens.drop(file, token, false)
          continue
        }
        if (!isTokenRefused(answer)) return readAnswer(file, answer)

        readTokens.drop(file, token, answer.status === 401)
        if (answer.status === 401) directory.forget(file.owner)
        // A token that has served may have been revoked, or its installation replaced; a new one knows.
        if (!isOld || isRenewed) throw refused('read_file', answer)
        installation = token.installation
      }
    },
  }
}

function isRedirect({ status }: GitHubAnswer): boolean {
  return status >= 300 && status < 400 && status !== 304
}

/**
 * GitHub also answers 404 when the token does not reach the repository: it may have been replaced by another of
 * its name, or taken from the installation, since the token was made. A new token shows which it is.
 */
function isDoubtfulAbsence(file: FileRequest, { status }: GitHubAnswer, tokenAgeMs: number): boolean {
  return status === 404 && tokenAgeMs >= (file.etag === undefined ? ABSENCE_TOKEN_MS : FRESH_TOKEN_MS)
}

function isTokenRefused({ status }: GitHubAnswer): boolean {
  return status === 401 || status === 403
}

function readAnswer(file: FileRequest, answer: GitHubAnswer): FileRead {
  const { status } = answer
  if (status === 200) return readContents(answer)
  if (status === 304 && file.etag !== undefined) return { kind: 'not_modified' }
  if (status === 404) return { kind: 'absent' }
  throw refused('read_file', answer)
}

function readContents(answer: GitHubAnswer): FileRead {
  const body = readJson(answer, 'read_file')
  if (Array.isArray(body)) return { kind: 'unusable', problem: 'directory' }
  if (!isJsonObject(body)) throw unreadable()
  switch (body['type']) {
    case 'dir':
      return { kind: 'unusable', problem: 'directory' }
    case 'symlink':
    case 'submodule':
      return { kind: 'unusable', problem: body['type'] }
    case 'file':
      break
    default:
      throw unreadable()
  }
  if (typeof body['submodule_git_url'] === 'string') return { kind: 'unusable', problem: 'submodule' }
  const { size, encoding, content, sha } = body
  if (typeof size !== 'number' || typeof sha !== 'string' || !/^[0-9a-f]{40,64}$/.test(sha))
    throw unreadable()
  if (size > FILE_MAX_BYTES) return { kind: 'unusable', problem: 'too_large' }
  if (encoding !== 'base64' || typeof content !== 'string') throw unreadable()
  const bytes = decodeBase64(content)
  // A file cut on its way must not become a policy that says less.
  if (bytes?.length !== size) throw unreadable()
  return { kind: 'found', bytes, etag: answer.headers.etag, blob: sha }
}

/** GitHub breaks the lines of its base64; anything else that is not base64 gives undefined. */
function decodeBase64(content: string): Buffer | undefined {
  const text = content.replaceAll('\n', '')
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined
  return Buffer.from(text, 'base64')
}

function unreadable(): StsError {
  return malformed('read_file', 'not the contents of a file')
}
