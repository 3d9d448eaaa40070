import { POLICY_FOLDER } from '#pkg/policy'
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

/** Undefined for a push to something else than a branch, and for one that cannot be understood. */
export function readPush(payload: Fields, facts: RepositoryFacts): PushEvent | undefined {
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
  // Whatever a new branch has in common with the default branch has been there before.
  const base = before !== null ? before : isDefault ? undefined : facts.defaultBranch
  const source = sourceOf(files?.present, before, base)
  const touched =
    files === undefined || [...files.present.map(({ path }) => path), ...files.removed].some(isInPolicyFolder)
  return {
    request: {
      target: facts.target,
      headSha: after,
      sources: [source],
      head: headOf(facts, branch),
      again: false,
    },
    // A forced push also takes back what the commits it drops had changed; a new branch may have no commits of its own.
    changesPolicies: isDefault && (touched || before === null || isTrueAt(payload, 'forced')),
  }
}

/** The head that a push gives a branch of the repository itself. */
export function headOf({ repositoryId, pushedAt }: RepositoryFacts, branch: string): BranchHead | undefined {
  return pushedAt === undefined ? undefined : { branch: `${repositoryId}:${branch}`, pushedAt }
}

function sourceOf(
  files: readonly PushedFile[] | undefined,
  before: string | null,
  base: string | undefined,
): FileSource {
  if (files !== undefined) return { kind: 'listed', base, files }
  return before === null || base === undefined ? { kind: 'folder', base } : { kind: 'comparison', base }
}

/** What the commits did; undefined when the payload does not show all of it. */
function readFiles(
  payload: Fields,
): { readonly present: readonly PushedFile[]; readonly removed: ReadonlySet<string> } | undefined {
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
    for (const path of gone) removed.add(path)
    for (const path of added) if (!present.has(path)) present.set(path, true)
    for (const path of modified) if (!present.has(path)) present.set(path, false)
  }
  const files = [...present].map(([path, isNew]): PushedFile => {
    // In what order it was added and removed is not known: merged commits have none.
    const isDoubtful = removed.has(path)
    return { path, isNew: isNew && !isDoubtful, isDoubtful }
  })
  return { present: files, removed }
}

function isInPolicyFolder(path: string): boolean {
  return path === POLICY_FOLDER || path.startsWith(`${POLICY_FOLDER}/`) || path === '.github'
}
