import { MAX_CODE_POINT, type CharacterClass, type CodePointRange } from '../../expression/character-class.ts'
import type { ExpressionNode } from '../../expression/expression-syntax.ts'

/**
 * Characters that an expression reads at one place: those in the ranges or in a term, or with `negated` all others.
 * A term is a set whose members only re2js knows (a Unicode property, case variants beyond ASCII); two sets with the
 * same term have the same members there.
 */
export interface CharacterSet {
  readonly ranges: readonly CodePointRange[]
  readonly terms: readonly CharacterTerm[]
  readonly negated: boolean
}

export interface CharacterTerm {
  readonly name: string
  readonly negated: boolean
}

const ASCII_MAX = 0x7f
const LINE_FEED = 0x0a
const UPPER_A = 0x41
const UPPER_Z = 0x5a
const LOWER_A = 0x61
const LOWER_Z = 0x7a
/** From an upper-case letter of ASCII to its lower-case one. */
const CASE_OFFSET = LOWER_A - UPPER_A

/** The case variants of ASCII letters outside ASCII: KELVIN SIGN of k, LATIN SMALL LETTER LONG S of s. */
const FOREIGN_VARIANTS: readonly (readonly [lower: number, variant: number])[] = [
  [0x6b, 0x212a],
  [0x73, 0x17f],
]

/** Every character; `.` is this, with or without the line feed. */
export function anyCharacter({ lineFeed }: { readonly lineFeed: boolean }): CharacterSet {
  const excluded: readonly CodePointRange[] = lineFeed ? [] : [[LINE_FEED, LINE_FEED]]
  return { ranges: excluded, terms: [], negated: true }
}

/** The characters of a literal. */
export function charactersOfLiteral({
  codePoint,
  ignoreCase,
}: Extract<ExpressionNode, { kind: 'literal' }>): CharacterSet {
  const range: CodePointRange = [codePoint, codePoint]
  if (!ignoreCase) return { ranges: [range], terms: [], negated: false }
  if (codePoint <= ASCII_MAX) return { ranges: withCaseVariants([range]), terms: [], negated: false }
  return { ranges: [], terms: [{ name: `(?i)${codePoint}`, negated: false }], negated: false }
}

/** The characters of a class. */
export function charactersOfClass(characterClass: CharacterClass): CharacterSet {
  const { ranges, named, properties, negated, ignoreCase } = characterClass
  if (!ignoreCase) {
    const terms = properties.map((property) => ({
      name: `\\p{${property.name}}`,
      negated: property.negated,
    }))
    return { ranges: [...ranges, ...named], terms, negated }
  }
  if (named.length + properties.length === 0 && ranges.every(([, high]) => high <= ASCII_MAX)) {
    return { ranges: withCaseVariants(ranges), terms: [], negated }
  }
  return { ranges: [], terms: [{ name: JSON.stringify(characterClass), negated: false }], negated: false }
}

/** Ranges within ASCII, with the case variants of their letters. */
function withCaseVariants(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const variants: CodePointRange[] = []
  for (const [low, high] of ranges) {
    addShifted(variants, Math.max(low, UPPER_A), Math.min(high, UPPER_Z), CASE_OFFSET)
    addShifted(variants, Math.max(low, LOWER_A), Math.min(high, LOWER_Z), -CASE_OFFSET)
  }
  const all = [...ranges, ...variants]
  for (const [lower, variant] of FOREIGN_VARIANTS) {
    if (all.some(([low, high]) => low <= lower && lower <= high)) all.push([variant, variant])
  }
  return all
}

function addShifted(ranges: CodePointRange[], low: number, high: number, offset: number): void {
  if (low <= high) ranges.push([low + offset, high + offset])
}

/** Where a set may begin or cease to have characters: the first code points behind each edge of its ranges. */
export function edgesOf({ ranges }: CharacterSet): readonly number[] {
  return ranges.flatMap(([low, high]) => (high < MAX_CODE_POINT ? [low, high + 1] : [low]))
}

/** Whether a set has a code point, where the terms in `present` are known to have it and all others not to. */
export function hasCharacter(
  { ranges, terms, negated }: CharacterSet,
  codePoint: number,
  present: ReadonlySet<string>,
): boolean {
  const listed =
    ranges.some(([low, high]) => low <= codePoint && codePoint <= high) ||
    terms.some((term) => present.has(term.name) !== term.negated)
  return listed !== negated
}
