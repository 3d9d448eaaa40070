/** How a text differs from the one that was wanted. */
export interface TextDifference {
  /** The case of letters alone, one character that was changed, added or left out, or everything from there on. */
  readonly kind: 'case' | 'character' | 'rest'
  /** The first different character of both, in code points from 1. */
  readonly column: number
}

/** Where `actual` leaves `expected`. Undefined if they are equal, or have not even a beginning in common. */
export function findDifference(expected: string, actual: string): TextDifference | undefined {
  const wanted = Array.from(expected)
  const found = Array.from(actual)
  const length = Math.min(wanted.length, found.length)
  let at = 0
  while (at < length && wanted[at] === found[at]) at += 1
  if (at === wanted.length && at === found.length) return undefined
  const column = at + 1
  if (expected.toLowerCase() === actual.toLowerCase()) return { kind: 'case', column }
  if (isOneEdit(wanted.slice(at), found.slice(at))) return { kind: 'character', column }
  return at === 0 ? undefined : { kind: 'rest', column }
}

/** Whether texts that differ in their first character do so in nothing else. */
function isOneEdit(wanted: readonly string[], found: readonly string[]): boolean {
  const rest = (characters: readonly string[]): string => characters.slice(1).join('')
  const replaced = wanted.length > 0 && found.length > 0 && rest(wanted) === rest(found)
  const missing = wanted.length > 0 && rest(wanted) === found.join('')
  const added = found.length > 0 && wanted.join('') === rest(found)
  return replaced || missing || added
}
