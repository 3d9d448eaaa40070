import { visible, widthOf } from '../terminal/visible-text.ts'

const TAB_CELLS = 4
const CUT = '…'

/** A line as a terminal shows it, and how many cells stand before the caret. */
export interface Excerpt {
  readonly text: string
  readonly caret: number
}

/** One character of the line: what is shown for it, and the cells before it. */
interface Cell {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Shows a line so that a caret can stand below `column` (UTF-16 code units, from 1; one past the end is there too).
 * Tabs become spaces, what a terminal would act on becomes visible, and a line of more than `room` cells is cut to
 * what is around the caret.
 */
export function excerpt(line: string, column: number, room: number): Excerpt {
  const cells: Cell[] = []
  let offset = 0
  let end = 0
  let target: number | undefined
  for (const character of line) {
    const text = character === '\t' ? ' '.repeat(TAB_CELLS - (end % TAB_CELLS)) : visible(character)
    const start = end
    end += widthOf(text)
    cells.push({ text, start, end })
    offset += character.length
    if (target === undefined && offset >= column) target = start
  }
  const caret = target ?? end
  if (end <= room) return { text: cells.map(({ text }) => text).join(''), caret }
  return cut(cells, caret, room, end)
}

function cut(cells: readonly Cell[], caret: number, room: number, total: number): Excerpt {
  // Behind the last character the caret needs a cell of its own.
  const first = Math.max(0, Math.min(caret - Math.floor(room / 2), total + 1 - room))
  const isCutBefore = first > 0
  const isCutBehind = first + room < total
  const from = isCutBefore ? first + CUT.length : 0
  const to = isCutBehind ? first + room - CUT.length : total
  const kept = cells.filter(({ start, end }) => start >= from && end <= to)
  const text = kept.map((cell) => cell.text).join('')
  // A wide character that the cut splits is dropped whole: the first that is kept says where the text begins.
  const begin = kept[0]?.start ?? from
  const prefix = isCutBefore ? CUT : ''
  return { text: prefix + text + (isCutBehind ? CUT : ''), caret: prefix.length + Math.max(0, caret - begin) }
}
