import fc from 'fast-check'

/** Pieces of RE2 syntax, valid or not, that are put together in any order. */
const PIECES = [
  ...[
    'a',
    'b',
    'k',
    'K',
    'ſ',
    'é',
    '😀',
    '/',
    ':',
    '=',
    '!',
    '<',
    '>',
    '-',
    '0',
    '9',
    '\n',
    '\ud800',
    '\udc00',
  ],
  ...[
    '.',
    '^',
    '$',
    '|',
    '(',
    ')',
    '(?:',
    '(?i)',
    '(?i:',
    '(?-i)',
    '(?m)',
    '(?s:',
    '(?U)',
    '(?)',
    '(?-)',
    '(?i-)',
  ],
  ...['(?P<n>', '(?<m>', '(?P<', '(?P=n)', '(?=', '(?<!', '(a)', '(?:)', '()', '(|)', '(?:a?)', '(?:a|b)'],
  ...['*', '+', '?', '??', '*?', '{2}', '{0}', '{0,}', '{1,}', '{0,0}', '{1}', '{0,2}', '{2,}', '{1,3}'],
  ...['{,3}', '{01}', '{2', '}', '{1,', '{1000}', '{1001}', '{999999999}', '{3,2}'],
  ...[
    '[',
    '[^',
    ']',
    '[a-c]',
    '[^a]',
    '[/]',
    '[kK]',
    '[]a]',
    '[a-]',
    '[\\x00-\\x{10FFFF}]',
    '[^\\x00-\\x{10FFFF}]',
  ],
  ...['[:', ':]', '[:alpha:]', '[[:^digit:]]', '[[:foo:]]', '[\\d\\PL]', '[^[:word:]/]'],
  ...[
    '\\',
    '\\d',
    '\\D',
    '\\s',
    '\\W',
    '\\pL',
    '\\PN',
    '\\p{Greek}',
    '\\p{^Greek}',
    '\\P{',
    '\\p',
    '\\p{Nope}',
  ],
  ...[
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '\\Z',
    '\\Q',
    '\\E',
    '\\Qa*\\E',
    '\\x41',
    '\\x{41}',
    '\\x{110000}',
    '\\x',
    '\\C',
  ],
  ...[
    '\\0',
    '\\1',
    '\\12',
    '\\101',
    '\\400',
    '\\8',
    '\\/',
    '\\.',
    '\\_',
    'ab|ab',
    'a(?:bc){0}|a',
    '|ab',
    '|(?i)k',
  ],
]

/** Any sequence of pieces: mostly invalid, and near the edges of the syntax. */
export const loosePattern: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 16 })
  .map((pieces) => pieces.join(''))

const OPERATORS = ['*', '+', '?', '*?', '+?', '??', '{0}', '{0,0}', '{1}', '{2}', '{0,1}', '{0,3}', '{3,5}?']
const COUNTS = [...OPERATORS, '{0,}', '{1,}', '{2,}', '{1,2}']
const ATOMS = ['a', 'b', '/', 'ab', 'é', '.', '^', '$', '[ab]', '[^a]', '\\d', '\\pL', '[/]', '(?:)', '\\b']

/** Balanced patterns, mostly valid, with the constructs whose size is easy to get wrong. */
export const nestedPattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(...ATOMS, '(?i)', '(?U)', '\\Qab\\E', '[^\\x00-\\x{10FFFF}]', 'ab|ab'),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?i:${inner})`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `${left}|${right}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right),
    fc.tuple(tie('pattern'), fc.constantFrom(...COUNTS)).map(([inner, count]) => `(?:${inner})${count}`),
  ),
})).pattern
