import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorsOf, policyText, readValid } from './support/documents.ts'

const REFUSED: Readonly<Record<string, readonly [text: string, ...errors: string[]]>> = {
  nothing: ['', '1:1 wrong_type'],
  'only a comment': ['# nothing here\n', '1:1 wrong_type'],
  'a list': ['- a\n', '1:1 wrong_type'],
  'a single value': ['text\n', '1:1 wrong_type'],
  'a second document': [`${policyText()}---\nissuer: x\n`, '4:1 multiple_documents'],
  'a second document that is empty': [`${policyText()}---\n`, '4:1 multiple_documents'],
  'an empty document first': [`---\n---\n${policyText()}`, '2:1 multiple_documents'],
  'a document after the end of the first': [`${policyText()}...\nx: [\n`, '5:1 multiple_documents'],
  'a directive': [`%YAML 1.2\n---\n${policyText()}`, '1:1 directive'],
  'an unknown directive': [`%FOO\n---\n${policyText()}`, '1:1 directive'],
  'an anchor': [policyText('audience: &a x'), '4:11 anchor'],
  'an anchor on a map': [policyText('claim_pattern: &a', '  b: c'), '4:16 anchor'],
  'an anchor on a key': [policyText('&a audience: x'), '4:1 anchor'],
  'an alias': [policyText('audience: *a'), '4:11 alias'],
  'an alias as a key': [policyText('*a : x'), '4:1 alias'],
  'a tag': [policyText("audience: !!str 'x'"), '4:11 tag'],
  'a tag without a name': [policyText('audience: ! x'), '4:11 tag'],
  'a tag on a map': [policyText('claim_pattern: !!map {a: b}'), '4:16 tag'],
  'a merge key': [policyText('claim_pattern:', '  <<: {a: b}'), '5:3 merge_key'],
  'a key that is there twice': [policyText('issuer: x'), '4:1 duplicate_key'],
  'a key that is there twice, quoted otherwise': [
    policyText('claim_pattern:', '  a: b', "  'a': c", '  "\\x61": d'),
    '6:3 duplicate_key',
    '7:3 duplicate_key',
  ],
  'a key that is a list': [policyText('[a]: b'), '4:1 wrong_type'],
  'a key that is a map': [policyText('? {a: b}', ': c'), '4:3 wrong_type'],
  'a key that is null': [policyText('claim_pattern:', '  null: a'), '5:3 null_value'],
  'a key without text': [policyText('claim_pattern:', '  : a'), '5:3 null_value'],
  'a key that octo-sts reads otherwise': [policyText('claim_pattern:', '  on: a'), '5:3 ambiguous_value'],
  'a key whose colon is on the next line': [policyText('audience', ' : x'), '5:2 yaml_syntax'],
  'the escape \\/': [policyText('audience: "a\\/b"'), '4:13 escape_not_allowed'],
  'the escape of a surrogate': [policyText('audience: "\\uD83D\\uDE00"'), '4:12 escape_not_allowed'],
  'the long escape of a surrogate': [policyText('audience: "\\U0000DFFF"'), '4:12 escape_not_allowed'],
  'an escape beyond Unicode': [policyText('audience: "\\U00110000"'), '4:12 escape_not_allowed'],
  'an unknown escape': [policyText('audience: "a\\.b"'), '4:13 yaml_syntax'],
  'a half escape': [policyText('audience: "\\x4"'), '4:12 yaml_syntax'],
  'an escaped line break before a blank line': [
    policyText('audience: "a\\', '', '  b"'),
    '4:13 escape_not_allowed',
  ],
  'an unclosed quote': [policyText("audience: 'x"), '4:11 yaml_syntax'],
  'a quote that only an escaped one closes': [policyText('audience: "x\\"'), '4:11 yaml_syntax'],
  'a quote that only a doubled one closes': [policyText("audience: '''"), '4:11 yaml_syntax'],
  'text behind a quoted value': [policyText("audience: 'x' y"), '4:15 yaml_syntax'],
  'a bracket too many': [policyText('}'), '4:1 yaml_syntax'],
  'a tab for indentation': [policyText('claim_pattern:', '\ta: b'), '5:1 yaml_syntax'],
  'a map in one line': [policyText('audience: x: y'), '4:11 yaml_syntax'],
  'a block that ends in a line of spaces': [
    policyText('description: |-', '  a', '     '),
    '7:1 trailing_spaces',
  ],
  'a block of its own indentation before a line of spaces that is not the next': [
    policyText('description: |2', '   a', '', '   ', 'origin: o/r'),
    '6:1 trailing_spaces',
  ],
  'a block of spaces alone that keeps all its lines': [
    policyText('description: |+1', '   ', 'origin: o/r'),
    '6:1 trailing_spaces',
  ],
  'a block that the file ends in a line of spaces': [
    policyText('description: |+', '  a').concat('   '),
    '6:4 trailing_spaces',
  ],
  'a question mark that begins a key in brackets': [
    policyText('claim_pattern: {?a: b}'),
    '4:17 ambiguous_value',
  ],
  'a question mark that begins a value in brackets': [
    policyText('claim_pattern: {a: ?b}'),
    '4:20 ambiguous_value',
  ],
  'a byte order mark behind the document': [`${policyText()}...\n\ufeff# x\n`, '5:1 character_not_allowed'],
}

for (const [name, [text, ...errors]] of Object.entries(REFUSED)) {
  test(`refuses ${name}, with its place`, () => {
    const found = errorsOf(text)
    assert.deepEqual(found.slice(0, errors.length), errors)
  })
}

const UNDERSTOOD: Readonly<Record<string, readonly [lines: readonly string[], description: string]>> = {
  'plain text over lines': [['description: a', '  b', '', '  c'], 'a b\nc'],
  'single quotes': [["description: 'it''s # no comment'"], "it's # no comment"],
  'double quotes': [['description: "\\u0061\\x62\\n\\"\\\\\\U0001F600"'], 'ab\n"\\😀'],
  'a line break that is escaped': [['description: "a\\', '  b"'], 'ab'],
  'a literal block': [['description: |', '  a', '   b'], 'a\n b\n'],
  'a folded block without its last line break': [['description: >-', '  a', '  b'], 'a b'],
  'a block with all its line breaks': [['description: |+', '  a', '', ''], 'a\n\n\n'],
  'a comment behind a value': [['description: a # b'], 'a'],
  'a number sign inside a word': [['description: a#b'], 'a#b'],
  'text with colons': [['description: repo:o/r:ref:refs/heads/main'], 'repo:o/r:ref:refs/heads/main'],
  'an explicit key': [['? description', ': a'], 'a'],
  'brackets inside text': [['description: a[b]{c}'], 'a[b]{c}'],
}

for (const [name, [lines, description]] of Object.entries(UNDERSTOOD)) {
  test(`understands ${name}`, () => {
    assert.equal(readValid(policyText(...lines)).source.description, description)
  })
}

for (const [header, description] of [
  ['|', 'a\nb'],
  ['|+', 'a\nb'],
  ['|-', 'a\nb'],
  ['>', 'a b'],
] as const) {
  test(`reads no line break at the end of a ${header} block that the end of the file cuts`, () => {
    const text = `${policyText(`description: ${header}`)}  a\n  b`
    assert.equal(readValid(text).source.description, description)
    assert.equal(
      readValid(`${text}\n...\n`).source.description,
      header === '|-' ? description : `${description}\n`,
    )
  })
}

test('takes a question mark that begins a text outside of brackets, or is inside one or in quotes', () => {
  const { source } = readValid(
    policyText('claim_pattern:', '  ?a: b', 'description: ?c', 'forbidden_claim_pattern: {"?d": e?}'),
  )
  assert.deepEqual(source.claim_pattern, { '?a': 'b' })
  assert.equal(source.description, '?c')
  assert.deepEqual(source.forbidden_claim_pattern, { '?d': 'e?' })
})

for (const text of [
  `---\n${policyText()}`,
  `${policyText()}...\n`,
  `${policyText()}...\n# the end\n`,
  `# first\n\n${policyText()}\n\n`,
  policyText().replaceAll('\n', '\r\n'),
  policyText().replaceAll('\n', '\r'),
  `\ufeff${policyText()}`,
  '{"issuer": "https://issuer.example", "subject": "someone", "permissions": {"contents": "read"}}',
]) {
  test(`takes the same policy as ${JSON.stringify(text.slice(0, 12))}...`, () => {
    assert.deepEqual(readValid(text).source, {
      issuer: 'https://issuer.example',
      subject: 'someone',
      permissions: { contents: 'read' },
    })
  })
}

test('takes 200 keys and not one more', () => {
  const claims = (count: number): string[] => Array.from({ length: count }, (_, index) => `  c${index}: ''`)
  // issuer, subject, permissions, contents and claim_pattern are five.
  assert.deepEqual(Object.keys(readValid(policyText('claim_pattern:', ...claims(195))).source).length, 4)
  assert.deepEqual(errorsOf(policyText('claim_pattern:', ...claims(196))), ['200:3 too_many_keys'])
})

test('reports no more than a hundred findings', () => {
  const unknown = Array.from({ length: 150 }, (_, index) => `unknown${index}: x`)
  assert.equal(errorsOf(policyText(...unknown)).length, 100)
})
