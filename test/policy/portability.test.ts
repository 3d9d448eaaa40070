import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareWithOctoSts,
  type OctoStsComparison,
} from '../../pkg/policy/portability/compare-with-octo-sts.ts'
import { OCTO_STS_DIFFERENCES } from '../../pkg/policy/portability/octo-sts-difference.ts'
import { policyText, showFinding } from './support/documents.ts'
import { readVectorRows } from './support/vectors.ts'

interface Row {
  readonly id: string
  readonly level: 'repository' | 'organization'
  readonly policy: string
  readonly verdict: OctoStsComparison['here']
  readonly octo_sts: OctoStsComparison['octoSts']
}

const rows = readVectorRows('policy-documents.jsonl') as readonly Row[]

test('the vectors tell what octo-sts makes of at least 186 documents', () => {
  assert.ok(rows.filter(({ octo_sts }) => ['accepts', 'rejects'].includes(octo_sts)).length >= 186)
})

for (const row of rows) {
  test(`policy-documents.jsonl: ${row.id}`, () => {
    const { octoSts, here, differences } = compareWithOctoSts(row.policy, { level: row.level })
    assert.deepEqual({ octoSts, here }, { octoSts: row.octo_sts, here: row.verdict })
    const severities = new Set(differences.map(({ severity }) => severity))
    if (octoSts === 'accepts' && here === 'invalid') assert.ok(severities.has('error'))
    if (octoSts === 'rejects') assert.equal(severities.has('error'), false)
    if (octoSts === 'rejects' && here === 'valid') assert.ok(severities.has('warning'))
    for (const { code, severity } of differences) {
      assert.equal(
        severity,
        Object.entries(OCTO_STS_DIFFERENCES).find(([name]) => name === code)?.[1].severity,
      )
    }
  })
}

type Level = Row['level']
type Case = readonly [document: string, level: Level, ...differences: readonly string[]]

/** Works in octo-sts, and not here. */
const ONLY_THERE: Readonly<Record<string, Case>> = {
  'a policy without permissions': ['issuer: a\nsubject: b\n', 'repository', '1:1 octo_sts_grants_everything'],
  'empty permissions': [
    'issuer: a\nsubject: b\npermissions: {}\n',
    'repository',
    '3:1 octo_sts_grants_everything',
  ],
  'permissions that are all null': [
    'issuer: a\nsubject: b\npermissions: {contents: ~}\n',
    'repository',
    '3:1 octo_sts_grants_everything',
    '3:25 octo_sts_null',
  ],
  'an empty list of repositories': [
    policyText('repositories: []'),
    'organization',
    '4:1 octo_sts_all_repositories',
  ],
  'repositories that are null': [
    policyText('repositories:'),
    'organization',
    '4:1 octo_sts_all_repositories',
    '4:14 octo_sts_null',
  ],
  'a repository with its owner': [
    policyText('repositories: [o/r]'),
    'organization',
    '4:16 octo_sts_repository_name',
  ],
  'a level that the permission does not have': [
    'issuer: a\nsubject: b\npermissions: {contents: admin}\n',
    'repository',
    '3:25 octo_sts_permission_level',
  ],
  'a permission in other letters': [
    'issuer: a\nsubject: b\npermissions: {Contents: read}\n',
    'repository',
    '3:15 octo_sts_permission_name',
  ],
  'a permission on the organization': [
    'issuer: a\nsubject: b\npermissions: {members: read}\n',
    'repository',
    '3:15 octo_sts_organization_permission',
  ],
  'a field in other letters': [policyText('Audience: a'), 'repository', '4:1 octo_sts_field_name'],
  'an unquoted yes': [policyText('audience: yes'), 'repository', '4:11 octo_sts_reads_otherwise'],
  'an octal number': [policyText('audience: 010'), 'repository', '4:11 octo_sts_reads_otherwise'],
  'an exponent': [policyText('audience: 1e3'), 'repository', '4:11 octo_sts_reads_otherwise'],
  'a fraction with a zero at its end': [
    policyText('claim_pattern: {version: 1.10}'),
    'repository',
    '4:26 octo_sts_reads_otherwise',
  ],
  'a claim called on': [
    policyText('claim_pattern: {on: a}'),
    'organization',
    '4:17 octo_sts_reads_otherwise',
  ],
  'a claim pattern that is null': [
    policyText('claim_pattern: {a: null}'),
    'repository',
    '4:20 octo_sts_null',
  ],
  'an empty audience': [policyText("audience: ''"), 'repository', '4:11 octo_sts_empty_value'],
  'a key as a number and as text': [
    policyText("claim_pattern: {1: a, '1': b}"),
    'repository',
    '4:17 octo_sts_not_checked',
    '4:23 octo_sts_repeated_key',
  ],
  'an anchor and its alias': [
    policyText('audience: &a x', 'claim_pattern: {b: *a}'),
    'repository',
    '4:11 octo_sts_anchor',
  ],
  'a merge key': [policyText('claim_pattern: {<<: {a: b}}'), 'repository', '4:17 octo_sts_merge_key'],
  'a tag': [policyText('audience: !x y'), 'repository', '4:11 octo_sts_tag'],
  'a tag that octo-sts resolves': [policyText("audience: !!int '1'"), 'repository', '4:11 octo_sts_tag'],
  'a directive': [`%YAML 1.1\n---\n${policyText()}`, 'repository', '1:1 octo_sts_directive'],
  'a second document': [`${policyText()}---\nx: [\n`, 'repository', '4:1 octo_sts_more_documents'],
  'text behind the end of the document': [
    `${policyText()}...\n}\n`,
    'repository',
    '5:1 octo_sts_not_checked',
  ],
  'a pattern that a backslash ends': [
    policyText('audience_pattern: a\\'),
    'repository',
    '4:19 octo_sts_pattern_syntax',
  ],
  'a pattern that a star begins': [
    policyText("audience_pattern: '*a'"),
    'repository',
    '4:19 octo_sts_pattern_syntax',
  ],
  'a quotation that does not end': [
    policyText('audience_pattern: \\Qa'),
    'repository',
    '4:19 octo_sts_pattern_syntax',
  ],
  'a Unicode class by another name': [
    policyText('audience_pattern: \\p{greek}'),
    'repository',
    '4:19 octo_sts_pattern_syntax',
  ],
  'two groups of one name': [
    policyText('audience_pattern: (?P<a>b)(?P<a>c)'),
    'repository',
    '4:19 octo_sts_pattern_syntax',
  ],
  'a pattern over the limit': [
    policyText('audience_pattern: a{1000}b{1000}c{1000}d{1000}e{1000}'),
    'repository',
    '4:19 octo_sts_pattern_size',
  ],
  'too many keys': [
    policyText('claim_pattern:', ...Array.from({ length: 200 }, (_, index) => `  a${index}: b`)),
    'repository',
    '200:3 octo_sts_limit',
  ],
  'a file that is too large': [policyText(`#${' '.repeat(33_000)}`), 'repository', '1:1 octo_sts_limit'],
  'a line break of YAML 1.1': [policyText("audience: 'a\u2028b'"), 'repository', '4:13 octo_sts_not_checked'],
  'quoted text on a line without indentation': [
    policyText("audience: 'a", "b'"),
    'repository',
    '4:11 octo_sts_not_checked',
  ],
}

for (const [name, [document, level, ...differences]] of Object.entries(ONLY_THERE)) {
  test(`tells that ${name} works in octo-sts only`, () => {
    const comparison = compareWithOctoSts(document, { level })
    assert.equal(comparison.octoSts, 'accepts')
    assert.equal(comparison.here, 'invalid')
    assert.deepEqual(comparison.differences.map(showFinding), differences)
    assert.ok(comparison.differences.some(({ severity }) => severity === 'error'))
  })
}

/** Works here, and not in octo-sts. */
const ONLY_HERE: Readonly<Record<string, Case>> = {
  'a field of its own': [policyText('description: a'), 'repository', '4:1 octo_sts_extension_field'],
  'a number in a policy of an organization': [
    policyText('audience: 42'),
    'organization',
    '4:11 octo_sts_number',
  ],
  'a boolean in a policy of an organization': [
    policyText('claim_pattern: {a: true}'),
    'organization',
    '4:20 octo_sts_number',
  ],
  'a permission that octo-sts does not know': [
    'issuer: a\nsubject: b\npermissions: {code_quality: read, artifact_metadata: read}\n',
    'repository',
    '3:15 octo_sts_no_such_permission',
    '3:35 octo_sts_no_such_permission',
  ],
  'a Unicode class that Go does not know': [
    policyText('audience_pattern: \\p{Garay}'),
    'repository',
    '4:19 octo_sts_no_such_pattern',
  ],
  'a script of two words': [
    policyText('audience_pattern: \\p{Old_Italic}'),
    'repository',
    '4:19 octo_sts_no_such_pattern',
  ],
  'a key in brackets on two lines': [
    policyText('claim_pattern: {"a', '  b": c}'),
    'repository',
    '4:17 octo_sts_long_key',
  ],
  'a tab that begins a block': [policyText('audience: |', '  \tx'), 'repository', '4:11 octo_sts_tab'],
  'a tab on an empty line': [policyText('', '\t'), 'repository', '5:1 octo_sts_tab'],
}

for (const [name, [document, level, ...differences]] of Object.entries(ONLY_HERE)) {
  test(`tells that ${name} works here only`, () => {
    const comparison = compareWithOctoSts(document, { level })
    assert.equal(comparison.octoSts, 'rejects')
    assert.equal(comparison.here, 'valid')
    assert.deepEqual(comparison.differences.map(showFinding), differences)
    assert.ok(comparison.differences.every(({ severity }) => severity === 'warning'))
  })
}

/** Works in both, for other tokens. */
const MEANS_OTHERWISE: Readonly<Record<string, Case>> = {
  'an alternation that the anchors divide': [
    policyText('audience_pattern: a|b'),
    'repository',
    '4:19 octo_sts_open_alternation',
  ],
  'an alternation of a claim': [
    policyText('claim_pattern: {a: b|c}'),
    'organization',
    '4:20 octo_sts_open_alternation',
  ],
  'a flag that changes the anchor': [
    policyText('audience_pattern: (?m)a'),
    'repository',
    '4:19 octo_sts_open_lines',
  ],
}

for (const [name, [document, level, ...differences]] of Object.entries(MEANS_OTHERWISE)) {
  test(`tells that ${name} means something else there`, () => {
    const comparison = compareWithOctoSts(document, { level })
    assert.equal(comparison.octoSts, 'accepts')
    assert.equal(comparison.here, 'valid')
    assert.deepEqual(comparison.differences.map(showFinding), differences)
  })
}
