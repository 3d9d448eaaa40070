import type { CheckAnnotation, CheckRun, GitHubReviews, ReviewTarget } from '#pkg/github'
import { CHECK_NAME, type CheckReport } from './check-report.ts'

/** https://docs.github.com/rest/checks/runs#update-a-check-run */
const ANNOTATIONS_PER_REQUEST = 50

/** A check run on its way from `in_progress` to its conclusion. */
export interface OpenCheckRun {
  readonly id: number
  /** Annotations that GitHub has taken: sent twice they are shown twice, and none is ever taken back. */
  readonly sent: Set<string>
}

/** Writes check runs, each as one after another of GitHub's requests. */
export interface CheckRuns {
  /** A check run that is in progress, so that everybody sees that the end is still to come. */
  open(
    target: ReviewTarget,
    headSha: string,
    signal: AbortSignal,
  ): Promise<OpenCheckRun & Pick<CheckRun, 'pullRequests'>>
  /** Says on a check run in progress what it waits for. */
  explain(target: ReviewTarget, run: OpenCheckRun, why: Words, signal: AbortSignal): Promise<void>
  /** Ends it; begun again after a failure it goes on where that was, though the report may be another. */
  conclude(target: ReviewTarget, run: OpenCheckRun, report: CheckReport, signal: AbortSignal): Promise<void>
}

/** What GitHub shows of a check run. */
export type Words = Pick<CheckReport, 'title' | 'summary'>

export function createCheckRuns(
  reviews: Pick<GitHubReviews, 'createCheckRun' | 'updateCheckRun'>,
): CheckRuns {
  return {
    async open(target, headSha, signal) {
      const { id, pullRequests } = await reviews.createCheckRun(
        target,
        { name: CHECK_NAME, headSha },
        { signal },
      )
      return { id, pullRequests, sent: new Set() }
    },
    async explain(target, { id }, { title, summary }, signal) {
      await reviews.updateCheckRun(target, id, { output: { title, summary, annotations: [] } }, { signal })
    },
    async conclude(target, run, { conclusion, title, summary, annotations }, signal) {
      const left = annotations.filter((annotation) => !run.sent.has(keyOf(annotation)))
      for (let from = 0; ; from += ANNOTATIONS_PER_REQUEST) {
        const part = left.slice(from, from + ANNOTATIONS_PER_REQUEST)
        const output = { title, summary, annotations: part }
        const isLast = from + ANNOTATIONS_PER_REQUEST >= left.length
        await reviews.updateCheckRun(target, run.id, isLast ? { conclusion, output } : { output }, { signal })
        for (const annotation of part) run.sent.add(keyOf(annotation))
        if (isLast) return
      }
    },
  }
}

function keyOf(annotation: CheckAnnotation): string {
  return JSON.stringify(annotation)
}
