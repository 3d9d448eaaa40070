import { commitAt, idAt, objectAt, textAt, type Fields } from './payload.ts'
import type { RepositoryFacts } from './repository-facts.ts'
import type { BranchHead, ReviewRequest } from './review-request.ts'

/** Others, such as a label, change no file. */
const ACTIONS: ReadonlySet<string> = new Set(['opened', 'synchronize', 'reopened'])

/** Undefined where no file can have changed, and for what cannot be understood. */
export function readPullRequest(payload: Fields, facts: RepositoryFacts): ReviewRequest | undefined {
  const action = textAt(payload, 'action') ?? ''
  // With another base it has other files, at the same commit: the check that it has is not about them.
  const hasNewBase = action === 'edited' && objectAt(payload, 'changes', 'base') !== undefined
  if (!ACTIONS.has(action) && !hasNewBase) return undefined
  const pullRequest = objectAt(payload, 'pull_request')
  const head = objectAt(pullRequest, 'head')
  const headSha = commitAt(head, 'sha')
  const base = commitAt(objectAt(pullRequest, 'base'), 'sha')
  if (headSha === undefined || headSha === null) return undefined
  if (base === undefined || base === null) return undefined
  return {
    target: facts.target,
    headSha,
    // By its commits, not by its number: the files of that are those of whatever is its head by then.
    sources: [{ kind: 'comparison', base, isTarget: true }],
    head: headOf(head, facts),
    isFromFork: idAt(objectAt(head, 'repo'), 'id') !== facts.repositoryId,
    again: hasNewBase,
  }
}

/** The repository of the head is null where a fork has been deleted. */
function headOf(
  head: Fields | undefined,
  { pushedAt, repositoryId }: RepositoryFacts,
): BranchHead | undefined {
  const headRepositoryId = idAt(objectAt(head, 'repo'), 'id')
  const branch = textAt(head, 'ref')
  // Only pushes to the repository itself move its time.
  if (headRepositoryId !== repositoryId || branch === undefined || pushedAt === undefined) return undefined
  return { branch: `${headRepositoryId}:${branch}`, pushedAt }
}
