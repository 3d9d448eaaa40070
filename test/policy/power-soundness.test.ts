import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  comparePower,
  matchToken,
  type Claims,
  type CompiledTrustPolicy,
  type TrustPolicy,
} from '#pkg/policy'
import { compilePolicy } from './support/compiled-policy.ts'

const VALUES = ['a', 'b', 'ab', 'b/a', 'aaa']
const PATTERNS = ['a', 'b', '[ab]', 'a*', '.*', 'a.*', '[^/]+', 'a|b', 'ab?', '(?i)A', '\\ba']
const ORIGINS = ['acme/app', 'acme/web']
/** One bit for each field that is taken from another policy. */
const CHOICES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 9, 80, 384]
const LEVELS = ['read', 'write', 'admin'] as const
const DOMAIN = 'b'

const value = fc.constantFrom(...VALUES)
const pattern = fc.constantFrom(...PATTERNS)
const claims = fc.dictionary(fc.constantFrom('x', 'y', 'sub'), pattern, { maxKeys: 2, noNullPrototype: true })
const either = (name: 'issuer' | 'subject' | 'audience') =>
  fc.oneof(
    value.map((text) => ({ [name]: text })),
    pattern.map((text) => ({ [`${name}_pattern`]: text })),
  )

const policies: fc.Arbitrary<CompiledTrustPolicy> = fc
  .tuple(
    either('issuer'),
    either('subject'),
    fc.oneof(fc.constant({}), either('audience')),
    fc.record(
      {
        claim_pattern: claims,
        forbidden_claim_pattern: claims,
        max_token_lifetime: fc.constantFrom(60, 600),
        origin: fc.constantFrom(...ORIGINS),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    fc.dictionary(fc.constantFrom('contents', 'issues'), fc.constantFrom(...LEVELS), {
      minKeys: 1,
      noNullPrototype: true,
    }),
    fc.oneof(
      fc.constant({}),
      fc.subarray(['app', 'Web', 'docs'], { minLength: 1 }).map((repositories) => ({ repositories })),
    ),
  )
  .map(([issuer, subject, audience, rest, permissions, reach]) => {
    const source = { ...issuer, ...subject, ...audience, ...rest, permissions, ...reach } as TrustPolicy
    return compilePolicy(source, 'organization')
  })

/** A policy, and the same with one or two fields of another. */
const pairs = fc.tuple(policies, policies, fc.constantFrom(...CHOICES)).map(([before, other, choice]) => {
  const fields = ['issuer', 'subject', 'audience', 'claim_pattern', 'forbidden_claim_pattern'] as const
  const more = ['max_token_lifetime', 'origin', 'permissions', 'repositories'] as const
  const taken = new Set<string>([...fields, ...more].filter((_, at) => (choice >> at) % 2 === 1))
  const pick = (source: TrustPolicy, isOther: boolean): [string, unknown][] =>
    Object.entries(source).filter(
      ([name]) => taken.has(name.replace(/^(issuer|subject|audience)_pattern$/, '$1')) === isOther,
    )
  const source = Object.fromEntries([...pick(before.source, false), ...pick(other.source, true)])
  return [before, compilePolicy(source as unknown as TrustPolicy, 'organization')] as const
})

const TOKENS: readonly Claims[] = VALUES.flatMap((iss) =>
  ['a', 'b/a'].flatMap((sub) =>
    [['a'], ['b', 'ab']].flatMap((aud) =>
      [{}, { x: 'a' }, { x: ['b', 'aaa'], y: 'b' }, { x: 'a\n' }].flatMap((more) =>
        [30, 500, 5_000].map((exp) => ({ iss, sub, aud, iat: 0, exp, ...more })),
      ),
    ),
  ),
)

function allows(policy: CompiledTrustPolicy, claims: Claims, repository: string): boolean {
  return matchToken(policy, claims, { domain: DOMAIN, repository }).ok
}

function grantsNoMore(before: TrustPolicy, after: TrustPolicy): boolean {
  const isWithin = Object.entries(after.permissions).every(([name, level]) => {
    const had = before.permissions[name]
    return had !== undefined && LEVELS.indexOf(level) <= LEVELS.indexOf(had)
  })
  if (before.repositories === undefined) return isWithin
  const reached = before.repositories
  return isWithin && after.repositories?.every((name) => reached.includes(name)) === true
}

describe('a difference in power', () => {
  for (const repository of ORIGINS) {
    it(`is never called less or same where a token is let in or given more, in ${repository}`, () => {
      let proven = 0
      const [owner = '', name = ''] = repository.split('/')
      fc.assert(
        fc.property(fc.oneof(pairs, fc.tuple(policies, policies)), ([before, after]) => {
          const { power, changes } = comparePower(before, after, { owner, repository: name })
          assert.equal(power === 'same', changes.length === 0)
          if (power !== 'less' && power !== 'same') return
          proven += 1
          assert.ok(grantsNoMore(before.source, after.source))
          for (const token of TOKENS) {
            if (allows(after, token, repository))
              assert.ok(allows(before, token, repository), JSON.stringify(token))
          }
        }),
        { numRuns: 500 },
      )
      assert.ok(proven > 0)
    })
  }
})
