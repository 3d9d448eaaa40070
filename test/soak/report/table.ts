import type { RestingUsage, Usage } from '../processes/usage.ts'
import type { Latency, SoakResult } from './result.ts'
import { list, megabytes, type Verdict } from './verdicts.ts'

/** The result as text for people. */
export function renderResult(result: SoakResult, verdicts: readonly Verdict[]): string {
  const { good, health, loop, usage, attacks, log, connectionsPeak } = result
  const sections = [
    `Soak: ${result.minutes} min, seed ${result.seed}, rate ${result.rate}, Node ${result.node}`,
    grid([
      ['good exchanges', 'sent', 'answered', 'p50', 'p99', 'max', 'failed with'],
      ...good.map((one) => [
        one.name,
        String(one.sent),
        String(one.answered),
        ...times(one),
        list(one.problems),
      ]),
    ]),
    grid([
      ['health', 'checks', 'failed', 'p50', 'p99', 'max'],
      ...health.map((one) => [one.name, String(one.checks), String(one.failed), ...times(one)]),
      ['event loop (+10 ms)', '', '', ...(loop === undefined ? ['unknown'] : times(loop))],
    ]),
    grid([
      ['the service holds', 'start', 'middle', 'end'],
      ['memory', ...usages(usage, ({ rssBytes }) => rssBytes && megabytes(rssBytes))],
      ['live heap', showHeap(usage.start), '', showHeap(usage.end)],
      ['descriptors', ...usages(usage, ({ descriptors }) => descriptors && String(descriptors))],
    ]),
    grid([
      ['attack', 'rows', 'made', 'what came back'],
      ...attacks.map(({ name, rows, outcomes }) => [name, rows, String(countOf(outcomes)), list(outcomes)]),
    ]),
    [
      `at most ${connectionsPeak} raw connections of attackers at a time; ${log.lines} lines of log; `,
      `${log.lostMints} mints lost on purpose`,
      ...Object.entries(log.errors).map(([what, count]) => `\nERROR ${count}x ${what}`),
      ...log.stray.map((line) => `\nstray: ${line}`),
    ].join(''),
    grid(
      verdicts.map(({ target, reached, required, seen }) => [
        reached ? 'reached' : required ? 'MISSED' : 'missed',
        target,
        seen,
      ]),
    ),
  ]
  return `${sections.join('\n\n')}\n`
}

/** Columns as wide as what is in them. */
export function grid(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}

function times({ p50Ms, p99Ms, maxMs }: Latency): readonly string[] {
  return [p50Ms, p99Ms, maxMs].map((ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`)
}

function showHeap({ heapBytes }: RestingUsage): string {
  return heapBytes === undefined ? 'unknown' : megabytes(heapBytes)
}

function usages(
  { start, middle, end }: SoakResult['usage'],
  show: (usage: Usage) => string | number | undefined,
): readonly string[] {
  return [start, middle, end].map((usage) => String(show(usage) ?? 'unknown'))
}

function countOf(outcomes: Readonly<Record<string, number>>): number {
  return Object.values(outcomes).reduce((total, count) => total + count, 0)
}
