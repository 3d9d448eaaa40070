import { judge, type Measurement } from './measurement.ts'

const HEADINGS = ['section', 'measured', 'value', 'range', 'target', '', 'note'] as const
/** The columns of numbers, which are aligned to the right. */
const NUMERIC: ReadonlySet<number> = new Set([2, 3, 4])

/** All measurements as one table for a terminal. */
export function renderText(measurements: readonly Measurement[]): string {
  const rows = cellsOf(measurements)
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return NUMERIC.has(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** All measurements as one table in Markdown. */
export function renderMarkdown(measurements: readonly Measurement[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = HEADINGS.map((_heading, column) => (NUMERIC.has(column) ? '---:' : '---'))
  return [line(HEADINGS), line(rule), ...cellsOf(measurements).map(line)].join('\n')
}

/** One line for each target: reached or missed, and by how much. */
export function renderVerdicts(measurements: readonly Measurement[]): string {
  return measurements
    .flatMap((measurement) => {
      const verdict = judge(measurement)
      if (verdict === undefined) return []
      const { section, name } = measurement
      const result = `${withUnit(measurement.value, measurement)}, target ${targetText(measurement)}`
      const word = verdict.reached ? 'reached' : 'MISSED '
      return [`${word}  ${section}: ${name}: ${result}${distanceText(measurement, verdict.margin)}`]
    })
    .join('\n')
}

/** A number with as many digits as mean something: three, and all of a whole number. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3)
}

function cellsOf(measurements: readonly Measurement[]): readonly (readonly string[])[] {
  return measurements.map((measurement) => {
    const verdict = judge(measurement)
    const { section, name, value, range, note = '' } = measurement
    return [
      section,
      name,
      withUnit(value, measurement),
      range === undefined ? '' : `${formatNumber(range.min)} .. ${formatNumber(range.max)}`,
      targetText(measurement),
      verdict === undefined ? '' : verdict.reached ? 'reached' : 'MISSED',
      note,
    ]
  })
}

function targetText({ target }: Measurement): string {
  if (target === undefined) return ''
  return 'atMost' in target ? `<= ${formatNumber(target.atMost)}` : `>= ${formatNumber(target.atLeast)}`
}

/** Nothing where a part of the target makes no sense, or the target is met exactly. */
function distanceText({ target }: Measurement, margin: number): string {
  if (Number.isNaN(margin)) return ' (not measured)'
  const isZero = target !== undefined && 'atMost' in target && target.atMost === 0
  if (margin === 0 || isZero) return ''
  return ` (${formatNumber(Math.abs(margin) * 100)} % ${margin > 0 ? 'better' : 'worse'})`
}

function withUnit(value: number, { unit }: Measurement): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}
