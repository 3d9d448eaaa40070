import { toStsError, type StsError } from '#pkg/errors'
import type { CheckRun } from '#pkg/github'
import type { Change, ChangedPolicy } from '../change/change.ts'
import type { ChangeReader } from '../change/change-reader.ts'
import type { FileSource } from '../event/review-request.ts'
import { NOTHING_CHANGED, reportChange, type CheckReport } from '../report/check-report.ts'
import type { CheckRuns, Words } from '../report/check-runs.ts'
import type { PolicyReview } from '../review/policy-review.ts'
import type { PolicyReviewer } from '../review/policy-reviewer.ts'
import { joinSources, type JobOutcome, type ReviewJob } from './review-job.ts'

/** Pauses between attempts while GitHub does not answer as it should; after the last one the check fails. */
const RETRY_DELAYS_MS: readonly number[] = [2_000, 10_000, 60_000, 300_000, 900_000]

/** The wait when a rate limit names none. */
const RATE_LIMIT_WAIT_MS = 60_000

/** Added to the reset of a rate limit, whose clock is GitHub's. */
const RATE_LIMIT_MARGIN_MS = 1_000

const NOT_CHECKED: CheckReport = {
  conclusion: 'failure',
  title: 'The policies could not be checked',
  summary:
    'GitHub did not give what is needed to check this change. Nothing is said about its policies: re-run this check.',
  annotations: [],
}

const SUPERSEDED: CheckReport = {
  conclusion: 'cancelled',
  title: 'A newer commit is checked instead',
  summary:
    'The branch has moved on before the check of this commit began. Re-run this check if it is needed.',
  annotations: [],
}

const STOPPED: CheckReport = {
  conclusion: 'failure',
  title: 'The check was stopped',
  summary:
    'The validator was stopped while this check waited for GitHub. Nothing is said about its policies: re-run this check.',
  annotations: [],
}

/** What happened to a check, for the log and for metrics. */
export interface ReviewObserver {
  /** A check run has got its conclusion. */
  concluded?(job: ReviewJob, report: CheckReport): void
  /** An attempt failed; `outcome` says what becomes of the job. */
  failed?(job: ReviewJob, error: StsError, outcome: JobOutcome): void
}

export interface CommitReviewerOptions {
  readonly changes: ChangeReader
  readonly reviewPolicies: PolicyReviewer
  readonly checkRuns: CheckRuns
  /** Whether a check run appears where nothing was to check, too. */
  readonly alwaysChecks: boolean
  readonly now: () => number
  readonly observer?: ReviewObserver | undefined
}

/** When the process is about to end. */
export interface ReviewSignals {
  /** No check run is begun any more. */
  readonly closing: AbortSignal
  /** Calls that are under way are given up. */
  readonly stopping: AbortSignal
}

/** Reviews commits and writes their check runs. */
export interface CommitReviewer {
  /** Takes a job as far as it goes. Never rejects. */
  attempt(job: ReviewJob, signals: ReviewSignals): Promise<JobOutcome>
  /** Ends the check run of a job that is not taken up again, if it has one. Never rejects. */
  abandon(job: ReviewJob, signal: AbortSignal): Promise<void>
}

export function createCommitReviewer(options: CommitReviewerOptions): CommitReviewer {
  const { changes, reviewPolicies, checkRuns, now, observer } = options

  async function review(job: ReviewJob, signals: ReviewSignals): Promise<JobOutcome> {
    const signal = signals.stopping
    if (!job.isSuperseded) job.report ??= await findOut(job, signals)
    const report = job.isSuperseded ? SUPERSEDED : job.report
    if (report === undefined) return { kind: 'done', checks: 0 }
    await open(job, signals)
    if (job.run !== undefined) await checkRuns.conclude(job.target, job.run, report, signal)
    observer?.concluded?.(job, report)
    return report === NOT_CHECKED ? { kind: 'given_up' } : { kind: 'done', checks: 1 }
  }

  /** What is to be reported; undefined when there is nothing, and nobody waits to hear so. */
  async function findOut(job: ReviewJob, signals: ReviewSignals): Promise<CheckReport | undefined> {
    const signal = signals.stopping
    const isWanted = options.alwaysChecks || job.isAsked || changes.isCertain(job)
    if (isWanted) await open(job, signals)
    let change = await changes.read(job, signal)
    let reviews: readonly PolicyReview[] | undefined
    if (job.run === undefined) {
      // Whether there is anything to check is known only now, or only by reading.
      if (change.gap === undefined && !change.policies.some(isThere)) {
        reviews = await reviewPolicies(change.policies, job, signal)
        if (!reviews.some(isWorthACheck)) return undefined
      }
      if (await open(job, signals)) {
        change = await changes.read(job, signal)
        reviews = undefined
      }
    }
    reviews ??= await reviewPolicies(change.policies, job, signal)
    const missing = pathsMissing(change, reviews)
    if (missing.length > 0) await changes.confirmAbsence(job, missing, signal)
    return reportOf(change, reviews, job)
  }

  /** Makes the check run, if there is none. Whether that has shown further sources. */
  async function open(job: ReviewJob, { closing, stopping }: ReviewSignals): Promise<boolean> {
    if (job.run !== undefined) return false
    closing.throwIfAborted()
    const { pullRequests, ...run } = await checkRuns.open(job.target, job.headSha, stopping)
    job.run = run
    // A branch of a pull request gets one check for a commit, whichever delivery asked: what it is about must not
    // depend on which came last.
    const before = job.sources.length
    job.sources = joinSources(
      job.sources,
      pullRequests.flatMap((one) => sourceOf(one, job.headSha)),
    )
    return job.sources.length > before
  }

  async function fail(job: ReviewJob, error: StsError, signals: ReviewSignals): Promise<JobOutcome> {
    const { reason } = error
    if (error.code === 'RATE_LIMITED') {
      const ms = (error.retryAfterMs ?? RATE_LIMIT_WAIT_MS) + RATE_LIMIT_MARGIN_MS
      await explain(job, waitingWords(now() + ms), signals)
      return { kind: 'wait', ms, reason }
    }
    const delay = RETRY_DELAYS_MS[job.failures]
    if (isTransient(error) && delay !== undefined) {
      job.failures += 1
      return { kind: 'wait', ms: delay, reason }
    }
    if (job.isSuperseded || job.report === NOT_CHECKED) return { kind: 'given_up' }
    // What could not be found out is an end, too: it is written with the same patience.
    job.report = NOT_CHECKED
    job.failures = 0
    return { kind: 'wait', ms: 0, reason }
  }

  /** Makes it visible that, and why, a check waits; as far as GitHub lets us. */
  async function explain(job: ReviewJob, words: Words, signals: ReviewSignals): Promise<void> {
    try {
      await open(job, signals)
      if (job.run !== undefined) await checkRuns.explain(job.target, job.run, words, signals.stopping)
    } catch {
      // The wait is for the very calls that this takes. Its caller has reported the first failure.
    }
  }

  return {
    async attempt(job, signals) {
      try {
        const outcome = await review(job, signals)
        job.failures = 0
        return outcome
      } catch (thrown) {
        const error = toStsError(thrown)
        job.hasFailed = true
        const isEnding = signals.stopping.aborted || (signals.closing.aborted && job.run === undefined)
        const outcome: JobOutcome = isEnding ? { kind: 'given_up' } : await fail(job, error, signals)
        observer?.failed?.(job, error, outcome)
        return outcome
      }
    },
    async abandon(job, signal) {
      if (job.run === undefined) return
      const report = job.isSuperseded ? SUPERSEDED : STOPPED
      try {
        await checkRuns.conclude(job.target, job.run, report, signal)
        observer?.concluded?.(job, report)
      } catch (thrown) {
        observer?.failed?.(job, toStsError(thrown), { kind: 'given_up' })
      }
    },
  }
}

function isThere({ presence }: ChangedPolicy): boolean {
  return presence === 'there'
}

/** That a policy is gone lets nobody in; that a list of issuers is may let in many. */
function isWorthACheck({ isRemoved, diagnostics }: PolicyReview): boolean {
  return !isRemoved || diagnostics.length > 0
}

/** Files that GitHub has named without doubt, and that could not be read because they are not there. */
function pathsMissing({ policies }: Change, reviews: readonly PolicyReview[]): readonly string[] {
  const found = new Set(reviews.map(({ file }) => file.path))
  return policies
    .filter((changed) => isThere(changed) && !found.has(changed.file.path))
    .map(({ file }) => file.path)
}

function reportOf(change: Change, reviews: readonly PolicyReview[], { target }: ReviewJob): CheckReport {
  if (reviews.length === 0 && change.gap === undefined) return NOTHING_CHANGED
  const { owner, repository } = target
  return reportChange({ reviews, gap: change.gap }, { owner, repository })
}

function sourceOf(
  { baseSha, headSha }: CheckRun['pullRequests'][number],
  commit: string,
): readonly FileSource[] {
  return headSha === commit ? [{ kind: 'comparison', base: baseSha, isTarget: true }] : []
}

/** GitHub may answer otherwise in a moment. */
function isTransient({ code, reason }: StsError): boolean {
  if (reason === 'github_refused') return false
  return code === 'UPSTREAM_UNAVAILABLE' || code === 'DEADLINE_EXCEEDED' || code === 'GRANT_EXCEEDED'
}

function waitingWords(until: number): Words {
  const time = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return {
    title: 'Waiting for the rate limit of GitHub',
    summary: `The requests that GitHub allows this App here are used up. The check goes on at ${time}.`,
  }
}
