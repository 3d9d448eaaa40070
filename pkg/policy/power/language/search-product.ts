import type { Alphabet } from './alphabet.ts'
import type { Automaton } from './automaton.ts'
import type { ComparisonWork } from './comparison-work.ts'
import { determinize } from './subset-automaton.ts'
import { findTransitions, lettersOf, type Transitions } from './transitions.ts'

/**
 * Looks for a text that `inner` accepts, and `outer` accepts or not, as `wanted` says. `spent`: the work did not reach
 * to the end.
 */
export function searchProduct(
  inner: Automaton,
  outer: Automaton,
  wanted: 'both' | 'inner_alone',
  alphabet: Alphabet,
  work: ComparisonWork,
): 'found' | 'none' | 'spent' {
  const subsets = determinize(outer, alphabet, work)
  const known = new Map<number, Transitions>()
  const visited = new Set<string>()
  const pending: { readonly state: number; readonly subset: number }[] = []
  const visit = (state: number, subset: number): void => {
    const key = `${state}:${subset}`
    if (visited.has(key)) return
    visited.add(key)
    pending.push({ state, subset })
  }
  visit(inner.start, subsets.start)
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const { state, subset } = pair
    const transitions = known.get(state) ?? findTransitions(inner, [state], work)
    known.set(state, transitions)
    if (transitions.accepts && subsets.accepts(subset) === (wanted === 'both')) return 'found'
    for (const read of transitions.reads) {
      for (const letter of lettersOf(read, alphabet)) {
        if (!work.spend(1)) return 'spent'
        visit(read.to, subsets.step(subset, letter))
      }
    }
  }
  return work.spend(0) ? 'none' : 'spent'
}
