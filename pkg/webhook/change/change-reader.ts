import { StsError } from '#pkg/errors'
import type { ChangedFiles, GitHubReviews, ReviewTarget } from '#pkg/github'
import { POLICY_FOLDER } from '#pkg/policy'
import type { FileSource } from '../event/review-request.ts'
import type { Change, ChangedPolicy } from './change.ts'
import { isReadable, readPolicyPath, type PolicyFile } from '../policy-file.ts'

/** Policies of one change that are looked at: each costs one or two calls, which exchanges are short of then. */
const POLICIES_MAX = 100

/** The same for a change by somebody who may not write to the repository. */
const FORK_POLICIES_MAX = 25

/** A commit, and from where it is known what it changes. */
export interface ChangeRequest {
  readonly target: ReviewTarget
  readonly headSha: string
  readonly sources: readonly FileSource[]
  readonly isFromFork: boolean
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

interface SourceFile extends Omit<ChangedPolicy, 'file'> {
  readonly path: string
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
    const seen = known.get(source)
    if (seen !== undefined) return seen
    const { files, isComplete } = await readSource(source, request, signal)
    // Whoever made the change chose the other paths, and how long they are.
    const near = files.filter(({ path }) => policyAt(request, path) !== undefined)
    const found = { files: near, isComplete }
    known.set(source, found)
    return found
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
      case 'folder':
        return await readFolder(target, headSha, source.base, signal)
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
    const files = listing.entries.map(({ path, blob }): SourceFile => {
      return { path, presence: 'there', blob, before: base === undefined ? undefined : { path, ref: base } }
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
          source.files.some(
            ({ path, state }) =>
              (state === 'added' || state === 'changed') && policyAt(request, path) !== undefined,
          ),
      ),
    async read(request, signal) {
      const draft = createDraft((path) => policyAt(request, path))
      for (const source of request.sources) draft.add(rankOf(source), await readOnce(source, request, signal))
      return draft.change(request.isFromFork ? FORK_POLICIES_MAX : POLICIES_MAX)
    },
    async confirmAbsence({ target, headSha }, paths, signal) {
      const { files, isComplete } = await readFolder(target, headSha, undefined, signal)
      if (isComplete && !files.some(({ path }) => paths.includes(path))) return
      throw new StsError('github_unavailable', { detail: { problem: 'a file that is listed is not there' } })
    },
  }
}

/** Which version before counts when two sources know one: a reviewer compares with what is merged into. */
function rankOf(source: FileSource): number {
  if (source.kind === 'folder') return 0
  return source.kind === 'comparison' && source.isTarget ? 2 : 1
}

/** Joins what several sources say about one commit. */
function createDraft(policyAt: (path: string) => PolicyFile | undefined) {
  const policies = new Map<string, ChangedPolicy & { readonly rank: number }>()
  let isComplete = true

  function addFile(file: SourceFile, rank: number): void {
    const at = policyAt(file.path)
    if (at === undefined) return
    // Only a file that is read shows whether it is there. What is gone from below a path says nothing about the path.
    if (file.presence !== 'there' && (!isReadable(at) || at.path !== file.path)) return
    const known = policies.get(at.path)
    // At one commit a file is there or not: one that some source has seen is.
    const isBetter = known === undefined || presenceRank(file) > presenceRank(known)
    const blob = joinBlobs(file.blob, known?.blob)
    if (!isBetter && (presenceRank(file) < presenceRank(known) || known.rank >= rank)) {
      policies.set(at.path, { ...known, blob })
      return
    }
    const { presence } = file
    policies.set(at.path, { file: at, presence, blob, before: beforeOf(file, at, policyAt), rank })
  }

  return {
    add(rank: number, source: SourceFiles): void {
      isComplete &&= source.isComplete
      for (const file of source.files) addFile(file, rank)
    },
    change(max: number): Change {
      const all = [...policies.values()].sort((a, b) => (a.file.path < b.file.path ? -1 : 1))
      return { policies: all.slice(0, max), gap: gapOf(all.length, max, isComplete) }
    },
  }
}

/** What two sources tell of one object at one commit: its id, else that one of them should have told it. */
function joinBlobs(one: ChangedPolicy['blob'], other: ChangedPolicy['blob']): ChangedPolicy['blob'] {
  return one ?? other ?? (one === null || other === null ? null : undefined)
}

const PRESENCES: readonly ChangedPolicy['presence'][] = ['removed', 'doubtful', 'there']

function presenceRank({ presence }: Pick<ChangedPolicy, 'presence'>): number {
  return PRESENCES.indexOf(presence)
}

function listedFiles({ files, base }: Extract<FileSource, { kind: 'listed' }>): readonly SourceFile[] {
  return files.map(({ path, state }) => ({
    path,
    presence: state === 'doubtful' || state === 'removed' ? state : 'there',
    blob: undefined,
    before: state === 'added' || base === undefined ? undefined : { path, ref: base },
  }))
}

function changedFiles(file: ChangedFiles['files'][number], base: string): readonly SourceFile[] {
  const { path, status, previousPath, blob } = file
  const there = { path, presence: 'there', blob: blob ?? null } as const
  switch (status) {
    case 'unchanged':
      return []
    case 'removed':
      return [gone(path, base)]
    case 'added':
      return [{ ...there, before: undefined }]
    case 'copied':
    case 'modified':
    case 'changed':
      return [{ ...there, before: { path, ref: base } }]
    case 'renamed':
      return previousPath === undefined
        ? [{ ...there, before: undefined }]
        : [{ ...there, before: { path: previousPath, ref: base } }, gone(previousPath, base)]
  }
}

function gone(path: string, base: string): SourceFile {
  return { path, presence: 'removed', blob: undefined, before: { path, ref: base } }
}

/** A file that was no policy, or one of another kind, was no version of this one. */
function beforeOf(
  { path, before }: SourceFile,
  at: PolicyFile,
  policyAt: (path: string) => PolicyFile | undefined,
): ChangedPolicy['before'] {
  if (before === undefined || at.path !== path) return undefined
  const was = policyAt(before.path)
  return was?.kind === at.kind && was.path === before.path ? before : undefined
}

function gapOf(count: number, max: number, isComplete: boolean): string | undefined {
  if (count > max) return `the change touches ${count} policies, and ${max} are looked at: split it`
  return isComplete ? undefined : `GitHub does not list all files of ${POLICY_FOLDER}: it holds too many`
}
