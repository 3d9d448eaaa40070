import { isNearPolicies } from '../policy-file.ts'
import { commitAt, isTrueAt, objectsAt, textAt, textsAt, type Fields } from './payload.ts'
import type { RepositoryFacts } from './repository-facts.ts'
import type { BranchHead, FileSource, PushedFile, ReviewRequest } from './review-request.ts'

/** A payload shows no more commits, and no more files of one. https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const COMMITS_MAX = 2_048
const COMMIT_FILES_MAX = 3_000

const BRANCH_PREFIX = 'refs/heads/'

/** A push to a branch, as far as it concerns policies. */
export interface PushEvent {
  /** Undefined for the deletion of a branch. */
  readonly request: ReviewRequest | undefined
  /** Whether policies of the default branch may have changed. */
  readonly changesPolicies: boolean
}

/** GitHub names the branch of a merge group after the commit that it is based on. */
const QUEUE_BRANCH = /^gh-readonly-queue\/.+\/pr-\d+-([0-9a-f]{40}(?:[0-9a-f]{24})?)$/

/**
 * Undefined for a push to something else than a branch, and for one that cannot be understood.
 *
 * @param asWhole - whether a commit is to be judged by all that its branch has and the default branch has not, as it must
 * be where the check is required: what one push touches says nothing about those before it.
 */
export function readPush(
  payload: Fields,
  facts: RepositoryFacts,
  { asWhole }: { readonly asWhole: boolean },
): PushEvent | undefined {
  const ref = textAt(payload, 'ref')
  if (ref?.startsWith(BRANCH_PREFIX) !== true) return undefined
  const branch = ref.slice(BRANCH_PREFIX.length)
  const isDefault = branch === facts.defaultBranch
  const before = commitAt(payload, 'before')
  const after = commitAt(payload, 'after')
  if (before === undefined || after === undefined) return undefined
  if (after === null || isTrueAt(payload, 'deleted')) {
    return { request: undefined, changesPolicies: isDefault }
  }

  const files = readFiles(payload)
  const queued = QUEUE_BRANCH.exec(branch)?.[1]
  const source: FileSource =
    queued === undefined
      ? sourceOf(files, before, isDefault ? undefined : facts.defaultBranch)
      : { kind: 'comparison', base: queued, isTarget: true }
  const whole: FileSource = { kind: 'comparison', base: facts.defaultBranch, isTarget: true }
  return {
    request: {
      target: facts.target,
      headSha: after,
      // Anybody who may write can give a branch such a name, so the name is not all that counts.
      sources: asWhole && !isDefault ? [source, whole] : [source],
      head: headOf(facts, branch),
      isFromFork: false,
      again: false,
    },
    // A forced push also takes back what the commits it drops had changed; a new branch may have no commits of its own.
    changesPolicies: isDefault && (files?.length !== 0 || before === null || isTrueAt(payload, 'forced')),
  }
}

/** The head that a push gives a branch of the repository itself. */
export function headOf({ repositoryId, pushedAt }: RepositoryFacts, branch: string): BranchHead | undefined {
  return pushedAt === undefined ? undefined : { branch: `${repositoryId}:${branch}`, pushedAt }
}

/** @param defaultBranch - what a new branch is compared with: all that it has in common with it was there before. */
function sourceOf(
  files: readonly PushedFile[] | undefined,
  before: string | null,
  defaultBranch: string | undefined,
): FileSource {
  if (files !== undefined) return { kind: 'listed', base: before ?? defaultBranch, files }
  return before === null
    ? { kind: 'folder', base: defaultBranch }
    : { kind: 'comparison', base: before, isTarget: false }
}

/** What the commits did to files near policies; undefined when the payload does not show all of it. */
function readFiles(payload: Fields): readonly PushedFile[] | undefined {
  const commits = objectsAt(payload, 'commits')
  if (commits === undefined || commits.length >= COMMITS_MAX) return undefined
  /** Whether the first commit that names a file added it. */
  const present = new Map<string, boolean>()
  const removed = new Set<string>()
  for (const commit of commits) {
    const added = textsAt(commit, 'added')
    const modified = textsAt(commit, 'modified')
    const gone = textsAt(commit, 'removed')
    if (added === undefined || modified === undefined || gone === undefined) return undefined
    if (added.length + modified.length + gone.length >= COMMIT_FILES_MAX) return undefined
    for (const path of gone) if (isNearPolicies(path)) removed.add(path)
    for (const path of added) if (isNearPolicies(path) && !present.has(path)) present.set(path, true)
    for (const path of modified) if (isNearPolicies(path) && !present.has(path)) present.set(path, false)
  }
  // In what order a file was added and removed is not known: merged commits have none.
  const files = [...present].map(([path, isNew]): PushedFile => {
    return { path, state: removed.has(path) ? 'doubtful' : isNew ? 'added' : 'changed' }
  })
  const gone = [...removed].filter((path) => !present.has(path))
  return [...files, ...gone.map((path): PushedFile => ({ path, state: 'removed' }))]
}
