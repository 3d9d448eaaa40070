import type { Reason } from '#pkg/errors'
import type { ReviewTarget } from '#pkg/github'
import type { FileSource } from '../event/review-request.ts'
import type { CheckReport } from '../report/check-report.ts'
import type { OpenCheckRun } from '../report/check-runs.ts'

/** The review of one commit, with what has been done of it: it is taken up again after a failure. */
export interface ReviewJob {
  readonly target: ReviewTarget
  readonly headSha: string
  /** Whether all deliveries about it tell that it comes from a fork: who may write to the repository has vouched for none. */
  isFromFork: boolean
  /** Grows when a further delivery about the commit comes. */
  sources: readonly FileSource[]
  /** Whether somebody asked for it, who is to see an answer even where there is nothing to check. */
  isAsked: boolean
  /** Whether a newer commit is reviewed in its place, so that its check run is only to be ended. */
  isSuperseded: boolean
  /** Undefined as long as GitHub shows nothing of it. */
  run: OpenCheckRun | undefined
  /** What is to be written; undefined until it is known. */
  report: CheckReport | undefined
  /** Whether any attempt has failed. */
  hasFailed: boolean
  /** Attempts that failed since the last success of any kind. */
  failures: number
}

/** How one attempt ended. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly checks: number }
  /** It is to be tried again after `ms`. */
  | { readonly kind: 'wait'; readonly ms: number; readonly reason: Reason }
  /** It could not be found out, which the check run says, or GitHub takes no check run; another delivery may do better. */
  | { readonly kind: 'given_up' }

/** What tells two sources apart: of each, one is enough for a commit. */
export function sourceKey(source: FileSource): string {
  const base = source.base ?? ''
  // Two pushes may bring a branch to one commit from different ones, or be new branches of different commits.
  const files =
    source.kind === 'listed' ? source.files.map(({ path, state }) => `${state} ${path}`).sort() : []
  return [source.kind, base, ...files].join('\n')
}

/** The sources of both, each once. */
export function joinSources(
  known: readonly FileSource[],
  more: readonly FileSource[],
): readonly FileSource[] {
  const keys = new Set(known.map(sourceKey))
  return [...known, ...more.filter((source) => !keys.has(sourceKey(source)))]
}

/**
 * Whether nothing in `sources` goes beyond what is known. What a push touched is among what the commit changes of its
 * target, or is there already.
 */
export function isCoveredBy(sources: readonly FileSource[], known: readonly FileSource[]): boolean {
  const isComparedWithTarget = known.some(isWithTarget)
  const keys = new Set(known.map(sourceKey))
  return sources.every(
    (source) =>
      keys.has(sourceKey(source)) ||
      (isComparedWithTarget && source.kind !== 'folder' && !isWithTarget(source)),
  )
}

function isWithTarget(source: FileSource): boolean {
  return source.kind === 'comparison' && source.isTarget
}
