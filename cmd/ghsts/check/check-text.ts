import type { Terminal } from '../command.ts'
import { renderFindings } from '../lint/lint-text.ts'
import { createPaint, type Paint } from '../terminal/color.ts'
import { columnsOf } from '../terminal/screen.ts'
import { visible, widthOf } from '../terminal/visible-text.ts'
import type { CheckReport, Grant, Note, ReportedCheck } from './check-report.ts'
import { renderChecks } from './check-table.ts'

const DIFFERENCES = {
  case: 'differs here, in upper and lower case alone',
  character: 'differs in this character alone',
  rest: 'the same up to here',
} as const

/** The report for people: what is wrong with the policy, whose lines these are, or the checks; and the answer. */
export function renderReport(
  report: CheckReport,
  lines: readonly string[],
  terminal: Pick<Terminal, 'stdout' | 'color'>,
): string {
  const paint = createPaint(terminal.color)
  const { policy, diagnostics, checks } = report
  const findings = renderFindings({ file: policy.file, diagnostics }, lines, terminal)
  const table = checks.length === 0 ? '' : renderChecks(checks, columnsOf(terminal.stdout), paint)
  const above = findings + table
  return `${above}${above === '' ? '' : '\n'}${renderVerdict(report, paint)}`
}

/** What has to be known about the answer, a line each. */
export function renderNotes(notes: readonly Note[]): string {
  return notes.map(({ message }) => `note: ${visible(message)}\n`).join('')
}

function renderVerdict({ verdict, reason, problem, checks, grant }: CheckReport, paint: Paint): string {
  if (grant !== undefined) return `${paint('allowed', 'bold', 'green')}\n${renderGrant(grant)}`
  const isOfToken = verdict === 'token_invalid' && reason !== undefined
  const why = isOfToken ? `${verdict} (${reason})` : (reason ?? verdict)
  const details = problem === undefined ? '' : `  ${visible(problem)}\n`
  const failed = checks.find(({ ok }) => !ok)
  return `${paint('denied', 'bold', 'red')}: ${why}\n${details}${failed === undefined ? '' : renderFailure(failed, paint)}`
}

function renderGrant({ permissions, repositories }: Grant): string {
  const granted = Object.entries(permissions).map(([name, level]) => `${name}: ${level}`)
  return `  permissions   ${visible(granted.join(', '))}\n  repositories  ${visible(describeReach(repositories))}\n`
}

function describeReach(repositories: Grant['repositories']): string {
  if (repositories === 'own') return 'the one that the policy is in'
  if (repositories !== 'all') return repositories.join(', ')
  return 'all that the App is installed on (asked for with the scope of a repository: that one alone)'
}

/** Both values below one another, whole, with a caret where they part. */
function renderFailure({ expected, actual, hint, difference }: ReportedCheck, paint: Paint): string {
  const lines: string[] = []
  if (difference !== undefined && expected !== undefined && actual !== undefined) {
    const same = Array.from(actual)
      .slice(0, difference.column - 1)
      .join('')
    const margin = ' '.repeat(widthOf(visible(same)))
    lines.push(`expected  ${visible(expected)}`, `actual    ${visible(actual)}`)
    lines.push(`          ${margin}${paint('^', 'bold', 'red')} ${DIFFERENCES[difference.kind]}`)
  }
  if (hint !== undefined) lines.push(`hint      this line would match: ${visible(hint)}`)
  return lines.map((line) => `  ${line}\n`).join('')
}
