/**
 * What comparing two documents may cost, over all their patterns: states that are followed and characters that are
 * looked up. Some 150 ms at most; beyond it, nothing is proven. Two patterns of the largest size need a fraction of it
 * unless they were made to need more.
 */
export const COMPARISON_MAX_WORK = 400_000

/** Comparisons on account. */
export interface ComparisonWork {
  /** Takes an amount off the account; false once it is spent. */
  spend(amount: number): boolean
}

/** The account of one comparison. */
export function createComparisonWork(limit = COMPARISON_MAX_WORK): ComparisonWork {
  let left = limit
  return {
    spend(amount) {
      left -= amount
      return left >= 0
    },
  }
}
