import fc from 'fast-check'
import { PERMISSIONS } from '../../../pkg/policy/permission-catalogue.ts'
import type { PolicyLevel, TrustPolicy } from '../../../pkg/policy/trust-policy.ts'

/** Text that may stand anywhere in a document. */
const text = fc.oneof(
  fc.constantFrom(
    'true',
    '42',
    '1.5',
    'null',
    'yes',
    '010',
    '~',
    '',
    ' a ',
    'a: b',
    'a #b',
    "it's",
    '"',
    '- a',
  ),
  fc.constantFrom(
    '<<',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    '?',
    ':',
    '{}',
    '[]',
    '---',
    '...',
    '=',
    'é😀',
  ),
  fc.stringMatching(/^[A-Za-z0-9 _.:/@#'"\\-]{1,24}$/),
  fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\t', '"', "'", '\\', '#', ':', '-', '😀', '\u00a0'),
    maxLength: 12,
  }),
)
const nonEmpty = text.filter((value) => value !== '')
const pattern = fc.constantFrom(
  '.*',
  'a|b',
  '[a-z]+',
  'repo:acme/(?:a|b):.*',
  '\\d{1,3}',
  'true',
  '42',
  '^a$',
  '\\pL',
)
const patterns = fc.dictionary(
  fc.oneof(fc.constantFrom('role', '__proto__', 'constructor', 'a b', '1', 'true'), text),
  pattern,
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
)
const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/).filter((value) => value !== '.' && value !== '..')

function permissionsOf(level: PolicyLevel): fc.Arbitrary<TrustPolicy['permissions']> {
  const granted = [...PERMISSIONS].filter(([, { kind }]) => {
    return level === 'organization' || kind === 'repository' || kind === 'account'
  })
  const permission = fc
    .constantFrom(...granted)
    .chain(([permissionName, { levels }]) =>
      fc.tuple(fc.constant(permissionName), fc.constantFrom(...levels)),
    )
  return fc.array(permission, { minLength: 1, maxLength: 6 }).map((pairs) => Object.fromEntries(pairs))
}

const repositories = fc.uniqueArray(name, {
  minLength: 1,
  maxLength: 5,
  selector: (value) => value.toLowerCase(),
})

/** Policies that are valid at a level, as values. */
export function validPolicy(level: PolicyLevel): fc.Arbitrary<TrustPolicy> {
  const required = {
    permissions: permissionsOf(level),
    issuer: fc.oneof(fc.record({ issuer: nonEmpty }), fc.record({ issuer_pattern: pattern })),
    subject: fc.oneof(fc.record({ subject: nonEmpty }), fc.record({ subject_pattern: pattern })),
    audience: fc.oneof(
      fc.constant({}),
      fc.record({ audience: nonEmpty }),
      fc.record({ audience_pattern: pattern }),
    ),
    more: fc.record(
      {
        claim_pattern: patterns,
        forbidden_claim_pattern: patterns,
        max_token_lifetime: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        origin: fc.tuple(name, name).map((names) => names.join('/')),
        description: text,
        ...(level === 'organization' && { repositories }),
      },
      { requiredKeys: [] },
    ),
  }
  return fc.record(required).map(({ permissions, issuer, subject, audience, more }) => ({
    ...issuer,
    ...subject,
    ...audience,
    ...more,
    permissions,
  }))
}

/** How a document is written: numbers that choose between spellings, used in turn. */
export type Style = readonly [number, ...number[]]

export const style: fc.Arbitrary<Style> = fc
  .tuple(fc.nat({ max: 59 }), fc.array(fc.nat({ max: 59 }), { maxLength: 20 }))
  .map(([first, others]) => [first, ...others])

/** A value as YAML, in a mixture of styles that mean the same. */
export function writeYaml(value: unknown, choices: Style): string {
  let used = 0
  const choose = (count: number): number => (choices[used++ % choices.length] ?? 0) % count

  function scalar(content: string): string {
    const isPlain =
      /^[A-Za-z][A-Za-z_./-]*$/.test(content) && !/^(?:y|n|yes|no|on|off|true|false|null|nan)$/i.test(content)
    const isPrintable = /^[\x20-\x7e\u00a0\u{1f600}é]*$/u.test(content)
    const spelling = choose(4)
    if (spelling === 0 && isPlain) return content
    if (spelling <= 1 && isPrintable) return `'${content.replaceAll("'", "''")}'`
    if (spelling === 2) return doubleQuoted(content)
    return JSON.stringify(content)
  }
  function flow(node: unknown): string {
    if (typeof node === 'string') return scalar(node)
    if (Array.isArray(node)) return `[${node.map(flow).join(choose(2) === 0 ? ', ' : ' ,\n     ')}]`
    if (typeof node !== 'object' || node === null) return String(node)
    return `{ ${Object.entries(node)
      .map(([key, member]) => `${doubleQuoted(key)}: ${flow(member)}`)
      .join(', ')} }`
  }
  function block(node: unknown, indent: string): string {
    const entries = typeof node === 'object' && node !== null ? Object.entries(node) : []
    if (entries.length === 0 || choose(4) === 0) return ` ${flow(node)}\n`
    const deeper = indent + ' '.repeat(1 + choose(4))
    const comment = choose(3) === 0 ? ' # a comment' : ''
    const lines = Array.isArray(node)
      ? entries.map(([, member]) => `${deeper}-${block(member, `${deeper}  `)}`)
      : entries.map(([key, member]) => `${deeper}${scalar(key)}:${block(member, deeper)}`)
    return `${comment}\n${lines.join('')}`
  }
  if (choose(5) === 0) return `${flow(value)}\n`
  return Object.entries(value as object)
    .map(([key, member]) => `${key}:${block(member, '')}`)
    .join(choose(3) === 0 ? '\n# between\n' : '')
}

/** Double quotes, with an escape for every character that is none of ASCII's letters. */
function doubleQuoted(content: string): string {
  const escaped = Array.from(content, (character) =>
    /^[A-Za-z0-9 ]$/.test(character)
      ? character
      : `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  )
  return `"${escaped.join('')}"`
}
