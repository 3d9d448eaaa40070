/** A place in a pattern that readers move forward. `offset` counts UTF-16 code units. */
export interface PatternCursor {
  readonly text: string
  offset: number
  /** Where the last `:]` begins, or -1. Looking for one again at every `[:` would take quadratic time. */
  readonly lastPosixEnd: number
}

/** A cursor at the start of `text`. */
export function createCursor(text: string): PatternCursor {
  return { text, offset: 0, lastPosixEnd: text.lastIndexOf(':]') }
}

/** Whether anything is left. */
export function hasMore(cursor: PatternCursor): boolean {
  return cursor.offset < cursor.text.length
}

/** The code point under the cursor, or -1 at the end. A lone surrogate is a code point of its own. */
export function peek(cursor: PatternCursor): number {
  return cursor.text.codePointAt(cursor.offset) ?? -1
}

/** The code point under the cursor, which moves past it; -1 at the end. */
export function take(cursor: PatternCursor): number {
  const codePoint = peek(cursor)
  if (codePoint >= 0) cursor.offset += codePoint > 0xffff ? 2 : 1
  return codePoint
}

/** Whether `text` is what comes next. */
export function looksAt(cursor: PatternCursor, text: string): boolean {
  return cursor.text.startsWith(text, cursor.offset)
}

/** Moves past `text` if it comes next, and says whether it did. */
export function skipText(cursor: PatternCursor, text: string): boolean {
  if (!looksAt(cursor, text)) return false
  cursor.offset += text.length
  return true
}
