import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  formatGitHubSubject,
  parseGitHubSubject,
  suggestSubjectLine,
} from '../../pkg/policy/github-subject.ts'
import type { Matcher } from '../../pkg/policy/trust-policy.ts'
import { compile } from './support/compiled-policy.ts'

const OLD = 'repo:acme/web:ref:refs/heads/main'
const IMMUTABLE = 'repo:acme@12/web@345:ref:refs/heads/main'

function exact(value: string): Matcher {
  return { kind: 'exact', value }
}

function pattern(text: string): Matcher {
  return { kind: 'pattern', expression: compile(text) }
}

describe('parseGitHubSubject', () => {
  it('reads the form with names', () => {
    assert.deepEqual(parseGitHubSubject(OLD), {
      owner: 'acme',
      repository: 'web',
      ids: undefined,
      context: 'ref:refs/heads/main',
    })
  })

  it('reads the immutable form', () => {
    assert.deepEqual(parseGitHubSubject(IMMUTABLE), {
      owner: 'acme',
      repository: 'web',
      ids: { owner: '12', repository: '345' },
      context: 'ref:refs/heads/main',
    })
  })

  const others = ['', 'repo:acme/web', 'repo:acme/web:', 'repo:acme:x', 'repo:a/b/c:x', 'repo:acme@12/web:x']
  for (const subject of [
    ...others,
    'repo:acme/web@1:x',
    'repo:acme@x/web@1:x',
    'project_path:acme/web:x',
    ` ${OLD}`,
  ]) {
    it(`does not know ${JSON.stringify(subject)}`, () => {
      assert.equal(parseGitHubSubject(subject), undefined)
    })
  }

  it('writes what it read', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._-]+$/)
    const id = fc.nat().map(String)
    const subject = fc.tuple(name, name, id, id, name).chain(([owner, repository, a, b, context]) => {
      return fc.constantFrom(
        `repo:${owner}/${repository}:${context}`,
        `repo:${owner}@${a}/${repository}@${b}:${context}`,
      )
    })
    fc.assert(
      fc.property(subject, (text) => {
        const parsed = parseGitHubSubject(text)
        assert.ok(parsed !== undefined)
        assert.equal(formatGitHubSubject(parsed), text)
      }),
    )
  })
})

describe('suggestSubjectLine', () => {
  const suggested: readonly (readonly [name: string, wanted: Matcher, actual: string])[] = [
    ['a policy of names for a token with ids', exact(OLD), IMMUTABLE],
    ['a policy of ids for a token with names', exact(IMMUTABLE), OLD],
    ['a pattern of names for a token with ids', pattern('repo:acme/[^:]+:ref:refs/heads/main'), IMMUTABLE],
  ]
  for (const [name, wanted, actual] of suggested) {
    it(`gives the line that would match: ${name}`, () => {
      assert.equal(suggestSubjectLine(wanted, actual), `subject: ${actual}`)
    })
  }

  const silent: readonly (readonly [name: string, wanted: Matcher, actual: string])[] = [
    ['the subject matches', exact(OLD), OLD],
    ['the pattern matches', pattern('repo:acme@12/.*'), IMMUTABLE],
    ['the owner differs', exact('repo:evil/web:ref:refs/heads/main'), IMMUTABLE],
    ['the case differs', exact('repo:Acme/web:ref:refs/heads/main'), IMMUTABLE],
    ['the branch differs', exact('repo:acme/web:ref:refs/heads/x'), IMMUTABLE],
    ['the ids differ', exact('repo:acme@1/web@2:ref:refs/heads/main'), IMMUTABLE],
    ['the pattern wants another repository', pattern('repo:acme/api:.*'), IMMUTABLE],
    ['the token is not of GitHub', exact(OLD), 'project_path:acme/web:x'],
  ]
  for (const [name, wanted, actual] of silent) {
    it(`says nothing when ${name}`, () => {
      assert.equal(suggestSubjectLine(wanted, actual), undefined)
    })
  }
})
