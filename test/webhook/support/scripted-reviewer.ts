import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { FileSource, ReviewRequest } from '../../../pkg/webhook/event/review-request.ts'
import type { CommitReviewer, ReviewSignals } from '../../../pkg/webhook/work/commit-reviewer.ts'
import type { JobOutcome, ReviewJob } from '../../../pkg/webhook/work/review-job.ts'

/** One attempt that is under way until the test ends it. */
export interface ScriptedAttempt {
  readonly commit: string
  readonly owner: string
  readonly job: ReviewJob
  readonly signals: ReviewSignals
  /** The sources that the job had when the attempt began, as `sourceName`. */
  readonly sources: readonly string[]
  /** Ends it; whoever waits for it has been told when this resolves. */
  readonly end: (outcome: JobOutcome) => Promise<void>
}

/** A reviewer whose attempts end when, and how, a test says. */
export interface ScriptedReviewer extends CommitReviewer {
  /** Attempts under way, oldest first. */
  readonly running: ScriptedAttempt[]
  /** The attempt under way at a commit. */
  readonly attemptAt: (commit: string) => ScriptedAttempt
  /** Commits that were abandoned. */
  readonly abandoned: string[]
}

export const DONE: JobOutcome = { kind: 'done', checks: 1 }
export const GIVEN_UP: JobOutcome = { kind: 'given_up' }

export function waitFor(ms: number): JobOutcome {
  return { kind: 'wait', ms, reason: 'github_unavailable' }
}

export function createScriptedReviewer(): ScriptedReviewer {
  const running: ScriptedAttempt[] = []
  const abandoned: string[] = []
  return {
    running,
    abandoned,
    attemptAt(commit) {
      const [attempt, ...others] = running.filter((one) => one.commit === commit)
      assert.ok(attempt !== undefined && others.length === 0, `${commit} is reviewed once`)
      return attempt
    },
    attempt: (job, signals) =>
      new Promise((resolve) => {
        const attempt: ScriptedAttempt = {
          commit: job.headSha,
          owner: job.target.owner,
          job,
          signals,
          sources: job.sources.map(sourceName),
          async end(outcome) {
            running.splice(running.indexOf(attempt), 1)
            resolve(outcome)
            await setImmediate()
          },
        }
        running.push(attempt)
      }),
    abandon(job) {
      abandoned.push(job.headSha)
      return Promise.resolve()
    },
  }
}

/** A source that has nothing but a name. */
export function sourceOf(name: string): FileSource {
  return { kind: 'comparison', base: name, isTarget: false }
}

export function sourceName(source: FileSource): string {
  return source.kind === 'comparison' ? source.base : source.kind
}

export interface Wanted extends Partial<Pick<ReviewRequest, 'head' | 'again' | 'isFromFork'>> {
  readonly owner?: string
  /** Names of sources; default: `push`. */
  readonly sources?: readonly string[]
}

/** A request about a commit, not of a branch unless `head` says so. */
export function requestFor(commit: string, wanted: Wanted = {}): ReviewRequest {
  const { owner = 'acme', sources = ['push'], head, again = false, isFromFork = false } = wanted
  return {
    target: { owner, repository: 'app', installationId: 1, accountId: 2 },
    headSha: commit,
    sources: sources.map(sourceOf),
    head,
    isFromFork,
    again,
  }
}

/** That a branch was pushed to at `pushedAt`. */
export function headAt(pushedAt: number, branch = 'main'): NonNullable<ReviewRequest['head']> {
  return { branch, pushedAt }
}
