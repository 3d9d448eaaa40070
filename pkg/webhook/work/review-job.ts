import type { Reason } from '#pkg/errors'
import type { ReviewTarget } from '#pkg/github'
import type { FileSource } from '../event/review-request.ts'
import type { CheckReport } from '../report/check-report.ts'
import type { OpenCheckRun } from '../report/check-runs.ts'

/** The review of one commit, with what has been done of it: it is taken up again after a failure. */
export interface ReviewJob {
  readonly target: ReviewTarget
  readonly headSha: string
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
  switch (source.kind) {
    case 'listed':
    case 'comparison':
      return `difference ${source.base ?? ''}`
    case 'pull_request':
      return `pull request ${source.number}`
    case 'folder':
      return 'folder'
  }
}

/** The sources of both, each once. */
export function joinSources(
  known: readonly FileSource[],
  more: readonly FileSource[],
): readonly FileSource[] {
  const keys = new Set(known.map(sourceKey))
  return [...known, ...more.filter((source) => !keys.has(sourceKey(source)))]
}

/** Whether nothing in `sources` goes beyond what is known. */
export function isCoveredBy(sources: readonly FileSource[], known: readonly FileSource[]): boolean {
  return joinSources(known, sources).length === known.length
}
