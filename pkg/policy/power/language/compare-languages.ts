import { createAlphabet, type Alphabet } from './alphabet.ts'
import { buildAutomaton, type Automaton, type Language } from './automaton.ts'
import type { ComparisonWork } from './comparison-work.ts'
import { searchProduct } from './search-product.ts'

/** The texts that are regarded. */
export interface TextDomain {
  /** Whether they are without white space and control characters, as issuers, subjects and audiences of tokens are. */
  readonly isPrintable: boolean
}

/** Issuers, subjects and audiences, which have passed `checkTokenSyntax`. */
export const PRINTABLE: TextDomain = { isPrintable: true }

/**
 * Whether every text that `inner` matches is matched by `outer` too. `undecided` is no proof of either. The lengths
 * of texts are not regarded.
 */
export function isIncluded(
  inner: Language,
  outer: Language,
  { isPrintable }: TextDomain,
  work: ComparisonWork,
): 'included' | 'not_included' | 'undecided' {
  if (!work.spend(1)) return 'undecided'
  const options = { isOneLine: isPrintable }
  const within = buildAutomaton(inner, { ...options, bound: 'upper' })
  const around = buildAutomaton(outer, { ...options, bound: 'lower' })
  const product = prepare(within, around, isPrintable, work)
  if (product === undefined) return 'undecided'
  switch (searchProduct(product.a, product.b, 'inner_alone', product.alphabet, work)) {
    case 'none':
      return 'included'
    case 'found':
      return product.isExact ? 'not_included' : 'undecided'
    case 'spent':
      return 'undecided'
  }
}

/** Whether a text matches both: one is `found`, or it is proven that there is `none`. */
export function findOverlap(
  a: Language,
  b: Language,
  { isPrintable }: TextDomain,
  work: ComparisonWork,
): 'found' | 'none' | 'undecided' {
  if (!work.spend(1)) return 'undecided'
  const options = { isOneLine: isPrintable, bound: 'upper' } as const
  const product = prepare(buildAutomaton(a, options), buildAutomaton(b, options), isPrintable, work)
  if (product === undefined) return 'undecided'
  const search = searchProduct(product.a, product.b, 'both', product.alphabet, work)
  return search === 'none' || (search === 'found' && product.isExact) ? search : 'undecided'
}

interface Product {
  readonly a: Automaton
  readonly b: Automaton
  readonly alphabet: Alphabet
  readonly isExact: boolean
}

function prepare(
  a: Automaton | undefined,
  b: Automaton | undefined,
  isPrintable: boolean,
  work: ComparisonWork,
): Product | undefined {
  if (a === undefined || b === undefined) return undefined
  const states = [...a.states, ...b.states]
  const sets = states.flatMap((state) => (state.kind === 'read' ? [state.characters] : []))
  if (!work.spend(states.length)) return undefined
  const alphabet = createAlphabet(sets, { isPrintable }, work)
  if (alphabet === undefined) return undefined
  return { a, b, alphabet, isExact: a.isExact && b.isExact && alphabet.isExact }
}
