import { commitAt, objectAt, textAt, type Fields } from './payload.ts'
import type { RepositoryFacts } from './repository-facts.ts'
import type { ReviewRequest } from './review-request.ts'

/** A merge queue that waits for the check on the commit it would merge. */
export function readMergeGroup(payload: Fields, { target }: RepositoryFacts): ReviewRequest | undefined {
  if (textAt(payload, 'action') !== 'checks_requested') return undefined
  const group = objectAt(payload, 'merge_group')
  const headSha = commitAt(group, 'head_sha')
  const base = commitAt(group, 'base_sha')
  if (headSha === undefined || headSha === null || base === undefined || base === null) return undefined
  return {
    target,
    headSha,
    sources: [{ kind: 'comparison', base, isTarget: true }],
    head: undefined,
    isFromFork: false,
    again: false,
  }
}
