import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describePower, type TrustPolicy } from '#pkg/policy'
import { compilePolicy } from './support/compiled-policy.ts'
import { showText } from './support/power.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'
const PLACE = { owner: 'acme', repository: 'app' }
const READ = { contents: 'read' } as const

function describeSubject(fields: Partial<TrustPolicy>): string {
  const issuer = 'issuer_pattern' in fields ? {} : { issuer: GITHUB }
  const policy = compilePolicy({ ...issuer, permissions: READ, ...fields })
  return showText(describePower(policy, PLACE).subject)
}

describe('the subject in words', () => {
  const exact: readonly (readonly [subject: string, words: string])[] = [
    ['repo:acme/app:ref:refs/heads/main', 'the branch `main` of `acme/app`'],
    ['repo:acme@1/app@2:ref:refs/heads/a/b', 'the branch `a/b` of `acme@1/app@2`'],
    ['repo:acme/app:ref:refs/tags/v1', 'the tag `v1` of `acme/app`'],
    ['repo:acme/app:pull_request', 'pull requests of `acme/app`'],
    ['repo:acme/app:environment:production', 'the environment `production` of `acme/app`'],
  ]
  for (const [subject, words] of exact) {
    it(`is that of GitHub Actions: ${subject}`, () => {
      assert.equal(describeSubject({ subject }), words)
      const escaped = `https://token\\.actions\\.githubusercontent\\.com`
      assert.equal(describeSubject({ subject, issuer_pattern: escaped }), words)
      assert.equal(describeSubject({ subject_pattern: `^${subject}$` }), words)
    })
  }

  const patterns: readonly (readonly [pattern: string, words: string])[] = [
    ['repo:acme/app:.*', 'any workflow run of `acme/app`'],
    ['repo:acme/app:.+', 'any workflow run of `acme/app`'],
    ['repo:acme/app:ref:.*', 'any branch or tag of `acme/app`'],
    ['repo:acme/app:ref:refs/.*', 'any branch or tag of `acme/app`'],
    ['repo:acme/app:ref:refs/heads/.*', 'any branch of `acme/app`'],
    ['repo:acme/app:ref:refs/heads/[^/]+', 'any branch of `acme/app`'],
    ['repo:acme/app:ref:refs/heads/release/[0-9.]+', 'branches of `acme/app` that begin with `release/`'],
    ['repo:acme/app:ref:refs/tags/v\\d+(-rc)?', 'tags of `acme/app` that begin with `v`'],
    ['repo:acme/app:environment:.*', 'any environment of `acme/app`'],
    ['repo:acme/.*', 'any repository of `acme`'],
    ['repo:acme/.*:ref:refs/heads/main', 'any repository of `acme`'],
    ['repo:acme/[^/:]+:ref:refs/heads/main', 'the branch `main` of any repository of `acme`'],
    ['repo:acme@1/[^/:@]+@[0-9]+:pull_request', 'pull requests of any repository of `acme@1`'],
    ['repo:acme@[0-9]+/app@[0-9]+:pull_request', 'pull requests of `acme/app`'],
    ['repo:acme(@1)?/app(@2)?:ref:refs/heads/main', 'the branch `main` of `acme/app`'],
    [
      'repo:acme/app:ref:refs/heads/(a@1/b|a/b)',
      'the branch `a@1/b` of `acme/app` or the branch `a/b` of `acme/app`',
    ],
    ['repo:acme(?:@[0-9]+)?/app(?:@[0-9]+)?:.*', 'any workflow run of `acme/app`'],
    [
      'repo:acme/(app|web):ref:refs/heads/(main|dev)',
      'the branch `main` of `acme/app`, the branch `dev` of `acme/app`, the branch `main` of `acme/web` or the branch `dev` of `acme/web`',
    ],
  ]
  for (const [pattern, words] of patterns) {
    it(`is never of fewer than the pattern lets in: ${pattern}`, () => {
      assert.equal(describeSubject({ subject_pattern: pattern }), words)
    })
  }

  const unread: readonly string[] = [
    '.*',
    'repo:.*',
    'repo:acme.*',
    'repo:acme[^/]*/app:.*',
    'repo:acme/app.*',
    'repo:acme/app-.*:ref:refs/heads/main',
    'repo:[a-z]+/app:.*',
    '(?i)repo:acme/app:.*',
    'repo:acme/app:ref:refs/heads/main:workflow:.*',
    'repo:acme/app:(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q)',
    'repo:acme/app:environment:(a|b|c|d|e)',
    'repo:acme/app:ref:refs/heads/a{2}',
    'repo:acme/app:\\bref:refs/heads/x',
    'repo:acme/\ue000',
    `${'(?:'.repeat(500)}repo:acme/app:.*${')'.repeat(500)}`,
  ]
  for (const pattern of unread) {
    it(`is the pattern itself where its form is not known: ${pattern.slice(0, 60)}`, () => {
      assert.equal(describeSubject({ subject_pattern: pattern }), `subjects that match \`${pattern}\``)
    })
  }

  for (const subject of ['x', 'repo:acme/app:ref:refs/heads/', 'repo:acme/app:other', 'repo:acme/\ue000']) {
    it(`is the subject itself where its form is not known: ${subject}`, () => {
      assert.equal(describeSubject({ subject }), `the subject \`${subject}\``)
    })
  }

  it('is as written where the tokens may be of others than GitHub Actions', () => {
    const subject = 'repo:acme/app:pull_request'
    for (const issuer of [{ issuer: 'https://issuer.example' }, { issuer_pattern: `${GITHUB}.*` }]) {
      assert.equal(describeSubject({ ...issuer, subject }), `the subject \`${subject}\``)
    }
  })
})

describe('the issuer in words', () => {
  const cases: readonly (readonly [fields: Partial<TrustPolicy>, words: string])[] = [
    [{ issuer: GITHUB }, 'GitHub Actions'],
    [{ issuer_pattern: GITHUB.replaceAll('.', '\\.') }, 'GitHub Actions'],
    [{ issuer: `${GITHUB}/acme` }, 'GitHub Actions of the enterprise `acme`'],
    [{ issuer: `${GITHUB}/` }, `\`${GITHUB}/\``],
    [{ issuer: `${GITHUB}/acme/x` }, `\`${GITHUB}/acme/x\``],
    [{ issuer: `${GITHUB}.evil.example` }, `\`${GITHUB}.evil.example\``],
    [{ issuer: 'https://gitlab.com' }, 'GitLab.com'],
    [{ issuer: 'https://accounts.google.com' }, 'Google'],
    [{ issuer: 'https://oidc.circleci.com/org/x' }, '`https://oidc.circleci.com/org/x`'],
    [{ issuer_pattern: GITHUB }, `issuers that match \`${GITHUB}\``],
    [{ issuer_pattern: `(?i)${GITHUB.replaceAll('.', '\\.')}` }, undefined],
  ].map(([fields, words]) => {
    const { issuer_pattern: pattern } = fields as Partial<TrustPolicy>
    return [fields, words ?? `issuers that match \`${pattern ?? ''}\``] as [Partial<TrustPolicy>, string]
  })
  for (const [fields, words] of cases) {
    it(`is ${words}`, () => {
      const policy = compilePolicy({ ...fields, subject: 'x', permissions: READ })
      assert.equal(showText(describePower(policy, PLACE).issuer), words)
    })
  }
})

describe('what a policy asks for besides, and grants', () => {
  const policy = compilePolicy(
    {
      issuer: GITHUB,
      subject: 'x',
      audience_pattern: 'a|b',
      claim_pattern: { ref: 'main' },
      forbidden_claim_pattern: { actor: 'bot' },
      max_token_lifetime: 600,
      origin: 'acme/.github',
      permissions: { contents: 'read', members: 'read' },
      repositories: ['app', 'web', 'docs', 'site'],
    },
    'organization',
  )

  it('is all in words', () => {
    const power = describePower(policy, { owner: 'acme', repository: '.github' })
    assert.deepEqual(power.conditions.map(showText), [
      'the audience is one that matches `a|b`',
      'the claim `ref` matches `main`',
      'the claim `actor` does not match `bot`',
      'the token lives for 600 seconds at most',
      'the policy sits in `acme/.github`',
    ])
    assert.deepEqual(power.permissions.map(showText), ['`contents: read`', '`members: read`'])
    assert.equal(showText(power.repositories), '`acme/app`, `acme/web`, `acme/docs` and `acme/site`')
  })

  it('has no conditions where it names none', () => {
    const plain = compilePolicy({ issuer: GITHUB, subject: 'x', permissions: READ })
    assert.deepEqual(describePower(plain, PLACE).conditions, [])
    const exact = compilePolicy({ issuer: GITHUB, subject: 'x', audience: 'a', permissions: READ })
    assert.deepEqual(describePower(exact, PLACE).conditions.map(showText), ['the audience is `a`'])
  })

  it('reaches the repository of the policy, those it lists, or all', () => {
    const own = compilePolicy({ issuer: GITHUB, subject: 'x', permissions: READ })
    const all = compilePolicy({ issuer: GITHUB, subject: 'x', permissions: READ }, 'organization')
    assert.equal(showText(describePower(own, PLACE).repositories), '`acme/app`')
    assert.equal(showText(describePower(own, undefined).repositories), 'this repository')
    assert.equal(showText(describePower(all, PLACE).repositories), 'all repositories of the installation')
    assert.equal(showText(describePower(policy, undefined).repositories), '`app`, `web`, `docs` and `site`')
  })
})
