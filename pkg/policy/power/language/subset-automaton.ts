import type { Alphabet } from './alphabet.ts'
import type { Automaton } from './automaton.ts'
import type { ComparisonWork } from './comparison-work.ts'
import { findTransitions, lettersOf, type Transitions } from './transitions.ts'

/** A deterministic automaton: each of its states is a set of states of another. States are made when asked for. */
export interface SubsetAutomaton {
  readonly start: number
  accepts(state: number): boolean
  step(state: number, letter: number): number
}

interface Subset extends Transitions {
  readonly next: Map<number, number>
}

/** Makes an automaton deterministic (the subset construction). It may have very many states: `work` bounds them. */
export function determinize(automaton: Automaton, alphabet: Alphabet, work: ComparisonWork): SubsetAutomaton {
  const subsets: Subset[] = []
  const ids = new Map<string, number>()
  const intern = (states: readonly number[]): number => {
    const key = states.toSorted((a, b) => a - b).join()
    const known = ids.get(key)
    if (known !== undefined) return known
    const id = subsets.push({ ...findTransitions(automaton, states, work), next: new Map() }) - 1
    ids.set(key, id)
    return id
  }
  return {
    start: intern([automaton.start]),
    accepts: (state) => subsets[state]?.accepts === true,
    step(state, letter) {
      const subset = subsets[state]
      const known = subset?.next.get(letter)
      if (known !== undefined) return known
      const reads = subset?.reads ?? []
      work.spend(reads.length)
      const behind = reads.filter((read) => lettersOf(read, alphabet).has(letter)).map(({ to }) => to)
      const next = intern([...new Set(behind)])
      subset?.next.set(letter, next)
      return next
    },
  }
}
