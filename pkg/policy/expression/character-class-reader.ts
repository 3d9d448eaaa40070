import {
  complement,
  type CharacterClass,
  type CodePointRange,
  type UnicodeProperty,
} from './character-class.ts'
import { readEscape } from './escape-sequence.ts'
import { syntaxProblem, type ExpressionProblem } from './expression-problem.ts'
import { hasMore, looksAt, skipText, take, type PatternCursor } from './pattern-cursor.ts'

const DIGITS: readonly CodePointRange[] = [[0x30, 0x39]]
const UPPER: readonly CodePointRange[] = [[0x41, 0x5a]]
const LOWER: readonly CodePointRange[] = [[0x61, 0x7a]]
const WORD: readonly CodePointRange[] = [...DIGITS, ...UPPER, [0x5f, 0x5f], ...LOWER]

/** RE2 syntax, "Perl character classes": ASCII only. Sorted, as `complement` needs them. */
const PERL_CLASSES: ReadonlyMap<string, readonly CodePointRange[]> = new Map([
  ['d', DIGITS],
  [
    's',
    [
      [0x09, 0x0a],
      [0x0c, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['w', WORD],
])

/** RE2 syntax, "ASCII character classes". Sorted, as `complement` needs them. */
const POSIX_CLASSES: ReadonlyMap<string, readonly CodePointRange[]> = new Map([
  ['alnum', [...DIGITS, ...UPPER, ...LOWER]],
  ['alpha', [...UPPER, ...LOWER]],
  ['ascii', [[0x00, 0x7f]]],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0x00, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', DIGITS],
  ['graph', [[0x21, 0x7e]]],
  ['lower', LOWER],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', [...DIGITS, [0x41, 0x46], [0x61, 0x66]]],
])

/** What one item of a class adds to it. */
type ClassItem =
  | { readonly range: CodePointRange }
  | { readonly named: readonly CodePointRange[] }
  | { readonly property: UnicodeProperty }

/** Reads a class in brackets, from its `[` on. */
export function readBracketClass(
  cursor: PatternCursor,
  ignoreCase: boolean,
): CharacterClass | ExpressionProblem {
  const start = cursor.offset
  skipText(cursor, '[')
  const negated = skipText(cursor, '^')
  const ranges: CodePointRange[] = []
  const named: CodePointRange[] = []
  const properties: UnicodeProperty[] = []
  // A `]` right after the opening is a member, not the end.
  for (let first = true; first || !skipText(cursor, ']'); first = false) {
    const item = readNamedItem(cursor) ?? readRange(cursor, start)
    if ('kind' in item) return item
    if ('property' in item) properties.push(item.property)
    else if ('named' in item) named.push(...item.named)
    else ranges.push(item.range)
  }
  return { negated, ranges, named, properties, ignoreCase }
}

/** Reads `\d`, `\W`, `\pL`, `\P{Greek}` and their like outside brackets; undefined if that is not what comes. */
export function readClassEscape(
  cursor: PatternCursor,
  ignoreCase: boolean,
): CharacterClass | ExpressionProblem | undefined {
  const named = readPerlClass(cursor)
  if (named !== undefined) return { negated: false, ranges: [], ...named, properties: [], ignoreCase }
  const item = readProperty(cursor)
  if (item === undefined || 'kind' in item) return item
  return { negated: false, ranges: [], named: [], properties: [item.property], ignoreCase }
}

function readNamedItem(cursor: PatternCursor): ClassItem | ExpressionProblem | undefined {
  return readPosixClass(cursor) ?? readPerlClass(cursor) ?? readProperty(cursor)
}

function readPosixClass(cursor: PatternCursor): ClassItem | ExpressionProblem | undefined {
  if (!looksAt(cursor, '[:')) return undefined
  const start = cursor.offset
  // Without an end, even far behind the class, the `[` is a member like any other.
  if (cursor.lastPosixEnd < start) return undefined
  const end = cursor.text.indexOf(':]', start)
  const negated = cursor.text.startsWith('^', start + 2)
  const ranges = POSIX_CLASSES.get(cursor.text.slice(start + (negated ? 3 : 2), end))
  if (ranges === undefined) return syntaxProblem('there is no ASCII class of that name', start)
  cursor.offset = end + 2
  return { named: negated ? complement(ranges) : ranges }
}

function readPerlClass(cursor: PatternCursor): { readonly named: readonly CodePointRange[] } | undefined {
  if (!looksAt(cursor, '\\')) return undefined
  const letter = cursor.text.charAt(cursor.offset + 1)
  const ranges = PERL_CLASSES.get(letter.toLowerCase())
  if (ranges === undefined) return undefined
  cursor.offset += 2
  return { named: letter === letter.toLowerCase() ? ranges : complement(ranges) }
}

function readProperty(
  cursor: PatternCursor,
): { readonly property: UnicodeProperty } | ExpressionProblem | undefined {
  const start = cursor.offset
  const escapedUpper = skipText(cursor, '\\P')
  if (!escapedUpper && !skipText(cursor, '\\p')) return undefined
  const name = readPropertyName(cursor)
  if (name === undefined) return syntaxProblem('a Unicode class has no name', start)
  const caret = name.startsWith('^')
  return { property: { name: caret ? name.slice(1) : name, negated: escapedUpper !== caret } }
}

function readPropertyName(cursor: PatternCursor): string | undefined {
  const start = cursor.offset
  if (!skipText(cursor, '{')) return take(cursor) < 0 ? undefined : cursor.text.slice(start, cursor.offset)
  const end = cursor.text.indexOf('}', start)
  if (end < 0) return undefined
  cursor.offset = end + 1
  return cursor.text.slice(start + 1, end)
}

function readRange(cursor: PatternCursor, classStart: number): ClassItem | ExpressionProblem {
  const start = cursor.offset
  const low = readMember(cursor, classStart)
  if (typeof low !== 'number') return low
  // In `[a-]` the hyphen is a member.
  if (looksAt(cursor, '-]') || !skipText(cursor, '-')) return { range: [low, low] }
  const high = readMember(cursor, classStart)
  if (typeof high !== 'number') return high
  return low <= high ? { range: [low, high] } : syntaxProblem('a range runs backwards', start)
}

function readMember(cursor: PatternCursor, classStart: number): number | ExpressionProblem {
  if (!hasMore(cursor)) return syntaxProblem('a character class is not closed', classStart)
  return looksAt(cursor, '\\') ? readEscape(cursor) : take(cursor)
}
