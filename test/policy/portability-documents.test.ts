import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareWithOctoSts } from '../../pkg/policy/portability/compare-with-octo-sts.ts'
import { policyText } from './support/documents.ts'

/** YAML that octo-sts takes. Each of them was given to its own code. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'an alias of a map': 'issuer: a\nsubject: b\nclaim_pattern: &m {a: b}\npermissions: {contents: read}\n',
  'a merge by alias': policyText('claim_pattern: {<<: [&a {x: y}, {z: w}], c: d}'),
  'a merge in a merge': policyText('claim_pattern: {<<: {<<: {x: y}, z: w}}'),
  'a merge of the fields': '<<: {issuer: a, <<: {subject: b}}\npermissions: {contents: read}\n',
  'an anchor that is set anew': policyText('audience: &a x', 'claim_pattern: {a: &a y, b: *a}'),
  'an alias as a key': policyText('audience: &a x', 'claim_pattern: {*a : y}'),
  'the merge key in quotes': policyText('claim_pattern: {"<<": a}'),
  'a tag that undoes quotes': policyText('audience: ! "yes"'),
  'a tag of a float on an integer': policyText("audience: !!float '1'"),
  'a tag of text': policyText('audience: !!str yes'),
  'a tag on a map': policyText('claim_pattern: !!map {a: b}'),
  'a field that is null': policyText('audience: ~'),
  'an exact value that is empty':
    "issuer: ''\nissuer_pattern: a\nsubject: b\npermissions: {contents: read}\n",
  'a number as a level': 'issuer: a\nsubject: b\npermissions: {contents: 1}\n',
  'the version of YAML': `%YAML 1.1 # old\n---\n${policyText()}`,
  'what follows brackets on their line': `{issuer: a, subject: b, permissions: {contents: read}}{a: b}\n`,
  'what follows a map that spaces begin': ' issuer: a\n subject: b\n permissions: {contents: read}\nx',
  'brackets without indentation': policyText('claim_pattern: {a: b,', 'c: d}'),
  'a tag whose name has a comma': 'issuer: a\nsubject: b\npermissions: {contents: !x,y read}\n',
  'a hyphen alone in brackets': 'issuer: a\nsubject: b\npermissions: {contents: -}\n',
  'an anchor whose name a colon ends': policyText('audience: &a:b'),
  'a map in brackets without spaces': policyText('claim_pattern: {a:,b: c}'),
  'an escaped apostrophe': policyText('audience: "a\\\'b"'),
  'a tab behind the end of the document': `${policyText()}...\n\t#\n`,
  'a long key with its sign': policyText(`claim_pattern: {? ${'a'.repeat(1_100)} : b}`),
  'what follows three dots': `${policyText()}... # end\n@ }\n`,
  'what follows brackets that are the document': `{issuer: a, subject: b, permissions: {contents: read}}\n}\n`,
}

/** YAML that octo-sts refuses. */
const REFUSED: Readonly<Record<string, string>> = {
  'an alias without an anchor': policyText('audience: *a'),
  'an alias before its anchor': policyText('audience: *a', 'claim_pattern: {a: &a b}'),
  'a map that is merged into itself': policyText('claim_pattern: &a {<<: *a}'),
  'a merge of what is there': policyText('claim_pattern: {a: b, <<: {a: c}}'),
  'a merge of text': policyText('claim_pattern: {<<: a}'),
  'a merge of a list in a list': policyText('claim_pattern: {<<: [[{a: b}]]}'),
  'a key that is there twice': policyText('claim_pattern: {a: b, "a": c}'),
  'a key that is there twice as an integer': policyText('claim_pattern: {1: b, 0x1: c}'),
  'a key that is null': policyText('claim_pattern: {~: b}'),
  'a key that is a list': policyText('claim_pattern: {[a]: b}'),
  'a key that is a large integer': policyText('claim_pattern: {18446744073709551615: b}'),
  'a tag of an integer on text': policyText('audience: !!int a'),
  'a tag of a boolean on a number': policyText('audience: !!bool 1'),
  'a tag of null on text': policyText('audience: !!null a'),
  'a tag of a float on a large integer': policyText('audience: !!float 18446744073709551615'),
  'the next version of YAML': `%YAML 1.2\n---\n${policyText()}`,
  'an unknown directive': `%FOO\n---\n${policyText()}`,
  'a directive without a marker': `%YAML 1.1\n${policyText()}`,
  'a directive twice': `%YAML 1.1\n%YAML 1.1\n---\n${policyText()}`,
  'a field that it does not know': policyText('other: a'),
  'a list in place of text': policyText('audience: [a]'),
  'text in place of a map': policyText('claim_pattern: a'),
  'text in place of a list': policyText('repositories: a'),
  'a map in a list': policyText('repositories: [{a: b}]'),
  'both ways to name an issuer': policyText('Issuer_Pattern: a'),
  'no way to name a subject': 'issuer: a\npermissions: {contents: read}\n',
  'a document that is a list': '- a\n',
  'an empty document before the policy': `---\n---\n${policyText()}`,
  'a closing bracket too many': policyText('}'),
  'an unclosed quote': policyText("audience: 'a"),
  'an unknown escape': policyText('audience: "\\."'),
  'a colon in a value': policyText('audience: a: b'),
  'a missing colon': policyText('audience', 'claim_pattern: {a: b}'),
  'a question mark in brackets': policyText('claim_pattern: {a: (?i)b}'),
  'a colon in front of text in brackets': policyText('claim_pattern: {a: :b}'),
  'a key in brackets without a space behind its colon': policyText('claim_pattern: {a:[b]}'),
  'a key in brackets whose colon is on the next line': policyText('claim_pattern: {a', '  : b}'),
  'a key that is too long': policyText(`claim_pattern: {${'a'.repeat(1_100)}: b}`),
  'a tab as indentation': policyText('claim_pattern:', '\ta: b'),
  'nesting without end': policyText(`claim_pattern: ${'['.repeat(1_000)}`),
  'a control character': policyText('audience: a\u0007'),
  'an unclosed parenthesis': policyText('audience_pattern: (a'),
  'a number of a policy of an organization under the name of a permission':
    policyText('Permissions: {issues: 1}'),
}

for (const [name, document] of Object.entries(ACCEPTED)) {
  test(`knows that octo-sts takes ${name}`, () => {
    assert.equal(compareWithOctoSts(document, { level: 'repository' }).octoSts, 'accepts')
  })
}

for (const [name, document] of Object.entries(REFUSED)) {
  test(`knows that octo-sts refuses ${name}`, () => {
    assert.equal(compareWithOctoSts(document, { level: 'organization' }).octoSts, 'rejects')
  })
}

test('knows that octo-sts takes what has a tag without a name for text, also of an organization', () => {
  const { octoSts } = compareWithOctoSts(policyText('audience: ! 1'), { level: 'organization' })
  assert.equal(octoSts, 'accepts')
})

test('knows that octo-sts takes a number for text under the name of a field, also of an organization', () => {
  const taken = compareWithOctoSts(policyText('claim_pattern: {Issuer: 1}'), { level: 'organization' })
  assert.deepEqual(taken, { octoSts: 'accepts', here: 'valid', differences: [] })
})

test('has nothing to tell of a policy that both take, or both refuse', () => {
  for (const document of [
    policyText('audience_pattern: ^a$|^b$', 'claim_pattern: {a: (b|c), "on": "(?i)d"}'),
    policyText('issuer: twice'),
    '',
    '\u0000',
  ]) {
    assert.deepEqual(compareWithOctoSts(document, { level: 'repository' }).differences, [])
  }
})
