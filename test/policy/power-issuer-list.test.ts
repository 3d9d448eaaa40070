import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareIssuerLists, readIssuerList, type IssuerList, type PowerDifference } from '#pkg/policy'
import { showChanges } from './support/power.ts'

const A = 'https://a.example'

/** A list of one line for each field; undefined for none. */
function list(text: string | undefined): IssuerList | undefined {
  if (text === undefined) return undefined
  const result = readIssuerList(text.replaceAll('; ', '\n'))
  assert.ok(result.ok, JSON.stringify(result.diagnostics))
  return result.value
}

const cases: readonly (readonly [
  behaviour: string,
  before: string | undefined,
  after: string | undefined,
  power: PowerDifference['power'],
  changes: readonly string[],
])[] = [
  ['is none without a list', undefined, undefined, 'same', []],
  [
    'is less with a list',
    undefined,
    `issuers: [${A}]`,
    'less',
    ['loss issuers: permits the listed issuers alone, before any issuer'],
  ],
  ['is none with a list that only records', undefined, `mode: audit; issuers: [${A}]`, 'same', []],
  [
    'is less where the list is enforced',
    `mode: audit; issuers: [${A}]`,
    `issuers: [${A}]`,
    'less',
    ['loss mode: permits the listed issuers alone, before any issuer'],
  ],
  [
    'is more where it is no longer enforced',
    `issuers: [${A}]`,
    `mode: audit; issuers: [${A}]`,
    'more',
    ['gain mode: permits any issuer: the mode audit only records those that are not listed'],
  ],
  [
    'is more without the list',
    `issuers: [${A}]`,
    undefined,
    'more',
    ['gain issuers: is gone, so that any issuer is permitted'],
  ],
  [
    'names issuers that come and go',
    `issuers: [${A}, https://b.example]`,
    `mode: enforce; issuers: [https://gitlab.com, ${A}]`,
    'more',
    ['gain issuers: permits GitLab.com', 'loss issuers: no longer permits `https://b.example`'],
  ],
  [
    'names patterns that come and go',
    "issuer_patterns: ['https://[a-c]\\.example', 'https://x\\.example']",
    "issuer_patterns: ['https://[a-d]\\.example']",
    'more',
    [
      'gain issuer_patterns: permits issuers that match `https://[a-d]\\.example`',
      'loss issuer_patterns: no longer permits `https://x.example`',
    ],
  ],
  [
    'is none where a pattern is written out, and back',
    "issuer_patterns: ['https://[ab]\\.example']",
    `issuers: [${A}, https://b.example]`,
    'same',
    [],
  ],
  [
    'is none for an issuer that a pattern permits',
    "issuer_patterns: ['https://[ab]\\.example', 'https://c\\.example']",
    `issuer_patterns: ['https://[a-c]\\.example']; issuers: [${A}]`,
    'same',
    [],
  ],
  [
    'may be more where that is not decided',
    "issuer_patterns: ['https://\\bx\\.example']",
    "issuer_patterns: ['https://x\\.example']",
    'may_be_more',
    ['change issuer_patterns: permits `https://x.example`, which may overlap with what else is listed'],
  ],
]

describe('a change of an issuer list', () => {
  for (const [behaviour, before, after, power, changes] of cases) {
    it(behaviour, () => {
      const difference = compareIssuerLists(list(before), list(after))
      assert.deepEqual(showChanges(difference), changes)
      assert.equal(difference.power, power)
    })
  }
})
