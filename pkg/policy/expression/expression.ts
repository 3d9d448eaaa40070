import { RE2JS } from 're2js'
import { compactProgram } from './compact-program.ts'
import type { ExpressionProblem } from './expression-problem.ts'
import { readExpression } from './expression-reader.ts'
import { programSize, totalClassWork } from './expression-size.ts'
import type { ExpressionNode } from './expression-syntax.ts'
import { isLongerThan } from '../text-length.ts'

/** The longest pattern, in characters (code points). */
export const PATTERN_MAX_CHARACTERS = 4_096

/** The largest program of one pattern, in instructions of its expanded form. */
export const PATTERN_MAX_INSTRUCTIONS = 4_096

/** The largest sum of programs of one policy or list, in instructions. */
export const POLICY_MAX_INSTRUCTIONS = 8_192

/** The most work on character classes of one policy or list, in code points (see `classWork`). */
export const POLICY_MAX_CLASS_WORK = 250_000

/** The longest value that is matched, in characters (code points). */
export const VALUE_MAX_CHARACTERS = 1_024

/** An RE2 expression that was compiled, and matches whole values only. */
export interface Expression {
  /** As its author wrote it. */
  readonly pattern: string
  /** Instructions of the expanded program: what it costs to keep and to match. */
  readonly size: number
  /**
   * Whether the expression matches all of `value`. A value of more than `VALUE_MAX_CHARACTERS` never matches: where
   * a match denies, ask `isTooLong` first. Linear in `size` times the length of `value`.
   */
  matches(value: string): boolean
}

/** A pattern whose cost is known and within the limits of one pattern. Nothing was compiled. */
export interface ExpressionMeasure {
  readonly ok: true
  readonly size: number
  readonly classWork: number
  readonly syntax: ExpressionNode
}

export type ExpressionFailure = { readonly ok: false; readonly problem: ExpressionProblem }

/**
 * Reads a pattern and finds out what it costs, without compiling it. Measure all patterns of a policy before the
 * first is compiled: compiling takes time and memory in proportion to what is measured here.
 */
export function measureExpression(pattern: string): ExpressionMeasure | ExpressionFailure {
  if (isLongerThan(pattern, PATTERN_MAX_CHARACTERS)) {
    return failure('too_long', `the pattern has more than ${PATTERN_MAX_CHARACTERS} characters`)
  }
  const syntax = readExpression(pattern)
  if ('message' in syntax) return { ok: false, problem: syntax }
  const size = programSize(syntax)
  if (size > PATTERN_MAX_INSTRUCTIONS) {
    return failure(
      'too_large',
      `the pattern needs ${size} instructions of at most ${PATTERN_MAX_INSTRUCTIONS}`,
    )
  }
  const classWork = totalClassWork(syntax)
  if (classWork > POLICY_MAX_CLASS_WORK) {
    return failure('too_large', 'the pattern has too many Unicode classes or wide case-insensitive ranges')
  }
  return { ok: true, size, classWork, syntax }
}

/**
 * Compiles a pattern to an expression that matches whole values.
 *
 * The pattern must be an expression by itself (`a)(b` is not) and then also as `^(?:pattern)$`. `$` matches at the
 * end of the text only, not before a last line feed.
 */
export function compileExpression(
  pattern: string,
): { readonly ok: true; readonly expression: Expression } | ExpressionFailure {
  const measure = measureExpression(pattern)
  if (!measure.ok) return measure
  // Both readers must agree that it is one: what closes the group around it would escape the anchors.
  const compiled = compile(pattern) === undefined ? undefined : compile(`^(?:${pattern})$`)
  if (compiled === undefined) {
    return { ok: false, problem: { kind: 'syntax', message: 'RE2 cannot compile the pattern' } }
  }
  compactProgram(compiled)
  return {
    ok: true,
    expression: {
      pattern,
      size: measure.size,
      // A matcher, because `testExact` would build a DFA of up to 8 MiB and keep it for the expression's life.
      matches: (value) => !isTooLong(value) && compiled.matcher(value).matches(),
    },
  }
}

/** Whether a value is longer than any pattern may match. */
export function isTooLong(value: string): boolean {
  return isLongerThan(value, VALUE_MAX_CHARACTERS)
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}

function failure(kind: ExpressionProblem['kind'], message: string): ExpressionFailure {
  return { ok: false, problem: { kind, message } }
}
