import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeDocument, readIssuerList, readTrustPolicy } from '#pkg/policy'
import { DOCUMENT_MAX_BYTES } from '../../pkg/policy/document/document-text.ts'
import { policyText } from './support/documents.ts'

test('refuses 64 KiB of closing brackets unseen', () => {
  const result = readTrustPolicy('}'.repeat(65_536), { level: 'repository' })
  assert.deepEqual(
    result.diagnostics.map(({ code }) => code),
    ['too_large'],
  )
})

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
    '\t',
    '\r',
    '&a ',
    '*a ',
    '!t ',
    '%x\n',
  ],
  ...[
    '---\n',
    '...\n',
    '-\n',
    '?\n',
    ':\n',
    'a:\n',
    '- a\n',
    'a: b\n',
    '""',
    '[]',
    '{},',
    ',',
    '|\n',
    '\\',
    '\\"',
  ],
  ...[
    '# c\n ',
    '\n ',
    '? a\n: b\n',
    '{a: b},',
    '[a: b],',
    '<<: *a\n',
    '😀',
    'a: |\n',
    '"\n',
    '[\n',
    '- ? : ',
    'x:\n\n',
  ],
]
const HEADS = ['', 'a: ', 'a: [', 'a: "', 'a:\n  b:\n    ', 'a: |\n  x\n']

for (const unit of UNITS) {
  test(`refuses a document full of ${JSON.stringify(unit)}`, () => {
    for (const head of HEADS) {
      const times = Math.floor((DOCUMENT_MAX_BYTES - head.length) / new TextEncoder().encode(unit).length)
      const result = readTrustPolicy(head + unit.repeat(times), { level: 'organization' })
      assert.equal(result.ok, false)
      assert.ok(result.diagnostics.length > 0 && result.diagnostics.length <= 100)
    }
  })
}

const PIECES = [
  ...[
    'issuer',
    'subject',
    'permissions',
    'claim_pattern',
    'repositories',
    'contents',
    'read',
    '__proto__',
    'a',
    '1',
  ],
  ...[
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '|-\n ',
    '#',
    ' ',
  ],
  ...[
    '&a',
    '*a',
    '!',
    '!!str ',
    '%YAML 1.2\n',
    '---\n',
    '...\n',
    '<<: ',
    '\\',
    '\\u0041',
    '\\uD800',
    '\t',
    '\r',
  ],
  ...['\ufeff', '\u2028', '\0', '\ud800', '😀', 'null', 'yes', '010', '(', 'a{1000}', '\\p{L}', '[^/]', '.*'],
]
const documents = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => policyText(pieces.join(''))),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

test('never throws, and gives either a value or an error with its place, for any text', () => {
  fc.assert(
    fc.property(
      documents,
      fc.constantFrom('repository', 'organization', 'issuer-list'),
      (document, level) => {
        const { verdict, value, diagnostics } = judgeDocument({ level, document, tokens: [] })
        assert.equal(value === undefined, verdict === 'invalid')
        assert.equal(
          diagnostics.some(({ severity }) => severity === 'error'),
          verdict === 'invalid',
        )
        const lines = document.split(/\r\n?|\n/)
        for (const { line, column } of diagnostics) {
          assert.ok(line >= 1 && line <= lines.length && column >= 1)
        }
      },
    ),
    { numRuns: 1_000 },
  )
})

test('never throws for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readTrustPolicy(bytes, { level: 'repository' })
      readIssuerList(bytes)
    }),
  )
})

test('never throws for any claims', () => {
  const { value } = { value: readTrustPolicy(policyText('claim_pattern: {a: b}'), { level: 'repository' }) }
  assert.ok(value.ok)
  const document = policyText(
    'claim_pattern: {a: b, sub: .*}',
    'forbidden_claim_pattern: {c: d}',
    'max_token_lifetime: 9',
  )
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, c, aud) => {
      const tokens = [{ iss: 'https://issuer.example', sub: 'someone', aud, a, c, exp: a, nbf: c }]
      assert.equal(judgeDocument({ level: 'repository', document, tokens, domain: 'd' }).verdicts.length, 1)
    }),
  )
})
