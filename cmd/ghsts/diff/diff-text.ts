import type { PowerDifference, PowerText } from '#pkg/policy'
import type { Terminal } from '../command.ts'
import { renderFindings } from '../lint/lint-text.ts'
import { linesOf } from '../lint/source-lines.ts'
import { createPaint, type Paint } from '../terminal/color.ts'
import { visible } from '../terminal/visible-text.ts'
import type { DiffedFile } from './diff-report.ts'
import type { Version } from './read-version.ts'

const EFFECTS = {
  gain: { sign: '+', style: 'red' },
  change: { sign: '~', style: 'yellow' },
  loss: { sign: '-', style: 'green' },
} as const

/** A line for each change, or one that says that there is none. */
export function renderDifference({ changes }: PowerDifference, color: boolean): string {
  if (changes.length === 0) return 'no change in power\n'
  const paint = createPaint(color)
  const lines = changes.map(({ effect, text }) => {
    const { sign, style } = EFFECTS[effect]
    return `${paint(sign, 'bold', style)} ${renderText(text, paint)}\n`
  })
  return lines.join('')
}

/** What makes the files invalid, as `ghsts policy lint` shows it. */
export function renderProblems(
  files: readonly (readonly [DiffedFile, Version])[],
  terminal: Pick<Terminal, 'stdout' | 'color'>,
): string {
  const findings = files.map(([file, version]) =>
    renderFindings(file, version.kind === 'present' ? linesOf(version.bytes) : [], terminal),
  )
  return findings.join('')
}

/** A text whose values are in back quotes, as they are. */
export function plainText(text: PowerText): string {
  return text.map((part) => (typeof part === 'string' ? part : inBackQuotes(part.code))).join('')
}

function renderText(text: PowerText, paint: Paint): string {
  return text
    .map((part) => (typeof part === 'string' ? part : paint(inBackQuotes(visible(part.code)), 'cyan')))
    .join('')
}

/** In more back quotes than the value has in a row, so that none can pretend to end there (CommonMark, section 6.1). */
function inBackQuotes(value: string): string {
  const runs = value.match(/`+/g) ?? []
  const quotes = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1)
  return `${quotes}${value}${quotes}`
}
