import type { Alphabet } from './alphabet.ts'
import type { Automaton, State } from './automaton.ts'
import type { ComparisonWork } from './comparison-work.ts'

/** What an automaton can do next. */
export interface Transitions {
  /** Whether the text may end here. */
  readonly accepts: boolean
  /** What can be read. */
  readonly reads: readonly ReadState[]
}

export type ReadState = Extract<State, { kind: 'read' }>

/** What an automaton can do from some states: its start, or those behind a character. */
export function findTransitions(
  { states, start }: Automaton,
  from: readonly number[],
  work: ComparisonWork,
): Transitions {
  const isAtStart = from.includes(start)
  const follow = (begin: Iterable<number>, isAtEnd: boolean): ReadonlySet<number> => {
    const reached = new Set(begin)
    // A set that grows while it is walked is walked to its end.
    for (const id of reached) {
      const state = states[id]
      if (state?.kind === 'split') for (const to of state.to) reached.add(to)
      if (state?.kind === 'edge' && (state.edge === 'start' ? isAtStart : isAtEnd)) reached.add(state.to)
    }
    work.spend(reached.size)
    return reached
  }
  const within = follow(from, false)
  const accepts = [...follow(within, true)].some((id) => states[id]?.kind === 'match')
  const reads = [...within].flatMap((id) => {
    const state = states[id]
    return state?.kind === 'read' ? [state] : []
  })
  return { accepts, reads }
}

/** The letters that a state reads. */
export function lettersOf({ characters }: ReadState, alphabet: Alphabet): ReadonlySet<number> {
  return alphabet.lettersOf.get(characters) ?? new Set()
}
