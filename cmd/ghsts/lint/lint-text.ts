import type { Diagnostic } from '#pkg/policy'
import type { Terminal } from '../command.ts'
import { createPaint, type Paint } from '../terminal/color.ts'
import { columnsOf } from '../terminal/screen.ts'
import { visible } from '../terminal/visible-text.ts'
import type { LintedFile, LintReport } from './lint-report.ts'
import { excerpt } from './source-excerpt.ts'

/** A narrower excerpt shows nothing. */
const EXCERPT_MIN_CELLS = 20

/** Findings about a file as a whole, which no line of it explains. */
const WHOLE_FILE = /^(?:file_\w+|unreachable_file|too_large|not_utf8)$/

/** One line for each finding; on a terminal, the line of the file too, with a caret. Empty where there is none. */
export function renderFindings(
  { file, diagnostics }: Pick<LintedFile, 'file' | 'diagnostics'>,
  lines: readonly string[],
  { stdout, color }: Pick<Terminal, 'stdout' | 'color'>,
): string {
  const paint = createPaint(color)
  const columns = columnsOf(stdout)
  const shown = diagnostics.map((diagnostic) => {
    const finding = renderFinding(file, diagnostic, paint)
    return columns !== undefined && !WHOLE_FILE.test(diagnostic.code)
      ? finding + renderExcerpt(diagnostic, lines, columns, paint)
      : finding
  })
  return shown.join('')
}

/** `3 files, 1 error, 2 warnings` */
export function renderSummary(report: LintReport): string {
  const parts = [
    count(report.files.length, 'file'),
    count(report.errors, 'error'),
    count(report.warnings, 'warning'),
  ]
  const onlyThere = report.works_in_octo_sts_only
  if (onlyThere !== undefined) {
    parts.push(
      `${count(onlyThere, 'policy', 'policies')} ${onlyThere === 1 ? 'works' : 'work'} in octo-sts and not here`,
    )
  }
  return parts.join(', ')
}

function renderFinding(file: string, diagnostic: Diagnostic, paint: Paint): string {
  const { line, column, severity, code, message } = diagnostic
  // At the beginning of a line, `::` is a command to a runner.
  const name = visible(file).replace(/^\s*::/, './::')
  const place = paint(`${name}:${line}:${column}`, 'bold')
  const kind = paint(severity, 'bold', styleOf(severity))
  return `${place} ${kind} ${paint(visible(code), 'cyan')} ${visible(message)}\n`
}

function renderExcerpt(
  { line, column, severity }: Diagnostic,
  lines: readonly string[],
  columns: number,
  paint: Paint,
): string {
  const source = lines[line - 1]
  const number = String(line)
  const gutter = `  ${number} | `
  // The last cell of a line stays free: some terminals wrap there.
  const room = columns - gutter.length - 1
  if (source === undefined || room < EXCERPT_MIN_CELLS) return ''
  const { text, caret } = excerpt(source, column, room)
  const margin = `  ${' '.repeat(number.length)} | `
  return `${paint(gutter, 'dim')}${text}\n${paint(margin, 'dim')}${' '.repeat(caret)}${paint('^', 'bold', styleOf(severity))}\n`
}

function styleOf(severity: Diagnostic['severity']): 'red' | 'yellow' {
  return severity === 'error' ? 'red' : 'yellow'
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`
}
