import type { Position } from './diagnostic.ts'

/** The place of an offset (UTF-16 code units) in one text. */
export type LineIndex = (offset: number) => Position

/**
 * Indexes the lines of `text`, whose only line break is LF. A look-up is logarithmic in the number of lines;
 * an offset past the end is on the last line.
 */
export function indexLines(text: string): LineIndex {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
