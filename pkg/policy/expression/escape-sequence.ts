import { MAX_CODE_POINT } from './character-class.ts'
import { syntaxProblem, type ExpressionProblem } from './expression-problem.ts'
import { hasMore, peek, skipText, take, type PatternCursor } from './pattern-cursor.ts'

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
])

/**
 * Reads an escape that stands for one character, from its backslash on: octal, hexadecimal, a control letter or
 * quoted ASCII punctuation (RE2 syntax, "Escape sequences"). Anything else is a problem.
 */
export function readEscape(cursor: PatternCursor): number | ExpressionProblem {
  const start = cursor.offset
  take(cursor)
  if (!hasMore(cursor)) return syntaxProblem('a backslash at the end escapes nothing', start)
  const codePoint = take(cursor)
  const character = String.fromCodePoint(codePoint)
  const value = isOctal(codePoint)
    ? readOctal(cursor, codePoint)
    : character === 'x'
      ? readHexadecimal(cursor)
      : (CONTROL_ESCAPES.get(character) ?? (isAsciiPunctuation(codePoint) ? codePoint : undefined))
  return value ?? syntaxProblem(`no such escape as ${cursor.text.slice(start, cursor.offset)}`, start)
}

/** `\1` to `\7` alone would be back references, which RE2 does not have; `\0` and two or three digits are octal. */
function readOctal(cursor: PatternCursor, first: number): number | undefined {
  if (first !== 0x30 && !isOctal(peek(cursor))) return undefined
  let value = first - 0x30
  for (let digits = 1; digits < 3 && isOctal(peek(cursor)); digits += 1)
    value = value * 8 + take(cursor) - 0x30
  return value
}

function readHexadecimal(cursor: PatternCursor): number | undefined {
  if (!skipText(cursor, '{')) {
    const high = hexDigit(take(cursor))
    const low = hexDigit(take(cursor))
    return high === undefined || low === undefined ? undefined : high * 16 + low
  }
  let value: number | undefined
  for (;;) {
    const next = take(cursor)
    if (next === 0x7d) return value
    const digit = hexDigit(next)
    if (digit === undefined) return undefined
    value = (value ?? 0) * 16 + digit
    if (value > MAX_CODE_POINT) return undefined
  }
}

function hexDigit(codePoint: number): number | undefined {
  if (codePoint < 0) return undefined
  const digit = '0123456789abcdef'.indexOf(String.fromCodePoint(codePoint).toLowerCase())
  return digit < 0 ? undefined : digit
}

function isOctal(codePoint: number): boolean {
  return codePoint >= 0x30 && codePoint <= 0x37
}

function isAsciiPunctuation(codePoint: number): boolean {
  return codePoint <= 0x7f && !isAsciiAlphanumeric(codePoint)
}

/** Whether it is an ASCII letter or digit. */
export function isAsciiAlphanumeric(codePoint: number): boolean {
  return (
    (codePoint >= 0x30 && codePoint <= 0x39) ||
    (codePoint >= 0x41 && codePoint <= 0x5a) ||
    (codePoint >= 0x61 && codePoint <= 0x7a)
  )
}
