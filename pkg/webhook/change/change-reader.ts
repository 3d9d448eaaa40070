import { StsError } from '#pkg/errors'
import type { ChangedFiles, GitHubReviews, ReviewTarget } from '#pkg/github'
import { POLICY_FOLDER } from '#pkg/policy'
import type { FileSource } from '../event/review-request.ts'
import type { Change, ChangedPolicy } from './change.ts'
import { readPolicyPath, type PolicyFile } from './policy-file.ts'

/** Policies of one change that are looked at: each costs one or two calls. */
export const CHANGE_MAX_POLICIES = 300

/** Which version before counts, when two sources know one: a reviewer compares with what is merged into. */
const RANKS: Readonly<Record<FileSource['kind'], number>> = {
  pull_request: 2,
  listed: 1,
  comparison: 1,
  folder: 0,
}

/** A commit, and from where it is known what it changes. */
export interface ChangeRequest {
  readonly target: ReviewTarget
  readonly headSha: string
  readonly sources: readonly FileSource[]
}

export interface ChangeReaderOptions {
  readonly reviews: GitHubReviews
  readonly orgPolicyRepo: string
}

/** Finds the policies that a commit changes. */
export interface ChangeReader {
  /** Whether the deliveries themselves name a policy that is there. */
  isCertain(request: ChangeRequest): boolean
  /**
   * What the commit changes. A delivery that names its files costs no call, and no source is asked for twice.
   *
   * @throws StsError the failures of `GitHubReviews`.
   */
  read(request: ChangeRequest, signal: AbortSignal): Promise<Change>
  /**
   * Resolves when GitHub also lists none of `paths` at the commit. It may answer from a copy that does not have the commit
   * yet, and a policy that was only not found must not pass for one that is gone.
   *
   * @throws StsError `github_unavailable` when it does list one, or cannot say; the failures of `GitHubReviews`.
   */
  confirmAbsence(request: ChangeRequest, paths: readonly string[], signal: AbortSignal): Promise<void>
}

interface SourceFiles {
  readonly files: readonly SourceFile[]
  readonly isComplete: boolean
}

interface SourceFile {
  readonly path: string
  readonly presence: 'there' | 'doubtful' | 'removed'
  readonly before: { readonly path: string; readonly ref: string } | undefined
}

export function createChangeReader({ reviews, orgPolicyRepo }: ChangeReaderOptions): ChangeReader {
  // For as long as a job holds its sources: it is tried again after failures, and may get further sources.
  const known = new WeakMap<FileSource, SourceFiles>()

  const policyAt = ({ target }: ChangeRequest, path: string): PolicyFile | undefined =>
    readPolicyPath(path, { repository: target.repository, orgPolicyRepo })

  async function readOnce(
    source: FileSource,
    request: ChangeRequest,
    signal: AbortSignal,
  ): Promise<SourceFiles> {
    const files = known.get(source) ?? (await readSource(source, request, signal))
    known.set(source, files)
    return files
  }

  async function readSource(
    source: FileSource,
    { target, headSha }: ChangeRequest,
    signal: AbortSignal,
  ): Promise<SourceFiles> {
    switch (source.kind) {
      case 'listed':
        return { files: listedFiles(source), isComplete: true }
      case 'comparison': {
        const compared = await reviews.compareCommits(
          target,
          { base: source.base, head: headSha },
          { signal },
        )
        // The commit before may be gone: what was there then cannot be told any more.
        return compared === undefined
          ? await readFolder(target, headSha, undefined, signal)
          : await orFolder(compared, source.base, target, headSha, signal)
      }
      case 'pull_request': {
        const changed = await listPullRequestFiles(target, source, headSha, signal)
        return changed === undefined
          ? await readFolder(target, headSha, source.base, signal)
          : await orFolder(changed, source.base, target, headSha, signal)
      }
      case 'folder':
        return await readFolder(target, headSha, source.base, signal)
    }
  }

  /** An App that may not read pull requests can still compare commits. */
  async function listPullRequestFiles(
    target: ReviewTarget,
    { number, base }: Extract<FileSource, { kind: 'pull_request' }>,
    headSha: string,
    signal: AbortSignal,
  ): Promise<ChangedFiles | undefined> {
    try {
      return await reviews.listPullRequestFiles(target, number, { signal })
    } catch (error) {
      const isLacking =
        error instanceof StsError &&
        error.reason === 'permission_not_granted' &&
        error.detail['permission'] === 'pull_requests'
      if (!isLacking) throw error
      return await reviews.compareCommits(target, { base, head: headSha }, { signal })
    }
  }

  /** GitHub cuts long lists; then all policies are looked at instead. */
  async function orFolder(
    changed: ChangedFiles,
    base: string,
    target: ReviewTarget,
    headSha: string,
    signal: AbortSignal,
  ): Promise<SourceFiles> {
    const own = { files: changed.files.flatMap((file) => changedFiles(file, base)), isComplete: true }
    if (changed.complete) return own
    const all = await readFolder(target, headSha, base, signal)
    return { files: [...own.files, ...all.files], isComplete: all.isComplete }
  }

  async function readFolder(
    target: ReviewTarget,
    headSha: string,
    base: string | undefined,
    signal: AbortSignal,
  ): Promise<SourceFiles> {
    const listing = await reviews.listFolder(target, { path: POLICY_FOLDER, ref: headSha }, { signal })
    if (listing === undefined) {
      await requireCommit(target, headSha, signal)
      return { files: [], isComplete: true }
    }
    const files = listing.entries.map(({ path }): SourceFile => {
      return { path, presence: 'there', before: base === undefined ? undefined : { path, ref: base } }
    })
    return { files, isComplete: listing.complete }
  }

  /** A commit that GitHub does not have yet looks as one without the folder. It differs in nothing from itself. */
  async function requireCommit(target: ReviewTarget, commit: string, signal: AbortSignal): Promise<void> {
    if ((await reviews.compareCommits(target, { base: commit, head: commit }, { signal })) !== undefined)
      return
    throw new StsError('github_unavailable', { detail: { problem: 'the commit is not there yet' } })
  }

  return {
    isCertain: (request) =>
      request.sources.some(
        (source) =>
          source.kind === 'listed' &&
          source.files.some(({ path, isDoubtful }) => !isDoubtful && policyAt(request, path) !== undefined),
      ),
    async read(request, signal) {
      const draft = createDraft((path) => policyAt(request, path))
      for (const source of request.sources) draft.add(source.kind, await readOnce(source, request, signal))
      return draft.change()
    },
    async confirmAbsence({ target, headSha }, paths, signal) {
      const { files, isComplete } = await readFolder(target, headSha, undefined, signal)
      if (isComplete && !files.some(({ path }) => paths.includes(path))) return
      throw new StsError('github_unavailable', { detail: { problem: 'a file that is listed is not there' } })
    },
  }
}

/** Joins what several sources say about one commit. */
function createDraft(policyAt: (path: string) => PolicyFile | undefined) {
  const policies = new Map<string, ChangedPolicy & { readonly rank: number }>()
  const removed = new Set<string>()
  let isComplete = true

  function addFile(file: SourceFile, rank: number): void {
    const at = policyAt(file.path)
    if (at === undefined) return
    if (file.presence === 'removed') {
      if (at.kind !== 'unread' && at.path === file.path) removed.add(at.path)
      return
    }
    const isDoubtful = file.presence === 'doubtful'
    // Only a file that is read shows whether it is there.
    if (isDoubtful && at.kind === 'unread') return
    const known = policies.get(at.path)
    if (known !== undefined && known.rank >= rank) return
    policies.set(at.path, { file: at, before: beforeOf(file, at, policyAt), isDoubtful, rank })
  }

  return {
    add(kind: FileSource['kind'], source: SourceFiles): void {
      isComplete &&= source.isComplete
      for (const file of source.files) addFile(file, RANKS[kind])
    },
    change(): Change {
      const all = [...policies.values()].sort((a, b) => (a.file.path < b.file.path ? -1 : 1))
      return {
        policies: all.slice(0, CHANGE_MAX_POLICIES),
        removed: [...removed].filter((path) => !policies.has(path)).sort(),
        gap: gapOf(all.length, isComplete),
      }
    },
  }
}

function listedFiles({ files, base }: Extract<FileSource, { kind: 'listed' }>): readonly SourceFile[] {
  return files.map(({ path, isNew, isDoubtful }) => ({
    path,
    presence: isDoubtful ? 'doubtful' : 'there',
    before: isNew || base === undefined ? undefined : { path, ref: base },
  }))
}

function changedFiles(file: ChangedFiles['files'][number], base: string): readonly SourceFile[] {
  const { path, status, previousPath } = file
  switch (status) {
    case 'unchanged':
      return []
    case 'removed':
      return [{ path, presence: 'removed', before: undefined }]
    case 'added':
      return [{ path, presence: 'there', before: undefined }]
    case 'copied':
    case 'modified':
    case 'changed':
      return [{ path, presence: 'there', before: { path, ref: base } }]
    case 'renamed':
      return [
        {
          path,
          presence: 'there',
          before: previousPath === undefined ? undefined : { path: previousPath, ref: base },
        },
        ...(previousPath === undefined
          ? []
          : [{ path: previousPath, presence: 'removed', before: undefined } as const]),
      ]
  }
}

/** A file that was no policy, or one of another kind, was no version of this one. */
function beforeOf(
  { path, before }: SourceFile,
  at: PolicyFile,
  policyAt: (path: string) => PolicyFile | undefined,
): ChangedPolicy['before'] {
  if (before === undefined || at.path !== path) return undefined
  return policyAt(before.path)?.kind === at.kind ? before : undefined
}

function gapOf(count: number, isComplete: boolean): string | undefined {
  if (count > CHANGE_MAX_POLICIES) {
    return `the change touches ${count} policies, and ${CHANGE_MAX_POLICIES} are looked at: split it`
  }
  return isComplete ? undefined : `GitHub does not list all files of ${POLICY_FOLDER}: it holds too many`
}
