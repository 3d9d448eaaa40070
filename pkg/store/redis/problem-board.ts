import type { StoreProblem } from '../shared/shared-store.ts'

/** What the store is made of, the part that matters most first. */
const PARTS = ['commands', 'operations', 'subscriptions'] as const
type Part = (typeof PARTS)[number]

/** What is known to be wrong with each part of a store, and with all of it in one word. */
export interface ProblemBoard {
  set(part: Part, problem: StoreProblem | undefined): void
  readonly problem: StoreProblem | undefined
}

/** @param onProblem - called at each change of the one word. */
export function createProblemBoard(onProblem?: (problem: StoreProblem | undefined) => void): ProblemBoard {
  const problems = new Map<Part, StoreProblem | undefined>()
  let first: StoreProblem | undefined

  return {
    set(part, problem) {
      problems.set(part, problem)
      const before = first
      first = PARTS.map((each) => problems.get(each)).find((each) => each !== undefined)
      if (first !== before) onProblem?.(first)
    },
    get problem() {
      return first
    },
  }
}
