import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permitsIssuer, readIssuerList } from '#pkg/policy'
import { showFinding } from './support/documents.ts'

function errorsOf(text: string): readonly string[] {
  const result = readIssuerList(text)
  assert.ok(!result.ok, 'the list is valid')
  return result.diagnostics.map(showFinding)
}

const INVALID: Readonly<Record<string, readonly [text: string, ...errors: string[]]>> = {
  nothing: ['', '1:1 wrong_type'],
  'a list without entries': ['mode: audit\n', '1:1 issuers_missing'],
  'empty lists': ['issuers: []\nissuer_patterns: []\n', '1:1 issuers_missing'],
  'an unknown mode': ['mode: off-line\nissuers: [https://a.b]\n', '1:7 issuer_list_mode'],
  'a mode in another case': ['mode: Audit\nissuers: [https://a.b]\n', '1:7 issuer_list_mode'],
  'a mode that is null': ['mode:\nissuers: [https://a.b]\n', '1:6 null_value'],
  'an empty mode': ["mode: ''\nissuers: [https://a.b]\n", '1:7 empty_value'],
  'an unknown field': ['issuer: [https://a.b]\nissuers: [https://a.b]\n', '1:1 unknown_field'],
  'a field that is there twice': ['issuers: [https://a.b]\nissuers: [https://c.d]\n', '2:1 duplicate_key'],
  'an issuer that is no list': ['issuers: https://a.b\n', '1:10 wrong_type'],
  'a list that is null': ['issuers:\nissuer_patterns: [a]\n', '1:9 wrong_type'],
  'an empty issuer': ["issuers: [https://a.b, '']\n", '1:24 empty_value'],
  'an issuer that is null': ['issuers: [https://a.b, ~]\n', '1:24 null_value'],
  'an issuer that is a list': ['issuers: [[https://a.b]]\n', '1:11 wrong_type'],
  'an issuer without https': ['issuers: [http://a.b]\n', '1:11 issuer_syntax'],
  'an issuer on the loopback': ['issuers: [http://localhost:8080]\n', '1:11 issuer_syntax'],
  'an issuer with a query': ['issuers: [https://a.b?c]\n', '1:11 issuer_syntax'],
  'an issuer with an upper-case host': ['issuers: [https://A.b]\n', '1:11 issuer_case'],
  'an issuer with an upper-case scheme': ['issuers: [HTTPS://a.b/C]\n', '1:11 issuer_case'],
  'an empty pattern': ["issuer_patterns: ['']\n", '1:19 empty_value'],
  'a broken pattern': ["issuer_patterns: ['(']\n", '1:19 pattern_syntax'],
  'a pattern that reaches past the host': ["issuer_patterns: ['https://.*']\n", '1:19 issuer_pattern'],
  'a pattern of too many characters': [`issuer_patterns: [${'a'.repeat(257)}]\n`, '1:19 issuer_pattern'],
  'a class that no compiler knows': ["issuer_patterns: ['\\p{Nowhere}']\n", '1:19 pattern_syntax'],
  'a second document': ['issuers: [https://a.b]\n---\n', '2:1 multiple_documents'],
  'an alias': ['issuers: [*a]\n', '1:11 alias'],
}
for (const [name, [text, ...errors]] of Object.entries(INVALID)) {
  test(`refuses ${name}, with its place`, () => {
    assert.deepEqual(errorsOf(text), errors)
  })
}

test('takes 64 issuers and 16 patterns, and not one more of either', () => {
  const issuers = (count: number): string =>
    `issuers: [${Array.from({ length: count }, (_, index) => `https://i${index}.example`).join(', ')}]\n`
  const patterns = (count: number): string =>
    `issuer_patterns: [${Array.from({ length: count }, (_, index) => `https://p${index}`).join(', ')}]\n`
  assert.equal(readIssuerList(issuers(64) + patterns(16)).ok, true)
  assert.deepEqual(errorsOf(issuers(65)), ['1:10 too_many_entries'])
  assert.deepEqual(errorsOf(patterns(17)), ['1:18 too_many_entries'])
})

test('R: refuses patterns that are too large together', () => {
  const text = `issuer_patterns:\n${Array.from({ length: 9 }, () => '  - (?:a{100}){10}\n').join('')}`
  assert.deepEqual(errorsOf(text), ['10:5 patterns_too_large'])
})

test('permits what either list has: issuers byte for byte, patterns as a whole', () => {
  const result = readIssuerList(
    "issuers: [https://a.example, https://b.example/X]\nissuer_patterns: ['https://[a-z]+\\.c\\.example']\n",
  )
  assert.ok(result.ok)
  const verdicts = {
    'https://a.example': true,
    'https://a.example/': false,
    'https://A.example': false,
    'https://b.example/X': true,
    'https://b.example/x': false,
    'https://x.c.example': true,
    'https://x.c.example.evil.example': false,
    'https://evil.example/https://x.c.example': false,
    '': false,
  }
  for (const [issuer, verdict] of Object.entries(verdicts)) {
    assert.equal(permitsIssuer(result.value, issuer), verdict, issuer)
  }
})

test('enforces unless the mode is audit, and keeps what the author wrote', () => {
  const plain = readIssuerList('issuers: [https://a.b]\n')
  assert.ok(plain.ok)
  assert.equal(plain.value.mode, 'enforce')
  assert.deepEqual(plain.value.source, { issuers: ['https://a.b'] })
  const audit = readIssuerList('mode: audit\nissuer_patterns: [https://a]\n')
  assert.ok(audit.ok)
  assert.equal(audit.value.mode, 'audit')
  assert.deepEqual(audit.value.source, { mode: 'audit', issuer_patterns: ['https://a'] })
})

test('takes loopback issuers where they are allowed', () => {
  assert.equal(readIssuerList('issuers: ["http://localhost:8080"]\n', { allowLoopback: true }).ok, true)
})
