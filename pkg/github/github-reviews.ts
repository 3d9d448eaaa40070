import { refused } from './answer.ts'
import { readComparison, UNKNOWN_CHANGES, type ChangedFiles } from './changed-files.ts'
import {
  checkRunChangeBody,
  newCheckRunBody,
  readCheckRun,
  type CheckRun,
  type CheckRunChange,
  type NewCheckRun,
} from './check-run.ts'
import { CONTENTS_MEDIA_TYPE, readFileContents, type FileContents } from './file-contents.ts'
import { FOLDER_LISTING_MAX_BYTES, readFolderListing, type FolderListing } from './folder-listing.ts'
import { requireRef } from './git-ref.ts'
import { isTooLarge, type GitHubAnswer } from './github-client.ts'
import type { GitHubLimits } from './quota/github-limits.ts'
import type { RepositoryVisibility } from './repository-visibility.ts'
import { resourcePath } from './resource-path.ts'
import type { ReviewTarget } from './review-target.ts'
import type { ReviewTokens } from './review-tokens.ts'
import { createTokenCaller, type TokenCall, type TokenCallerOptions } from './token-caller.ts'

/** Of files with their patches, in bytes. GitHub shows about 1 MB of changes; JSON may double it, and more. */
const CHANGES_MAX_BYTES = 16 * 1024 * 1024

/** A path at a commit. */
export interface PathAtCommit {
  /** Relative to the root of the repository, its segments divided by `/`. */
  readonly path: string
  /** The id of a commit of the repository or of a fork, or the name of a branch. */
  readonly ref: string
}

/** What is at a path at a commit. `absent`: nothing, in a repository that the App can read. */
export type FileAtCommit = FileContents | { readonly kind: 'absent' }

export interface CommitRange {
  /** As `PathAtCommit.ref`. */
  readonly base: string
  readonly head: string
}

export interface ReviewOptions {
  readonly signal: AbortSignal
}

/**
 * What the review of policies says to GitHub, with a token of its own for each repository.
 *
 * All of it rejects with StsError: `permission_not_granted` (its detail says which permission is lacking),
 * `installation_missing` (also for a repository that is not covered, or renamed: that is never followed),
 * `installation_suspended`, `github_refused` for a status that is no answer, `github_answer_malformed`, and the failures of
 * `GitHubClient.call` and `TokenMinter.mint`. A failure is never an absence.
 */
export interface GitHubReviews {
  /** A file of at most 32 KiB at a commit. */
  readFileAt(target: ReviewTarget, file: PathAtCommit, options: ReviewOptions): Promise<FileAtCommit>
  /** The entries of a directory, not of those in it. Undefined when there is nothing, or no directory. */
  listFolder(
    target: ReviewTarget,
    folder: PathAtCommit,
    options: ReviewOptions,
  ): Promise<FolderListing | undefined>
  /**
   * The files that differ between the head and its merge base with `base`: one call, since GitHub lists all it lists on the
   * first page. Undefined for a base or a head that it does not know, or that have no commit in common. A comparison that is
   * too large is not complete, and may have no files.
   */
  compareCommits(
    target: ReviewTarget,
    range: CommitRange,
    options: ReviewOptions,
  ): Promise<ChangedFiles | undefined>
  /**
   * A new check run. Asked for once more when the answer is lost, so that one may be left behind in progress: GitHub shows
   * the newer of two with one name.
   */
  createCheckRun(target: ReviewTarget, run: NewCheckRun, options: ReviewOptions): Promise<CheckRun>
  /** Changes a check run of this App. Annotations are added; twice when an answer is lost. */
  updateCheckRun(
    target: ReviewTarget,
    id: number,
    change: CheckRunChange,
    options: ReviewOptions,
  ): Promise<void>
  /** Which repositories of the owner the installation does not cover. See `RepositoryVisibility.findUnseen`. */
  findUnseenRepositories(
    target: ReviewTarget,
    names: readonly string[],
    options: ReviewOptions,
  ): Promise<readonly string[]>
}

export interface GitHubReviewsOptions extends Omit<TokenCallerOptions, 'tokens'> {
  readonly reviewTokens: ReviewTokens
  readonly visibility: RepositoryVisibility
  readonly limits: Pick<GitHubLimits, 'spend'>
}

export function createGitHubReviews(options: GitHubReviewsOptions): GitHubReviews {
  const { reviewTokens, visibility, limits, pause } = options
  const caller = createTokenCaller({ ...options, tokens: reviewTokens })

  async function ask(
    target: ReviewTarget,
    request: Omit<TokenCall['request'], 'repeatable'>,
  ): Promise<GitHubAnswer> {
    for (let isRenewed = false; ; isRenewed = true) {
      const token = await reviewTokens.get(target, request)
      const answer = await caller.call({
        target,
        token,
        request: { ...request, repeatable: true },
        isRenewed,
      })
      if (answer !== undefined) return answer
    }
  }

  return {
    async readFileAt(target, { path, ref }, { signal }) {
      const operation = 'read_file'
      const answer = await ask(target, {
        operation,
        method: 'GET',
        path: contentsPath(target, path, ref),
        accept: CONTENTS_MEDIA_TYPE,
        signal,
      })
      if (answer.status === 404) return { kind: 'absent' }
      if (answer.status !== 200) throw refused(operation, answer)
      return readFileContents(answer)
    },
    async listFolder(target, { path, ref }, { signal }) {
      const operation = 'list_folder'
      const answer = await ask(target, {
        operation,
        method: 'GET',
        path: contentsPath(target, path, ref),
        accept: CONTENTS_MEDIA_TYPE,
        maxBytes: FOLDER_LISTING_MAX_BYTES,
        signal,
      })
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw refused(operation, answer)
      return readFolderListing(answer)
    },
    async compareCommits(target, { base, head }, { signal }) {
      const operation = 'compare_commits'
      // One commit in the page: only its files are of interest.
      const path = `${pathIn(target, 'compare', `${requireRef(base)}...${requireRef(head)}`)}?per_page=1&page=1`
      const request = { operation, method: 'GET', path, maxBytes: CHANGES_MAX_BYTES, signal } as const
      try {
        const answer = await ask(target, request)
        if (answer.status === 404) return undefined
        if (answer.status === 422) return UNKNOWN_CHANGES
        if (answer.status !== 200) throw refused(operation, answer)
        return readComparison(answer)
      } catch (error) {
        if (isTooLarge(error)) return UNKNOWN_CHANGES
        throw error
      }
    },
    async createCheckRun(target, run, { signal }) {
      const operation = 'create_check_run'
      const path = pathIn(target, 'check-runs')
      await limits.spend('content', target.installationId, { pause, signal })
      const answer = await ask(target, {
        operation,
        method: 'POST',
        path,
        body: newCheckRunBody(run),
        signal,
      })
      if (answer.status !== 201) throw refused(operation, answer)
      return readCheckRun(answer)
    },
    async updateCheckRun(target, id, change, { signal }) {
      const operation = 'update_check_run'
      const path = pathIn(target, 'check-runs', id)
      const body = checkRunChangeBody(change)
      const answer = await ask(target, { operation, method: 'PATCH', path, body, signal })
      if (answer.status !== 200) throw refused(operation, answer)
    },
    findUnseenRepositories: (target, names, { signal }) => visibility.findUnseen(target, names, { signal }),
  }
}

function pathIn({ owner, repository }: ReviewTarget, ...segments: readonly (string | number)[]): string {
  return resourcePath('repos', owner, repository, ...segments)
}

function contentsPath(target: ReviewTarget, path: string, ref: string): string {
  return `${pathIn(target, 'contents', ...path.split('/'))}?ref=${encodeURIComponent(requireRef(ref))}`
}
