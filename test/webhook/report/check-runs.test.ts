import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckRunChange, GitHubReviews } from '#pkg/github'
import type { CheckReport } from '../../../pkg/webhook/report/check-report.ts'
import { createCheckRuns } from '../../../pkg/webhook/report/check-runs.ts'

const TARGET = { owner: 'acme', repository: 'app', installationId: 99, accountId: 42 }

/** Ends a check run by a report with so many annotations, and gives what GitHub was sent. */
async function conclude(count: number): Promise<readonly CheckRunChange[]> {
  const changes: CheckRunChange[] = []
  const reviews: Pick<GitHubReviews, 'createCheckRun' | 'updateCheckRun'> = {
    createCheckRun: () => Promise.resolve({ id: 1, pullRequests: [] }),
    updateCheckRun: (_, __, change) => {
      changes.push(change)
      return Promise.resolve()
    },
  }
  const checkRuns = createCheckRuns(reviews)
  const signal = AbortSignal.timeout(10_000)
  const run = await checkRuns.open(TARGET, 'a'.repeat(40), signal)
  const report: CheckReport = {
    conclusion: 'failure',
    title: 'a title',
    summary: 'a summary',
    annotations: Array.from({ length: count }, (_, at) => {
      return {
        path: 'a',
        startLine: at + 1,
        endLine: at + 1,
        level: 'failure',
        message: 'a message',
      } as const
    }),
  }
  await checkRuns.conclude(TARGET, run, report, signal)
  return changes
}

for (const [count, parts] of [
  [0, [0]],
  [1, [1]],
  [50, [50]],
  [51, [50, 1]],
  [500, Array<number>(10).fill(50)],
] as const) {
  test(`${count} annotations are sent in ${parts.length} requests, the last one with the conclusion`, async () => {
    const changes = await conclude(count)
    assert.deepEqual(
      changes.map(({ output }) => output?.annotations.length),
      parts,
    )
    const lines = changes.flatMap(({ output }) => output?.annotations.map(({ startLine }) => startLine) ?? [])
    assert.deepEqual(
      lines,
      Array.from({ length: count }, (_, at) => at + 1),
    )
    assert.ok(changes.every(({ output }) => output?.title === 'a title' && output.summary === 'a summary'))
    assert.deepEqual(
      changes.map(({ conclusion }) => conclusion),
      parts.map((_, at) => (at === parts.length - 1 ? 'failure' : undefined)),
    )
  })
}
