import type { App } from './app.ts'
import type { CheckConclusion } from './check-output.ts'
import type { Commit } from './git.ts'
import type { CheckRun, CheckSuite, Repository } from './repository.ts'

/** Check runs of one name that a suite keeps: https://docs.github.com/rest/checks/runs#create-a-check-run */
const RUNS_PER_NAME_MAX = 1000

/** What led to a suite, when a push did. */
export interface SuitePush {
  readonly branch: string
  readonly before: string
}

/** The suite of an App for a commit, which is made if there is none. */
export function ensureCheckSuite(
  repository: Repository,
  app: App,
  head: Commit,
  { nextId, now, push }: { readonly nextId: () => number; readonly now: number; readonly push?: SuitePush },
): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headCommit === head)
  if (known !== undefined) return known
  const branch = [...repository.branches].find(([, commit]) => commit === head)?.[0]
  const suite: CheckSuite = {
    id: nextId(),
    app,
    repository,
    headSha: head.sha,
    headCommit: head,
    headBranch: push?.branch ?? branch ?? null,
    before: push?.before ?? head.parents[0] ?? null,
    after: head.sha,
    status: 'queued',
    conclusion: null,
    createdAt: now,
    updatedAt: now,
  }
  repository.checkSuites.push(suite)
  return suite
}

/** Adds a run to its suite's repository, and drops the oldest of that name beyond what GitHub keeps. */
export function addCheckRun(run: CheckRun): void {
  const { checkRuns } = run.suite.repository
  checkRuns.push(run)
  const named = checkRuns.filter(({ suite, name }) => suite === run.suite && name === run.name)
  const oldest = named[0]
  if (named.length > RUNS_PER_NAME_MAX && oldest !== undefined) checkRuns.splice(checkRuns.indexOf(oldest), 1)
}

/** The newest run of each name of a suite. */
export function latestRuns(suite: CheckSuite): readonly CheckRun[] {
  const byName = new Map<string, CheckRun>()
  for (const run of suite.repository.checkRuns) if (run.suite === suite) byName.set(run.name, run)
  return [...byName.values()]
}

/** Has a suite follow its runs after one of them changed; true if that completed it. */
export function settleSuite(suite: CheckSuite, now: number): boolean {
  const runs = latestRuns(suite)
  const before = suite.status
  suite.updatedAt = now
  if (runs.every(({ status }) => status === 'completed')) {
    suite.status = 'completed'
    suite.conclusion = WORST_FIRST.find((one) => runs.some(({ conclusion }) => conclusion === one)) ?? null
    return before !== 'completed'
  }
  suite.status = runs.every(({ status }) => status === 'queued') ? 'queued' : 'in_progress'
  suite.conclusion = null
  return false
}

/**
 * Puts a suite back to its start, as asking for it or for one of its runs again does. The runs stay as they are.
 * https://docs.github.com/rest/checks/suites#rerequest-a-check-suite
 */
export function resetSuite(suite: CheckSuite, now: number): void {
  suite.status = 'queued'
  suite.conclusion = null
  suite.updatedAt = now
}

const WORST_FIRST: readonly CheckConclusion[] = [
  'failure',
  'timed_out',
  'action_required',
  'cancelled',
  'neutral',
  'success',
  'skipped',
]
