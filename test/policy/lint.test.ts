import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileExpression } from '../../pkg/policy/expression/expression.ts'
import { lintTrustPolicy, STRICT_LINT_CODES } from '../../pkg/policy/lint/lint.ts'
import type { PolicyLevel, TrustPolicy } from '../../pkg/policy/trust-policy.ts'
import { compilePolicy } from './support/compiled-policy.ts'
import { loosePattern, nestedPattern } from './support/pattern-arbitrary.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'
const PRIVATE = 'https://oidc.acme.test'
const READ = { contents: 'read' } as const

/** The codes of a policy's findings, each once, sorted. */
function codesOf(
  source: TrustPolicy,
  level: PolicyLevel = 'repository',
  orgPolicyRepo?: string,
): readonly string[] {
  const context = orgPolicyRepo === undefined ? {} : { orgPolicyRepo }
  const findings = lintTrustPolicy(compilePolicy(source, level), context)
  assert.ok(findings.every(({ severity }) => severity === 'warning'))
  return [...new Set(findings.map(({ code }) => code))].sort()
}

type Case = readonly [name: string, code: string, policy: Partial<TrustPolicy>, found: boolean]

const CASES: readonly Case[] = [
  ['a dot in a domain', 'unescaped_dot', { issuer_pattern: 'https://[a-z]+.acme.test' }, true],
  ['a dot in a claim', 'unescaped_dot', { claim_pattern: { email: '[a-z]+@acme.test' } }, true],
  ['a dot in a group', 'unescaped_dot', { subject_pattern: 'a(?:b.cd|e)' }, true],
  ['an escaped dot', 'unescaped_dot', { issuer_pattern: 'https://[a-z]+\\.acme[.]test\\Q.x.yz\\E' }, false],
  ['a repeated dot', 'unescaped_dot', { subject_pattern: 'ab.*cd.+ef' }, false],
  ['a repetition in a subject', 'regex_in_exact', { subject: 'repo:acme/.*' }, true],
  ['an escape in an issuer', 'regex_in_exact', { issuer: 'https://acme\\.test' }, true],
  ['a glob in an audience', 'regex_in_exact', { audience: 'https://acme.test/*' }, true],
  ['a plain subject', 'regex_in_exact', { subject: 'auth0|a.b+c?' }, false],
  ['a glob over /', 'glob_in_pattern', { subject_pattern: 'repo:acme/*' }, true],
  ['a glob over a letter', 'glob_in_pattern', { claim_pattern: { ref: 'refs/tags/v*' } }, true],
  ['a repeated class', 'glob_in_pattern', { subject_pattern: '[^/]*:.*\\d*' }, false],
  ['.* in an issuer', 'issuer_past_host', { issuer_pattern: 'https://.*\\.acme\\.test' }, true],
  ['a class in an issuer', 'issuer_past_host', { issuer_pattern: 'https://[^:]+\\.acme\\.test' }, true],
  ['an issuer of one host', 'issuer_past_host', { issuer_pattern: 'https://[a-z]+\\.acme\\.test/x' }, false],
  ['.* as the audience', 'any_audience', { audience_pattern: '.*' }, true],
  ['a class as the audience', 'any_audience', { audience_pattern: '[^@]+' }, true],
  ['an alternation with .*', 'any_audience', { audience_pattern: 'https://acme\\.test|.+' }, true],
  ['audiences of one host', 'any_audience', { audience_pattern: 'https://acme\\.test/.*' }, false],
  ['administration', 'sensitive_permission', { permissions: { administration: 'write' } }, true],
  ['secrets', 'sensitive_permission', { permissions: { secrets: 'write' } }, true],
  ['workflows', 'sensitive_permission', { permissions: { workflows: 'write' } }, true],
  [
    'reading them',
    'sensitive_permission',
    { permissions: { administration: 'read', secrets: 'read' } },
    false,
  ],
  ['contents of its own repository', 'can_change_policies', { permissions: { contents: 'write' } }, true],
  ['administration of it', 'can_change_policies', { permissions: { administration: 'write' } }, true],
  ['reading contents', 'can_change_policies', { permissions: { contents: 'read', issues: 'write' } }, false],
  ['a lifetime', 'not_portable', { max_token_lifetime: 600 }, true],
  ['a forbidden claim', 'not_portable', { forbidden_claim_pattern: { event_name: 'x' } }, true],
  ['an origin', 'not_portable', { origin: 'acme/web' }, true],
  ['a description', 'not_portable', { description: 'x' }, true],
]

/** The policy of a case: what it does not say is harmless. */
function policyOf(partial: Partial<TrustPolicy>): TrustPolicy {
  return {
    ...(partial.issuer_pattern === undefined ? { issuer: PRIVATE } : {}),
    ...(partial.subject_pattern === undefined ? { subject: 'acme' } : {}),
    permissions: READ,
    ...partial,
  }
}

describe('lintTrustPolicy', () => {
  for (const [name, code, partial, found] of CASES) {
    it(`${found ? 'finds' : 'does not find'} ${code}: ${name}`, () => {
      assert.equal(codesOf(policyOf(partial)).includes(code), found)
    })
  }

  it('finds nothing in a policy that is narrow', () => {
    const subject = 'repo:acme@12/web@345:environment:production'
    assert.deepEqual(codesOf({ issuer: GITHUB, subject, permissions: { issues: 'write' } }), [])
    assert.deepEqual(codesOf({ issuer: PRIVATE, subject: 'x', audience: 'y', permissions: READ }), [])
  })

  it('finds organization policies for all repositories', () => {
    const policy = policyOf({})
    assert.deepEqual(codesOf(policy, 'organization'), ['all_repositories'])
    assert.deepEqual(codesOf({ ...policy, repositories: ['web'] }, 'organization'), [])
    assert.deepEqual(codesOf(policy, 'repository'), [])
  })

  it('finds organization policies that can write the policy repository', () => {
    const policy = policyOf({ permissions: { contents: 'write' } })
    const codes = (repositories: readonly string[] | undefined, repo?: string): readonly string[] =>
      codesOf({ ...policy, ...(repositories === undefined ? {} : { repositories }) }, 'organization', repo)
    assert.deepEqual(codes(['web', '.GitHub'], '.github'), ['can_change_policies'])
    assert.deepEqual(codes(['web'], '.github'), [])
    assert.deepEqual(codes(['.github']), [])
    assert.deepEqual(codes(undefined, '.github'), ['all_repositories', 'can_change_policies'])
  })

  it('says where each finding is, in the order of the document', () => {
    const policy = compilePolicy({
      issuer_pattern: 'https://.*',
      subject: 'x',
      audience_pattern: '.*',
      permissions: { secrets: 'write' },
    })
    const found = lintTrustPolicy(policy).map(({ code, line, column }) => [line, column, code])
    assert.deepEqual(found, [
      [1, 1, 'issuer_past_host'],
      [2, 1, 'tenant_not_pinned'],
      [3, 1, 'any_audience'],
      [5, 3, 'sensitive_permission'],
    ])
  })

  it('names the findings that a strict server refuses', () => {
    assert.deepEqual([...STRICT_LINT_CODES].sort(), ['any_audience', 'issuer_past_host', 'tenant_not_pinned'])
  })

  it('takes any policy', () => {
    const pattern = fc.oneof(loosePattern, nestedPattern).filter((text) => compileExpression(text).ok)
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        const source: TrustPolicy = {
          issuer_pattern: a,
          subject_pattern: b,
          audience_pattern: c,
          claim_pattern: { email: a, repository: b, sub: c },
          permissions: { contents: 'write' },
        }
        assert.ok(lintTrustPolicy(compilePolicy(source)).length >= 1)
      }),
      { numRuns: 300 },
    )
  })
})
