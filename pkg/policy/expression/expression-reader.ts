import { readBracketClass, readClassEscape } from './character-class-reader.ts'
import { singleMember } from './character-class.ts'
import { isAsciiAlphanumeric, readEscape } from './escape-sequence.ts'
import { syntaxProblem, type ExpressionProblem } from './expression-problem.ts'
import type { Assertion, ExpressionNode } from './expression-syntax.ts'
import { createCursor, hasMore, looksAt, peek, skipText, take, type PatternCursor } from './pattern-cursor.ts'

/** Go's and re2js' limit for a count in braces. */
const REPETITION_MAX = 1_000

/** What `(?i)` and `(?m)` switch. `s` and `U` are read too, but change nothing that is asked of the tree. */
interface Flags {
  readonly ignoreCase: boolean
  readonly multiLine: boolean
}

/** A group that is being read, or the whole pattern. */
interface OpenGroup {
  readonly capturing: boolean
  readonly offset: number
  /** The flags that hold again behind the group. */
  readonly flagsBehind: Flags
  readonly branches: ExpressionNode[]
  sequence: ExpressionNode[]
}

const NO_FLAGS: Flags = { ignoreCase: false, multiLine: false }

/**
 * Reads RE2 syntax as re2js 2.10 does, into a tree. What it refuses, re2js refuses too. What it accepts may still
 * fail to compile for the name of a Unicode class, a repeated group name, counts that multiply past 1,000, or nesting
 * deeper than 1,000, where re2js decides. A `\Q` without `\E` is refused: it would swallow what is put behind it.
 *
 * Takes time linear in the pattern; neither throws nor recurses.
 *
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function readExpression(pattern: string): ExpressionNode | ExpressionProblem {
  const cursor = createCursor(pattern)
  const whole: OpenGroup = openGroup(false, 0, NO_FLAGS)
  const enclosing: OpenGroup[] = []
  let group = whole
  let flags = NO_FLAGS
  let repeatedBefore = false
  while (hasMore(cursor)) {
    const start = cursor.offset
    const repetition = readRepetition(cursor)
    if (repetition !== undefined) {
      if ('kind' in repetition) return repetition
      const operand = group.sequence.pop()
      if (operand === undefined) return syntaxProblem('there is nothing to repeat', start)
      if (repeatedBefore) return syntaxProblem('a repetition cannot be repeated', start)
      group.sequence.push({ kind: 'repetition', node: operand, ...repetition })
      repeatedBefore = true
      continue
    }
    repeatedBefore = false
    if (looksAt(cursor, '(')) {
      const opening = readOpening(cursor, flags)
      if ('kind' in opening) return opening
      if (opening.opens !== undefined) {
        enclosing.push(group)
        group = openGroup(opening.opens === 'capturing', start, flags)
      }
      flags = opening.flags
    } else if (skipText(cursor, ')')) {
      const outer = enclosing.pop()
      if (outer === undefined) return syntaxProblem('a parenthesis is closed that was not opened', start)
      outer.sequence.push({ kind: 'group', capturing: group.capturing, node: closeGroup(group) })
      flags = group.flagsBehind
      group = outer
    } else if (skipText(cursor, '|')) {
      group.branches.push(concatenate(group.sequence))
      group.sequence = []
    } else if (looksAt(cursor, '\\Q')) {
      const literals = readQuotation(cursor, flags)
      if ('kind' in literals) return literals
      group.sequence.push(...literals)
    } else {
      const atom = readAtom(cursor, flags)
      if ('message' in atom) return atom
      group.sequence.push(atom)
    }
  }
  return group === whole ? closeGroup(whole) : syntaxProblem('a parenthesis is not closed', group.offset)
}

function openGroup(capturing: boolean, offset: number, flagsBehind: Flags): OpenGroup {
  return { capturing, offset, flagsBehind, branches: [], sequence: [] }
}

function closeGroup(group: OpenGroup): ExpressionNode {
  const last = concatenate(group.sequence)
  return group.branches.length === 0 ? last : { kind: 'alternation', nodes: [...group.branches, last] }
}

function concatenate(nodes: readonly ExpressionNode[]): ExpressionNode {
  const [first, ...others] = nodes
  if (first === undefined) return { kind: 'empty' }
  return others.length === 0 ? first : { kind: 'concatenation', nodes }
}

interface Bounds {
  readonly min: number
  readonly max: number | undefined
}

/** Reads `*`, `+`, `?` or a count in braces with the `?` behind it. Braces that are no count are literals. */
function readRepetition(cursor: PatternCursor): Bounds | ExpressionProblem | undefined {
  const bounds = readOperator(cursor) ?? readCount(cursor)
  if (bounds !== undefined) skipText(cursor, '?')
  return bounds
}

function readOperator(cursor: PatternCursor): Bounds | undefined {
  if (skipText(cursor, '*')) return { min: 0, max: undefined }
  if (skipText(cursor, '+')) return { min: 1, max: undefined }
  if (skipText(cursor, '?')) return { min: 0, max: 1 }
  return undefined
}

function readCount(cursor: PatternCursor): Bounds | ExpressionProblem | undefined {
  const start = cursor.offset
  if (!skipText(cursor, '{')) return undefined
  const min = readNumber(cursor)
  const unbounded = looksAt(cursor, ',}')
  const max = skipText(cursor, ',') && !unbounded ? readNumber(cursor) : min
  if (min === undefined || max === undefined || !skipText(cursor, '}')) {
    cursor.offset = start
    return undefined
  }
  if (Math.max(min, max) > REPETITION_MAX) return syntaxProblem('a count is over 1,000', start)
  if (min > max) return syntaxProblem('a count runs backwards', start)
  return { min, max: unbounded ? undefined : max }
}

/** A decimal number; one with a leading zero is none. */
function readNumber(cursor: PatternCursor): number | undefined {
  const start = cursor.offset
  while (peek(cursor) >= 0x30 && peek(cursor) <= 0x39) take(cursor)
  const digits = cursor.text.slice(start, cursor.offset)
  return digits === '' || (digits.length > 1 && digits.startsWith('0')) ? undefined : Number(digits)
}

interface Opening {
  /** Undefined for `(?i)`, which opens no group. */
  readonly opens: 'capturing' | 'plain' | undefined
  readonly flags: Flags
}

function readOpening(cursor: PatternCursor, flags: Flags): Opening | ExpressionProblem {
  const start = cursor.offset
  if (looksAt(cursor, '(?P<') || looksAt(cursor, '(?<')) {
    const nameStart = cursor.text.indexOf('<', start) + 1
    const nameEnd = cursor.text.indexOf('>', nameStart)
    const name = nameEnd < 0 ? '' : cursor.text.slice(nameStart, nameEnd)
    if (!isGroupName(name)) return syntaxProblem('a group has no valid name', start)
    cursor.offset = nameEnd + 1
    return { opens: 'capturing', flags }
  }
  if (skipText(cursor, '(?')) return readFlags(cursor, flags, start)
  skipText(cursor, '(')
  return { opens: 'capturing', flags }
}

function isGroupName(name: string): boolean {
  if (name === '') return false
  return Array.from(name).every((character) => {
    return character === '_' || isAsciiAlphanumeric(character.codePointAt(0) ?? 0)
  })
}

/** Reads `i-s)` or `i-s:`, behind `(?`. */
function readFlags(cursor: PatternCursor, flags: Flags, start: number): Opening | ExpressionProblem {
  let { ignoreCase, multiLine } = flags
  let value = true
  let switched = false
  for (;;) {
    const letter = hasMore(cursor) ? String.fromCodePoint(take(cursor)) : ''
    if (letter === 'i') ignoreCase = value
    else if (letter === 'm') multiLine = value
    else if (letter === '-' && value) value = false
    else if ((letter === ':' || letter === ')') && (value || switched)) {
      return { opens: letter === ':' ? 'plain' : undefined, flags: { ignoreCase, multiLine } }
    } else if (letter !== 's' && letter !== 'U') {
      return syntaxProblem('RE2 has no such group', start)
    }
    switched = letter !== '-'
  }
}

/** Reads `\Q...\E`, whose text stands for itself. */
function readQuotation(cursor: PatternCursor, flags: Flags): readonly ExpressionNode[] | ExpressionProblem {
  const start = cursor.offset
  skipText(cursor, '\\Q')
  const end = cursor.text.indexOf('\\E', cursor.offset)
  if (end < 0) return syntaxProblem('a \\Q has no \\E', start)
  const quoted = cursor.text.slice(cursor.offset, end)
  cursor.offset = end + '\\E'.length
  return Array.from(quoted, (character) => literal(character.codePointAt(0) ?? 0, flags))
}

const ASSERTION_ESCAPES: readonly (readonly [string, Assertion])[] = [
  ['\\A', 'start_of_text'],
  ['\\z', 'end_of_text'],
  ['\\b', 'word_boundary'],
  ['\\B', 'no_word_boundary'],
]

/** Reads what is neither a repetition nor part of a group's own syntax: a character, a class or an assertion. */
function readAtom(cursor: PatternCursor, flags: Flags): ExpressionNode | ExpressionProblem {
  if (skipText(cursor, '.')) return { kind: 'any' }
  if (skipText(cursor, '^')) return assertion(flags.multiLine ? 'start_of_line' : 'start_of_text')
  if (skipText(cursor, '$')) return assertion(flags.multiLine ? 'end_of_line' : 'end_of_text')
  for (const [text, escaped] of ASSERTION_ESCAPES) {
    if (skipText(cursor, text)) return assertion(escaped)
  }
  const bracketed = looksAt(cursor, '[')
  const read = bracketed
    ? readBracketClass(cursor, flags.ignoreCase)
    : readClassEscape(cursor, flags.ignoreCase)
  if (read !== undefined) {
    if ('kind' in read) return read
    const only = singleMember(read)
    return only === undefined ? { kind: 'class', class: read } : literal(only, flags)
  }
  const codePoint = looksAt(cursor, '\\') ? readEscape(cursor) : take(cursor)
  return typeof codePoint === 'number' ? literal(codePoint, flags) : codePoint
}

function assertion(kind: Assertion): ExpressionNode {
  return { kind: 'assertion', assertion: kind }
}

function literal(codePoint: number, flags: Flags): ExpressionNode {
  return { kind: 'literal', codePoint, ignoreCase: flags.ignoreCase }
}
