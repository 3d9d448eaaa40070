import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileExpression } from '../../pkg/policy/expression/expression.ts'
import { checkIssuerPattern, ISSUER_PATTERN_MAX_CHARACTERS } from '../../pkg/policy/issuer-pattern.ts'
import { loosePattern, nestedPattern } from './support/pattern-arbitrary.ts'
import { readVectorRows } from './support/vectors.ts'

interface IssuerListRow {
  readonly policy: string
  readonly verdict: 'valid' | 'invalid'
}

/** As the issuer list judges a pattern: it must compile, and then keep to the host. */
function isAllowed(pattern: string): boolean {
  return compileExpression(pattern).ok && checkIssuerPattern(pattern).ok
}

describe('an issuer pattern', () => {
  const rows = readVectorRows('issuer-lists.jsonl') as readonly IssuerListRow[]
  it('has vectors', () => {
    assert.equal(rows.length, 17)
  })
  for (const { policy, verdict } of rows) {
    it(`is ${verdict}: ${policy}`, () => {
      const { issuer_patterns } = JSON.parse(policy) as { readonly issuer_patterns: readonly string[] }
      assert.equal(issuer_patterns.every(isAllowed), verdict === 'valid')
    })
  }

  const allowed: readonly string[] = [
    'https://oidc\\.eks\\.[a-z0-9-]+\\.amazonaws\\.com/id/[A-Z0-9]+',
    'https://(a|b)\\.example\\.com/x',
    '(https://a\\.test|https://b\\.test/x)',
    '(?:https://a\\.test|https://b\\.test/x)',
    '(?i:https://a\\.test|https://b\\.test)',
    '(?P<n>https://a\\.test|https://b\\.test)',
    '(?i)https://a\\.test|https://b\\.test',
    '(?:https://a\\.test|https://b\\.test)|https://c\\.test',
    '(https://a\\.test)',
    '^https://a\\.test/x$',
    'https:[/]\\x2fa\\.test',
    'https:\\/\\057a\\.test',
    'https://\\Qa.test/x\\E',
    'https://[[:alnum:]]+\\.test',
    'https://\\w+\\.test',
    'https://\\p{Greek}+\\.test',
    'https://[^\\x00-/]+\\.test',
    'https://[^\\W]+\\.test',
    'https://[^[:punct:]]+\\.test',
    'https://[^\\p{Any}]a\\.test',
    'https://a\\.test/(?:x)?',
  ]
  for (const pattern of allowed) {
    it(`may be ${pattern}`, () => {
      assert.equal(isAllowed(pattern), true)
    })
  }

  const refused: readonly string[] = [
    'https://.\\.test',
    'https://.+\\.test',
    '(?s:.)',
    '(?s)https://a.test',
    'https://a\\.test(?:.){0}',
    'https://\\S+\\.test',
    'https://\\D+\\.test',
    'https://\\W\\.test',
    'https://[^.]+\\.test',
    'https://[^\\w.]+\\.test',
    'https://[+-9]+\\.test',
    'https://[!-~]+\\.test',
    'https://[[:punct:]]\\.test',
    'https://[[:graph:]]+\\.test',
    'https://[^[:alpha:]]+\\.test',
    'https://\\pP\\.test',
    'https://\\p{Any}\\.test',
    'https://\\P{Greek}\\.test',
    'https://[^\\pL]+\\.test',
    '(?i)https://[^a-z]+\\.test',
    'https://a(/b)?\\.test',
    'https://a(/b)*\\.test',
    'https://a/*\\.test',
    'https://a/+\\.test',
    'https://a/{0}\\.test',
    'https://a[/]?\\.test',
    'https://a\\x2f?\\.test',
    'https://a\\Q/\\E?\\.test',
    'https://a(?:x|/y)\\.test',
    'https://a(|/y)\\.test',
    '(?:https://a|https://b){1}',
    '^(?:https://a\\.test|https://b\\.test)$',
    '((https://a\\.test|https://b\\.test))',
    '(?:https://a\\.test|https://b\\.test)(?:)',
    'https://a\\.test|https://.*',
    '(https://a\\.test|(?:x|/))y',
    'https://a\\.test(',
    'https://\\p{Nope}\\.test',
  ]
  for (const pattern of refused) {
    it(`must not be ${pattern}`, () => {
      assert.equal(isAllowed(pattern), false)
    })
  }

  it('has at most 256 characters', () => {
    const longest = `https://${'a'.repeat(ISSUER_PATTERN_MAX_CHARACTERS - 8)}`
    assert.equal(isAllowed(longest), true)
    assert.equal(isAllowed(`${longest}a`), false)
  })

  it('never lets more slashes through than it writes', () => {
    const values = ['/', '//', '///', 'a/', '/a', 'a/b', 'b//a', '/a/b/', '////', 'é/', '-/', '//k/k']
    fc.assert(
      fc.property(fc.oneof(loosePattern, nestedPattern), (pattern) => {
        const compiled = compileExpression(pattern)
        if (!compiled.ok || !checkIssuerPattern(pattern).ok) return
        const written = pattern.split('/').length - 1
        for (const value of values) {
          if (compiled.expression.matches(value)) assert.ok(value.split('/').length - 1 <= written)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
