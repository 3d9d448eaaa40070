import { edgesOf, hasCharacter, type CharacterSet } from './character-set.ts'
import type { ComparisonWork } from './comparison-work.ts'

/** Each of these terms doubles the letters. */
const TERMS_MAX = 4

/** The first character of printable text without white space and controls: `!`. */
const FIRST_PRINTABLE = 0x21

/** Characters that all sets of some automata treat alike, as one letter each. */
export interface Alphabet {
  /** The letters of each set: numbers from 0. */
  readonly lettersOf: ReadonlyMap<CharacterSet, ReadonlySet<number>>
  /**
   * Whether each letter stands for a character. With terms, letters are made for characters that need not exist: a
   * proof for all letters holds, but a counterexample may be none.
   */
  readonly isExact: boolean
}

/** The alphabet of some sets; undefined where the work is spent or they have too many terms. */
export function createAlphabet(
  sets: readonly CharacterSet[],
  { isPrintable }: { readonly isPrintable: boolean },
  work: ComparisonWork,
): Alphabet | undefined {
  const distinct = new Map<string, { readonly set: CharacterSet; readonly column: boolean[] }>()
  const keys = new Map<CharacterSet, string>()
  for (const set of new Set(sets)) {
    const key = JSON.stringify(set)
    keys.set(set, key)
    if (!distinct.has(key)) distinct.set(key, { set, column: [] })
  }
  const columns = [...distinct.values()]
  const terms = [...new Set(columns.flatMap(({ set }) => set.terms.map(({ name }) => name)))]
  if (terms.length > TERMS_MAX) return undefined
  const first = isPrintable ? FIRST_PRINTABLE : 0
  const edges = columns.flatMap(({ set }) => edgesOf(set)).filter((edge) => edge > first)
  const samples = [...new Set([first, ...edges])]
  const assignments = subsetsOf(terms)
  const rangeCount = columns.reduce((sum, { set }) => sum + set.ranges.length + 1, 0)
  if (!work.spend(samples.length * assignments.length * rangeCount)) return undefined
  let size = 0
  const seen = new Set<string>()
  for (const codePoint of samples) {
    for (const present of assignments) {
      const row = columns.map(({ set }) => hasCharacter(set, codePoint, present))
      const signature = row.map(Number).join('')
      if (seen.has(signature)) continue
      seen.add(signature)
      for (const [at, { column }] of columns.entries()) column[size] = row[at] === true
      size += 1
    }
  }
  const letters = new Map(
    [...distinct].map(([key, { column }]) => [
      key,
      new Set(column.flatMap((has, letter) => (has ? [letter] : []))),
    ]),
  )
  const lettersOf = new Map([...keys].map(([set, key]) => [set, letters.get(key) ?? new Set<number>()]))
  return { lettersOf, isExact: terms.length === 0 }
}

function subsetsOf(names: readonly string[]): readonly ReadonlySet<string>[] {
  return names.reduce<readonly ReadonlySet<string>[]>(
    (subsets, name) => [...subsets, ...subsets.map((subset) => new Set([...subset, name]))],
    [new Set()],
  )
}
