/** Why a pattern cannot be used. */
export interface ExpressionProblem {
  /**
   * - `syntax`: not RE2 as re2js reads it.
   * - `too_long`: more characters than `PATTERN_MAX_CHARACTERS`.
   * - `too_large`: more instructions than `PATTERN_MAX_INSTRUCTIONS`, or character classes that cost too much to build.
   */
  readonly kind: 'syntax' | 'too_long' | 'too_large'
  /** One clause for people, without the pattern itself. */
  readonly message: string
  /** Where in the pattern, in UTF-16 code units from 0; undefined where no single place is at fault. */
  readonly offset?: number
}

/** A syntax problem at a place of the pattern. */
export function syntaxProblem(message: string, offset: number): ExpressionProblem {
  return { kind: 'syntax', message, offset }
}
