import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareWithOctoSts,
  type OctoStsComparison,
} from '../../pkg/policy/portability/compare-with-octo-sts.ts'
import { showFinding } from './support/documents.ts'

type Row = readonly [
  document: string,
  octoSts: OctoStsComparison['octoSts'],
  here: OctoStsComparison['here'],
  ...differences: readonly string[],
]

const LISTS: Readonly<Record<string, Row>> = {
  'a plain list': ['issuers: [https://a]\nmode: audit\n', 'accepts', 'valid'],
  'an alternation of hosts': ["issuer_patterns: ['https://a|https://b']\n", 'accepts', 'valid'],
  'an alternation of hosts inside a group': [
    "issuer_patterns: ['x(?:https://a|https://b)']\n",
    'accepts',
    'invalid',
    '1:19 octo_sts_issuer_pattern',
  ],
  'an alternation of paths': [
    "issuer_patterns: ['https://a/x|http://b']\n",
    'rejects',
    'valid',
    '1:19 octo_sts_loose_slash',
  ],
  'an alternation with a repetition that octo-sts may take out': [
    "issuer_patterns: ['[a-z]{2}/x|[a-z]{2}/y']\n",
    'accepts',
    'valid',
    '1:19 octo_sts_may_refuse',
  ],
  'a pattern of few characters and many bytes': [
    `issuer_patterns: ['https://${'é'.repeat(130)}']\n`,
    'rejects',
    'valid',
    '1:19 octo_sts_long_issuer_pattern',
  ],
  'an issuer on the loopback': [
    'issuers: [http://localhost:8080]\n',
    'accepts',
    'invalid',
    '1:11 octo_sts_issuer',
  ],
  'an issuer with an escape': ['issuers: [https://a/%41]\n', 'accepts', 'invalid', '1:11 octo_sts_issuer'],
  'an empty mode': ["mode: ''\nissuers: [https://a]\n", 'accepts', 'invalid', '1:7 octo_sts_empty_value'],
  'a field in other letters': ['Issuers: [https://a]\n', 'accepts', 'invalid', '1:1 octo_sts_field_name'],
  'a null among the patterns': [
    'issuers: [https://a]\nissuer_patterns: [~]\n',
    'accepts',
    'invalid',
    '2:19 octo_sts_null',
  ],
  'no issuer': ['mode: enforce\n', 'rejects', 'invalid'],
  'an unknown mode': ['mode: off\nissuers: [https://a]\n', 'rejects', 'invalid'],
  'an issuer with a query': ["issuers: ['https://a?b']\n", 'rejects', 'invalid'],
  'an issuer in capitals': ['issuers: [https://A]\n', 'rejects', 'invalid'],
  'a pattern that matches past the host': ["issuer_patterns: ['https://.*']\n", 'rejects', 'invalid'],
  'a class that matches past the host': ["issuer_patterns: ['https://[^x]']\n", 'rejects', 'invalid'],
  'a slash in a repetition': ["issuer_patterns: ['https://a(/b)?']\n", 'rejects', 'invalid'],
  'a pattern that is none alone': ["issuer_patterns: ['a)(b']\n", 'rejects', 'invalid'],
  'too many issuers': [`issuers: [${'https://a,'.repeat(65)}]\n`, 'rejects', 'invalid'],
  'too many patterns': [`issuer_patterns: [${'a,'.repeat(17)}]\n`, 'rejects', 'invalid'],
}

for (const [name, [document, octoSts, here, ...differences]] of Object.entries(LISTS)) {
  test(`compares an issuer list with ${name}`, () => {
    const comparison = compareWithOctoSts(document, { level: 'issuer-list' })
    assert.deepEqual(
      { ...comparison, differences: comparison.differences.map(showFinding) },
      { octoSts, here, differences },
    )
  })
}
