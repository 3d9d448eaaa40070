import { quote } from '#pkg/errors'
import type { Paint } from '../terminal/color.ts'
import { padTo, visible, widthOf } from '../terminal/visible-text.ts'
import type { ReportedCheck } from './check-report.ts'

const GAP = '  '
const HEADINGS = ['CHECK', 'EXPECTED', 'ACTUAL', 'VERDICT'] as const
type Row = readonly [field: string, expected: string, actual: string, verdict: string]

/**
 * The checks as a table, a row for each; or, where that is wider than a screen of `columns` cells, with the values
 * of each below one another. Undefined: there is no screen.
 */
export function renderChecks(
  checks: readonly ReportedCheck[],
  columns: number | undefined,
  paint: Paint,
): string {
  const rows = checks.map(rowOf)
  const widths = HEADINGS.map((heading, at) =>
    Math.max(...[heading, ...rows.map((row) => row[at] ?? '')].map(widthOf)),
  )
  const width = widths.reduce((sum, cells) => sum + cells + GAP.length, -GAP.length)
  const isTable = columns === undefined || width < columns
  const lines = rows.map((row, at) => {
    const isOk = checks[at]?.ok === true
    const [field, expected, actual, verdict] = row
    const painted = paint(verdict, isOk ? 'green' : 'red')
    if (!isTable) {
      return `${paint(field, 'bold')}${GAP}${painted}\n  expected  ${expected}\n  actual    ${actual}\n`
    }
    const cells = [field, expected, actual].map((cell, column) => padTo(cell, widths[column] ?? 0))
    return `${[...cells, painted].join(GAP)}\n`
  })
  const heading = HEADINGS.map((name, at) =>
    at === HEADINGS.length - 1 ? name : padTo(name, widths[at] ?? 0),
  )
  return (isTable ? `${paint(heading.join(GAP), 'bold')}\n` : '') + lines.join('')
}

function rowOf({ field, expected, actual, ok, reason }: ReportedCheck): Row {
  return [
    show(field),
    expected === undefined ? '(nothing)' : describeExpected(field, show(expected)),
    actual === undefined ? '(none)' : show(actual),
    ok ? 'ok' : reason,
  ]
}

/** What is expected, in the sense of its check. */
function describeExpected(field: string, expected: string): string {
  if (field === 'max_token_lifetime') return `at most ${expected}`
  return field.startsWith('forbidden_claim_pattern.') ? `not ${expected}` : expected
}

function show(text: string): string {
  return visible(quote(text))
}
