import fc from 'fast-check'

/** The part of RE2 that can be matched by looking at one character after the other. */
export type SimplePattern =
  /** `members` is a class of JavaScript that has the same characters. */
  | { readonly kind: 'set'; readonly text: string; readonly members: string }
  | { readonly kind: 'edge'; readonly text: '^' | '$' | '\\A' | '\\z' | '\\b' | '\\B' | '' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly SimplePattern[] }
  | {
      readonly kind: 'repeat'
      readonly part: SimplePattern
      readonly min: number
      readonly max: number
      readonly operator: string
    }

/** What makes a difference to the sets below, and little else. */
const LETTERS = 'abc\n'

const SETS: readonly SimplePattern[] = Object.entries({
  a: 'a',
  b: 'b',
  '.': '[^\\n]',
  '(?s:.)': '[^]',
  '[ab]': '[ab]',
  '[^a]': '[^a]',
  '(?i:A)': '[aA]',
  '(?i)B(?-i)': '[bB]',
  '\\w': '[0-9A-Za-z_]',
  '\\W': '[^0-9A-Za-z_]',
  '\\s': '[\\t\\n\\f\\r ]',
  '\\D': '[^0-9]',
  '\\d': '[0-9]',
  '[[:alpha:]]': '[A-Za-z]',
  '[^[:alpha:]]': '[^A-Za-z]',
  '\\pL': '\\p{L}',
  '\\PL': '\\P{L}',
  '\\x63': 'c',
  '[^ac\\n]': '[^ac\\n]',
  '[a-c]': '[a-c]',
  '\\Qa\\E': 'a',
  '[^\\x00-\\x{10FFFF}]': '[]',
}).map(([text, members]) => ({ kind: 'set', text, members }))

const EDGES: readonly SimplePattern[] = (['^', '$', '\\A', '\\z', '\\b', '\\B', ''] as const).map((text) => ({
  kind: 'edge',
  text,
}))

const OPERATORS: readonly (readonly [operator: string, min: number, max: number])[] = [
  ['*', 0, Infinity],
  ['+', 1, Infinity],
  ['?', 0, 1],
  ['*?', 0, Infinity],
  ['+?', 1, Infinity],
  ['??', 0, 1],
  ['{0}', 0, 0],
  ['{2}', 2, 2],
  ['{1,2}', 1, 2],
  ['{2,}', 2, Infinity],
  ['{0,3}?', 0, 3],
]

export const simplePattern: fc.Arbitrary<SimplePattern> = fc.letrec<{ pattern: SimplePattern }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...SETS) },
    { weight: 1, arbitrary: fc.constantFrom(...EDGES) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('sequence', 'choice'),
        parts: fc.array(tie('pattern'), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('pattern'), fc.constantFrom(...OPERATORS))
        .map(([part, [operator, min, max]]) => ({ kind: 'repeat', part, min, max, operator }) as const),
    },
  ),
})).pattern

/** The pattern as RE2 writes it; `bare`: without a group around it. */
export function textOfPattern(pattern: SimplePattern, bare = true): string {
  switch (pattern.kind) {
    case 'set':
    case 'edge':
      return pattern.text
    case 'repeat':
      return `(?:${textOfPattern(pattern.part)})${pattern.operator}`
    case 'sequence':
      return pattern.parts.map((part) => textOfPattern(part, false)).join('')
    case 'choice': {
      const text = pattern.parts.map((part) => textOfPattern(part)).join('|')
      return bare ? text : `(${text})`
    }
  }
}

/** Whether the pattern matches all of `text`, found by following every way through it. */
export function matchesSimply(pattern: SimplePattern, text: string): boolean {
  const characters = Array.from(text)
  return endsOf(pattern, characters, new Set([0])).has(characters.length)
}

/** Where matches of the pattern can end that begin at one of `starts`. */
function endsOf(
  pattern: SimplePattern,
  text: readonly string[],
  starts: ReadonlySet<number>,
): ReadonlySet<number> {
  switch (pattern.kind) {
    case 'set': {
      const set = new RegExp(`^${pattern.members}$`, 'u')
      return new Set([...starts].filter((at) => set.test(text[at] ?? '')).map((at) => at + 1))
    }
    case 'edge':
      return new Set([...starts].filter((at) => isAtEdge(pattern.text, text, at)))
    case 'sequence':
      return pattern.parts.reduce((from, part) => endsOf(part, text, from), starts)
    case 'choice':
      return new Set(pattern.parts.flatMap((part) => [...endsOf(part, text, starts)]))
    case 'repeat': {
      const { part, min, max } = pattern
      const ends = new Set<number>()
      let reached = starts
      for (let round = 0; round <= max && reached.size > 0; round += 1) {
        const known = ends.size
        if (round >= min) for (const end of reached) ends.add(end)
        // A round that reaches nothing new is followed by none that does.
        if (round > min && ends.size === known) break
        reached = endsOf(part, text, reached)
      }
      return ends
    }
  }
}

function isAtEdge(edge: string, text: readonly string[], at: number): boolean {
  const isWord = (character = ''): boolean => /^[0-9A-Za-z_]$/.test(character)
  const isBoundary = isWord(text[at - 1]) !== isWord(text[at])
  if (edge === '^' || edge === '\\A') return at === 0
  if (edge === '$' || edge === '\\z') return at === text.length
  if (edge === '\\b') return isBoundary
  return edge === '' || !isBoundary
}

/** All texts of up to `length` letters. */
export function allTexts(length: number): readonly string[] {
  const texts = ['']
  for (let from = 0, size = 0; size < length; size += 1) {
    const to = texts.length
    for (; from < to; from += 1) for (const letter of LETTERS) texts.push(`${texts[from] ?? ''}${letter}`)
  }
  return texts
}
