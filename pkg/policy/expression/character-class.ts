import { RE2JS } from 're2js'

/** An inclusive range of code points. */
export type CodePointRange = readonly [low: number, high: number]

/** A Unicode property: `\p{Greek}`, or `\P{Greek}` negated. The name is as written; only re2js knows which exist. */
export interface UnicodeProperty {
  readonly name: string
  readonly negated: boolean
}

/** A set of characters as its pattern wrote it. */
export interface CharacterClass {
  readonly negated: boolean
  /** The members that were written out: `a`, `0-9`. */
  readonly ranges: readonly CodePointRange[]
  /** The members of ASCII classes with a name: `\w`, `[:alpha:]`. */
  readonly named: readonly CodePointRange[]
  readonly properties: readonly UnicodeProperty[]
  /** Under `(?i)`, where the class also has the case variants of its members. */
  readonly ignoreCase: boolean
}

export const MAX_CODE_POINT = 0x10ffff
/** Below and above these, no character has a case variant (re2js 2.10, `Unicode.MIN_FOLD` and `MAX_FOLD`). */
const FIRST_CASED = 0x41
const LAST_CASED = 0x1e943
/** What re2js does for one Unicode property, compared with one code point of a case-insensitive range. */
const PROPERTY_WORK = 1_000

/**
 * Whether a class has `character` itself; case variants that `(?i)` adds are not regarded, separators have none.
 * Property names must exist: ask only about patterns that compile.
 */
export function classHas(characterClass: CharacterClass, character: string): boolean {
  const codePoint = character.codePointAt(0) ?? -1
  const listed =
    [...characterClass.ranges, ...characterClass.named].some(
      ([low, high]) => low <= codePoint && codePoint <= high,
    ) || distinctProperties(characterClass).some((property) => propertyHas(property, character))
  return listed !== characterClass.negated
}

/** The one character that the class is another spelling of (`[/]`, `[\x2f]`), if it is. Case is not regarded. */
export function singleMember(characterClass: CharacterClass): number | undefined {
  if (characterClass.properties.length > 0) return undefined
  const members = merge([...characterClass.ranges, ...characterClass.named])
  const [only, second] = characterClass.negated ? complement(members) : members
  return only !== undefined && second === undefined && only[0] === only[1] ? only[0] : undefined
}

/**
 * How much re2js works to build the class, in code points that it looks at. Program size does not show it:
 * `(?i)[B-\x{1e900}]` is one instruction, and walks 125,000 code points one by one.
 */
export function classWork(characterClass: CharacterClass): number {
  let work = characterClass.properties.length * PROPERTY_WORK
  if (!characterClass.ignoreCase) return work
  for (const [low, high] of characterClass.ranges) {
    if (low <= FIRST_CASED && high >= LAST_CASED) continue
    work += Math.max(0, Math.min(high, LAST_CASED) - Math.max(low, FIRST_CASED) + 1)
  }
  return work
}

function distinctProperties(characterClass: CharacterClass): readonly UnicodeProperty[] {
  const distinct = new Map<string, UnicodeProperty>()
  for (const property of characterClass.properties) {
    distinct.set(`${property.negated ? 'P' : 'p'}${property.name}`, property)
  }
  return [...distinct.values()]
}

/** Asked of re2js itself, whose Unicode tables decide. */
function propertyHas(property: UnicodeProperty, character: string): boolean {
  return RE2JS.compile(`\\${property.negated ? 'P' : 'p'}{${property.name}}`).testExact(character)
}

/** The same set as sorted ranges that neither touch nor overlap. */
function merge(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const merged: CodePointRange[] = []
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && low <= last[1] + 1)
      merged[merged.length - 1] = [last[0], Math.max(last[1], high)]
    else merged.push([low, high])
  }
  return merged
}

/** What is not in sorted ranges that neither touch nor overlap. */
export function complement(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const gaps: CodePointRange[] = []
  let next = 0
  for (const [low, high] of ranges) {
    if (next < low) gaps.push([next, low - 1])
    next = high + 1
  }
  if (next <= MAX_CODE_POINT) gaps.push([next, MAX_CODE_POINT])
  return gaps
}
