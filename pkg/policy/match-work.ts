import { POLICY_MAX_INSTRUCTIONS, VALUE_MAX_CHARACTERS, type Expression } from './expression/expression.ts'

/**
 * What matching one token may cost, in instructions times characters: a policy of the largest size against
 * values of the largest size. The elements of an array claim add up, and RE2's time is this product: without
 * a bound on the sum a token of 16 KiB could keep a large policy busy for many seconds.
 */
export const MATCH_MAX_WORK = POLICY_MAX_INSTRUCTIONS * VALUE_MAX_CHARACTERS

/** Matches on account: when the work is spent, nothing is matched any more. */
export interface MatchWork {
  /** `spent` proves nothing: it is no match, and no proof that there is none. */
  match(expression: Expression, text: string): 'match' | 'no_match' | 'spent'
}

/** The account of one token. */
export function createMatchWork(): MatchWork {
  let left = MATCH_MAX_WORK
  return {
    match(expression, text) {
      // A text is never empty work: an array may have thousands of empty elements.
      left -= expression.size * Math.min(text.length + 1, VALUE_MAX_CHARACTERS)
      if (left < 0) return 'spent'
      return expression.matches(text) ? 'match' : 'no_match'
    },
  }
}
