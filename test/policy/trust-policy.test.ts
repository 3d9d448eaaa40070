import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTrustPolicy } from '#pkg/policy'
import { errorsOf, policyText, readValid, showFinding } from './support/documents.ts'

const BASE = ['issuer: https://issuer.example', 'subject: someone', 'permissions: {contents: read}']

const INVALID: Readonly<Record<string, readonly [text: string, ...errors: string[]]>> = {
  'no issuer': ['subject: a\npermissions: {contents: read}\n', '1:1 field_missing'],
  'no subject': ['issuer: a\npermissions: {contents: read}\n', '1:1 field_missing'],
  'no permissions': ['issuer: a\nsubject: b\n', '1:1 field_missing'],
  'nothing that is needed': [
    'description: x\n',
    ...['1:1 field_missing', '1:1 field_missing', '1:1 field_missing'],
  ],
  'two issuers': [policyText('issuer_pattern: x'), '4:1 field_conflict'],
  'two subjects': [policyText('subject_pattern: x'), '4:1 field_conflict'],
  'two audiences': [policyText('audience_pattern: x', 'audience: z'), '5:1 field_conflict'],
  'an unknown field': [policyText('something: x'), '4:1 unknown_field'],
  'a field in another case': [policyText('Audience: x'), '4:1 unknown_field'],
  'a prototype as a field': [
    policyText('__proto__: x', 'constructor: y'),
    '4:1 unknown_field',
    '5:1 unknown_field',
  ],
  'an issuer that is a list': ['issuer: [a]\nsubject: b\npermissions: {contents: read}', '1:9 wrong_type'],
  'a subject that is a map': ['issuer: a\nsubject: {b: c}\npermissions: {contents: read}', '2:10 wrong_type'],
  'a subject that is null': ['issuer: a\nsubject: ~\npermissions: {contents: read}', '2:10 null_value'],
  'a description that is null': [policyText('description: null'), '4:14 null_value'],
  'a value that octo-sts reads otherwise': [policyText('audience: 010'), '4:11 ambiguous_value'],
  'an empty issuer': ["issuer: ''\nsubject: b\npermissions: {contents: read}", '1:9 empty_value'],
  'an empty subject_pattern': [
    'issuer: a\nsubject_pattern: ""\npermissions: {contents: read}',
    '2:18 empty_value',
  ],
  'an empty audience': [policyText("audience: ''"), '4:11 empty_value'],
  'an empty audience_pattern': [policyText("audience_pattern: ''"), '4:19 empty_value'],
  'claims that are a list': [policyText('claim_pattern: [a]'), '4:16 wrong_type'],
  'claims that are nothing': [policyText('claim_pattern:'), '4:15 wrong_type'],
  'a claim that is null': [policyText('claim_pattern: {a: null}'), '4:20 null_value'],
  'a claim that is a list': [policyText('claim_pattern: {a: [b]}'), '4:20 wrong_type'],
  'a claim that octo-sts reads otherwise': [policyText('claim_pattern: {a: yes}'), '4:20 ambiguous_value'],
  'a broken expression': [policyText("audience_pattern: '('"), '4:19 pattern_syntax'],
  'an expression only inside a group': [policyText("audience_pattern: 'a)|(b'"), '4:19 pattern_syntax'],
  'several broken expressions': [
    policyText(
      "audience_pattern: '('",
      'claim_pattern:',
      "  a: '['",
      "forbidden_claim_pattern: {b: '(?=c)'}",
    ),
    ...['4:19 pattern_syntax', '6:6 pattern_syntax', '7:30 pattern_syntax'],
  ],
  'a class that no compiler knows': [policyText("audience_pattern: '\\p{Nowhere}'"), '4:19 pattern_syntax'],
  'an expression of too many characters': [
    policyText(`audience_pattern: ${'a'.repeat(4_097)}`),
    '4:19 pattern_too_long',
  ],
  'an expression of too many instructions': [
    policyText('audience_pattern: (a{0,1000}){5}'),
    '4:19 pattern_too_large',
  ],
  'expressions that are too large together': [
    policyText(
      'audience_pattern: a{1000}a{1000}',
      'claim_pattern:',
      ...[1, 2, 3, 4].map((it) => `  c${it}: a{1000}a{1000}`),
    ),
    '9:7 patterns_too_large',
  ],
  'a lifetime of zero': [policyText('max_token_lifetime: 0'), '4:21 lifetime_range'],
  'a lifetime of too many seconds': [policyText('max_token_lifetime: 2147483648'), '4:21 lifetime_range'],
  'a lifetime in quotes': [policyText("max_token_lifetime: '60'"), '4:21 lifetime_range'],
  'a lifetime that is a list': [policyText('max_token_lifetime: [60]'), '4:21 lifetime_range'],
  'an origin without a repository': [policyText('origin: acme'), '4:9 origin_syntax'],
  'an origin of three names': [policyText('origin: acme/a/b'), '4:9 origin_syntax'],
  'an origin outside the names of GitHub': [policyText('origin: acme/..'), '4:9 origin_syntax'],
  'an empty origin': [policyText("origin: ''"), '4:9 empty_value'],
  'repositories in a repository': [policyText('repositories: [a]'), '4:1 organization_field'],
}
for (const [name, [text, ...errors]] of Object.entries(INVALID)) {
  test(`refuses ${name}, with its place`, () => {
    assert.deepEqual(errorsOf(text), errors)
  })
}

for (const lifetime of ['-1', '+5', '1.0', '1e3', '010', '0x10', '1_000', '60s', 'true', '', '99999999999']) {
  test(`refuses a lifetime of ${JSON.stringify(lifetime)}`, () => {
    assert.deepEqual(errorsOf(policyText(`max_token_lifetime: ${lifetime}`)).length, 1)
  })
}

test('reports all errors of a policy, in the order of the document', () => {
  const text = 'isuer: a\nsubject: [b]\npermissions: {content: read, checks: owner}\nmax_token_lifetime: x\n'
  assert.deepEqual(errorsOf(text), [
    '1:1 unknown_field',
    '1:1 field_missing',
    '2:10 wrong_type',
    '3:15 unknown_permission',
    '3:38 permission_level',
    '4:21 lifetime_range',
  ])
})

test('names the field that was probably meant', () => {
  const result = readTrustPolicy(policyText('claim-patern: {a: b}'), { level: 'repository' })
  assert.match(result.diagnostics[0]?.message ?? '', /"claim_pattern"/)
})

const TEXTS: Readonly<Record<string, string>> = {
  true: 'true',
  '42': '42',
  '1.5': '1.5',
  '2024-01-02': '2024-01-02',
  '12:30:45': '12:30:45',
  "'yes'": 'yes',
  '"010"': '010',
  "'null'": 'null',
}
for (const level of ['repository', 'organization'] as const) {
  for (const [written, text] of Object.entries(TEXTS)) {
    test(`takes ${written} for its text in a policy of ${level} level`, () => {
      const lines = [`audience: ${written}`, `claim_pattern: {${written}: ${written}}`]
      const { source } = readValid(policyText(...lines), { level })
      assert.equal(source.audience, text)
      assert.deepEqual(source.claim_pattern, { [text]: text })
    })
  }
}

test('keeps only the fields that are present, in the words of the author', () => {
  assert.deepEqual(
    readValid(policyText('forbidden_claim_pattern: {a: ""}', 'max_token_lifetime: 2147483647')).source,
    {
      issuer: 'https://issuer.example',
      subject: 'someone',
      permissions: { contents: 'read' },
      forbidden_claim_pattern: { a: '' },
      max_token_lifetime: 2_147_483_647,
    },
  )
})

test('J: takes claims called __proto__ and constructor for claims', () => {
  const { source, claims } = readValid(policyText('claim_pattern:', '  __proto__: a', '  constructor: b'))
  assert.deepEqual(Object.entries(source.claim_pattern ?? {}), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
  assert.deepEqual(
    claims.map(({ claim }) => claim),
    ['__proto__', 'constructor'],
  )
})

test('says where each field was written', () => {
  const { positions } = readValid(policyText('repositories:', '  - a', '  - b', 'claim_pattern:', '  c: d'), {
    level: 'organization',
  })
  assert.deepEqual(positions.get('subject'), { line: 2, column: 1 })
  assert.deepEqual(positions.get('permissions.contents'), { line: 3, column: 15 })
  assert.deepEqual(positions.get('repositories.1'), { line: 6, column: 5 })
  assert.deepEqual(positions.get('claim_pattern.c'), { line: 8, column: 3 })
})

test('R: compiles nothing of a policy whose patterns are too large together', () => {
  // A class that only the compiler can refuse would be found first, if it compiled anything.
  const large = [1, 2, 3, 4, 5].map((it) => `  c${it}: a{1000}a{1000}`)
  assert.deepEqual(errorsOf(policyText('claim_pattern:', "  a: '\\p{Nowhere}'", ...large)), [
    '10:7 patterns_too_large',
  ])
})

test('refuses what only a strict server refuses when it is strict', () => {
  const text = [
    'issuer: https://token.actions.githubusercontent.com',
    "subject_pattern: '.*'",
    BASE[2],
    '',
  ].join('\n')
  assert.equal(readTrustPolicy(text, { level: 'repository' }).ok, true)
  const strict = readTrustPolicy(text, { level: 'repository', strict: true })
  assert.equal(strict.ok, false)
  assert.deepEqual(strict.diagnostics.map(showFinding), ['2:1 tenant_not_pinned'])
})
