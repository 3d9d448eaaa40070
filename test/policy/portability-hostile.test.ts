import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  compareWithOctoSts,
  type OctoStsComparison,
} from '../../pkg/policy/portability/compare-with-octo-sts.ts'
import { DOCUMENT_MAX_BYTES } from '../../pkg/policy/document/document-text.ts'
import { policyText } from './support/documents.ts'

/** What must hold for any document: no policy that only octo-sts takes is passed over in silence. */
function assertTells(comparison: OctoStsComparison): void {
  const { octoSts, here, differences } = comparison
  const errors = differences.filter(({ severity }) => severity === 'error').length
  assert.equal(errors > 0, octoSts === 'accepts' && here === 'invalid')
  if (octoSts === 'rejects') assert.equal(differences.length > 0, here === 'valid')
  assert.ok(differences.length <= 100)
}

const UNITS = [
  ...[
    '}',
    ']',
    '{',
    '[',
    '- ',
    '? ',
    ': ',
    'a: ',
    '"',
    "'",
    '\n',
    '#\n',
    ' ',
    '\t\n',
    ' \t\n',
    '\r',
    ',',
    '|\n',
  ],
  ...[
    '&a ',
    '*a ',
    '!t ',
    '%x\n',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '-\n',
    '?\n',
    ':\n',
    '- a\n',
    'a: b\n',
    '{},',
  ],
  ...[
    '- &a b\n',
    '- *a\n',
    '&a a,',
    '*a,',
    '&a [',
    '&a {a: ',
    '- !!int 1\n',
    '!!str a,',
    '? &a\n',
    '?a,',
    'a?,',
  ],
  ...['<<: *a\n', '{<<: *a},', '<<: {', '[<<: {', '😀', '\\', '\\"', '- ? : ', '\u2028', '\ufeff'],
]

for (const unit of UNITS) {
  test(`compares a document full of ${JSON.stringify(unit)}`, () => {
    for (const head of ['', 'a: [', '&a {<<: [']) {
      const times = Math.floor((DOCUMENT_MAX_BYTES - head.length) / new TextEncoder().encode(unit).length)
      assertTells(compareWithOctoSts(head + unit.repeat(times), { level: 'organization' }))
    }
  })
}

const range = (length: number, write: (index: number) => string): string =>
  Array.from({ length }, (_, index) => write(index)).join('')

/** Few bytes that stand for much. */
const BOMBS: Readonly<Record<string, string>> = {
  'lists of aliases of lists': range(
    60,
    (index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(60)}]\n`,
  ).replaceAll('*a-1', 'x'),
  'merges of merges': `x0: &a0 {}\n${range(150, (index) => `x${index + 1}: &a${index + 1} {<<: [${`*a${index},`.repeat(20)}]}\n`)}`,
  'merges of merges inside a policy': policyText(
    `claim_pattern: {<<: [&a0 {}${range(40, (index) => `,&a${index + 1} {<<: [${`*a${index},`.repeat(20)}]}`)}]}`,
  ),
  'a chain of aliases': `- &b0 []\n${range(1_800, (index) => `- &b${index + 1} [*b${index}]\n`)}`,
  'a map that merges itself': policyText('claim_pattern: &a {<<: [*a, *a]}'),
  'many large patterns': policyText(
    'claim_pattern:',
    range(150, (index) => `  c${index}: (?:a{20}){40}\n`),
  ),
  'many wide classes': policyText(
    'claim_pattern:',
    range(150, (index) => `  c${index}: (?i)[B-\\x{1e900}]\n`),
  ),
  'many patterns': `issuer_patterns: [${'\\pL,'.repeat(5_000)}]`,
  'alternations in alternations': `issuer_patterns: [${`"${'(?:a|b/'.repeat(35)}${')'.repeat(35)}",`.repeat(16)}]`,
}

for (const [name, document] of Object.entries(BOMBS)) {
  test(`compares ${name}`, () => {
    for (const level of ['repository', 'organization', 'issuer-list'] as const) {
      assertTells(compareWithOctoSts(document, { level }))
    }
  })
}

const PIECES = [
  ...['issuer', 'subject', 'permissions', 'claim_pattern', 'contents', 'read', 'issuer_patterns', 'a', '1'],
  ...[': ', ':', '\n', '\n  ', '- ', '? ', '[', ']', '{', '}', ',', '"', "'", '|', '>', '|-\n ', '#', ' '],
  ...['&a', '*a', '!', '!!str ', '%YAML 1.1\n', '---\n', '...\n', '<<: ', '\\', '\\uD800', '\t', '\r'],
  ...[
    '\ufeff',
    '\u2028',
    '\u0085',
    '\0',
    '\ud800',
    '😀',
    'null',
    'yes',
    '010',
    '(',
    'a{1000}',
    '\\p{L}',
    '.*',
  ],
]
const documents = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => policyText(pieces.join(''))),
  fc
    .array(fc.constantFrom(...PIECES), { maxLength: 20 })
    .map((pieces) => `issuers: [https://a]\n${pieces.join('')}`),
  fc.uint8Array({ maxLength: 200 }),
)

test('never throws, and is never silent about what octo-sts alone takes, for any text or bytes', () => {
  fc.assert(
    fc.property(
      documents,
      fc.constantFrom('repository', 'organization', 'issuer-list'),
      (document, level) => {
        const comparison = compareWithOctoSts(document, { level })
        assertTells(comparison)
        if (typeof document !== 'string') return
        const lines = document.split(/\r\n?|\n/).length
        for (const { line, column } of comparison.differences) {
          assert.ok(line >= 1 && line <= lines && column >= 1)
        }
      },
    ),
    { numRuns: 1_000 },
  )
})

test('compares the bytes of a file as its text', () => {
  const text = policyText('audience: yes', 'description: é')
  const bytes = new TextEncoder().encode(text)
  assert.deepEqual(
    compareWithOctoSts(bytes, { level: 'repository' }),
    compareWithOctoSts(text, { level: 'repository' }),
  )
})

test('does not tell what octo-sts makes of UTF-16, which its parser reads', () => {
  const bytes = Uint8Array.from(Buffer.from(`\ufeff${policyText()}`, 'utf16le'))
  const comparison = compareWithOctoSts(bytes, { level: 'repository' })
  assert.equal(comparison.octoSts, 'accepts')
  assert.deepEqual(
    comparison.differences.map(({ code }) => code),
    ['octo_sts_not_checked'],
  )
})
