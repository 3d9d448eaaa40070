import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { comparePower, type PolicyLevel, type PowerDifference, type TrustPolicy } from '#pkg/policy'
import { compilePolicy } from './support/compiled-policy.ts'
import { readValid } from './support/documents.ts'
import { showChanges } from './support/power.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'
const PLACE = { owner: 'acme', repository: 'app' }
const MAIN = 'repo:acme/app:ref:refs/heads/main'
const BASE: TrustPolicy = { issuer: GITHUB, subject: MAIN, permissions: { contents: 'read' } }

/** The base without its subject or issuer where `fields` have a pattern for it. */
function policy(fields: Partial<TrustPolicy>): TrustPolicy {
  const { issuer, subject, ...rest } = BASE
  return {
    ...rest,
    ...('issuer_pattern' in fields ? {} : { issuer: issuer ?? '' }),
    ...('subject_pattern' in fields ? {} : { subject: subject ?? '' }),
    ...fields,
  }
}

function compare(
  before: Partial<TrustPolicy>,
  after: Partial<TrustPolicy>,
  level: PolicyLevel = 'repository',
): PowerDifference {
  return comparePower(compilePolicy(policy(before), level), compilePolicy(policy(after), level), PLACE)
}

type Case = readonly [
  behaviour: string,
  before: Partial<TrustPolicy>,
  after: Partial<TrustPolicy>,
  power: PowerDifference['power'],
  changes: readonly string[],
  level?: PolicyLevel,
]

function check(cases: readonly Case[]): void {
  for (const [behaviour, before, after, power, changes, level] of cases) {
    it(behaviour, () => {
      const difference = compare(before, after, level)
      assert.deepEqual(showChanges(difference), changes)
      assert.equal(difference.power, power)
    })
  }
}

describe('a change of who is let in', () => {
  check([
    [
      'is more where a branch becomes any',
      {},
      { subject_pattern: 'repo:acme/app:ref:refs/heads/.*' },
      'more',
      ['gain subject: lets in more: any branch of `acme/app` instead of the branch `main` of `acme/app`'],
    ],
    [
      'tells of pull requests that are let in',
      { subject_pattern: 'repo:acme/app:ref:.*' },
      { subject_pattern: 'repo:acme/app:.*' },
      'more',
      [
        'gain subject: lets in more: any workflow run of `acme/app` instead of any branch or tag of `acme/app`',
        'gain subject: lets in pull requests',
      ],
    ],
    [
      'tells of pull requests that are let in no more',
      { subject_pattern: 'repo:acme/app:.*' },
      {},
      'less',
      [
        'loss subject: lets in less: the branch `main` of `acme/app` instead of any workflow run of `acme/app`',
        'loss subject: lets nobody in from pull requests any more',
      ],
    ],
    [
      'may be more for another subject',
      {},
      { subject: 'repo:acme/web:ref:refs/heads/main' },
      'may_be_more',
      ['change subject: lets in the branch `main` of `acme/web` instead of the branch `main` of `acme/app`'],
    ],
    [
      'shows the subjects where they have the same words',
      { subject_pattern: 'repo:acme/app:ref:refs/heads/[^/]+' },
      { subject_pattern: 'repo:acme/app:ref:refs/heads/.+' },
      'more',
      [
        'gain subject: lets in more: subjects that match `repo:acme/app:ref:refs/heads/.+` instead of subjects that match `repo:acme/app:ref:refs/heads/[^/]+`',
      ],
    ],
    [
      'is none where the pattern takes the same',
      { subject_pattern: 'repo:acme/(app|web):.*' },
      { subject_pattern: '^repo:acme/(?:web|app):.*$' },
      'same',
      [],
    ],
    [
      'may be more where another pattern may let in others',
      { subject_pattern: 'a.*' },
      { subject_pattern: '.*b' },
      'may_be_more',
      [
        'change subject: lets in subjects that match `.*b` instead of subjects that match `a.*`, which may let in others',
      ],
    ],
    [
      'is told for the issuer',
      {},
      { issuer: 'https://gitlab.com' },
      'may_be_more',
      ['change issuer: trusts GitLab.com instead of GitHub Actions'],
    ],
    [
      'is more for an issuer pattern around the issuer',
      {},
      { issuer_pattern: `${GITHUB}(/.*)?` },
      'more',
      [`gain issuer: trusts more issuers: issuers that match \`${GITHUB}(/.*)?\` instead of GitHub Actions`],
    ],
    [
      'is told for the audience',
      { audience: 'a' },
      { audience_pattern: 'a|b' },
      'more',
      ['gain audience: takes tokens for more audiences: audiences that match `a|b` instead of `a`'],
    ],
    [
      'may be more where the audience is no longer that of the service, or is again',
      {},
      { audience: 'a' },
      'may_be_more',
      ['change audience: takes tokens for `a` instead of the domain of the service'],
    ],
    [
      'may be more where the audience is that of the service again',
      { audience: 'a' },
      {},
      'may_be_more',
      ['change audience: takes tokens for the domain of the service instead of `a`'],
    ],
  ])
})

describe('a change of further conditions', () => {
  check([
    [
      'is more without a claim',
      { claim_pattern: { repository_id: '1' } },
      {},
      'more',
      ['gain claim_pattern.repository_id: no longer requires the claim `repository_id`'],
    ],
    [
      'is less with one, also one called __proto__',
      {},
      { claim_pattern: JSON.parse('{"__proto__": "x"}') as Record<string, string> },
      'less',
      ['loss claim_pattern.__proto__: requires that the claim `__proto__` matches `x` in addition'],
    ],
    [
      'is told with its consequence for another pattern',
      { claim_pattern: { a: 'x', b: 'x', c: 'x.*', d: 'x|y' } },
      { claim_pattern: { a: 'x.', b: 'x.*', c: 'x', d: '[xy]' } },
      'more',
      [
        'gain claim_pattern.b: requires that the claim `b` matches `x.*` instead of `x`, which lets in more',
        'change claim_pattern.a: requires that the claim `a` matches `x.` instead of `x`, which may let in others',
        'loss claim_pattern.c: requires that the claim `c` matches `x` instead of `x.*`, which lets in fewer',
      ],
    ],
    [
      'regards line feeds in claims, and that a subject has none',
      { claim_pattern: { ref: 'x.*', sub: 'x.*' } },
      { claim_pattern: { ref: 'x[^/]*', sub: 'x[^/]*' } },
      'may_be_more',
      [
        'change claim_pattern.ref: requires that the claim `ref` matches `x[^/]*` instead of `x.*`, which may let in others',
        'loss claim_pattern.sub: requires that the claim `sub` matches `x[^/]*` instead of `x.*`, which lets in fewer',
      ],
    ],
    [
      'is the other way round for forbidden claims',
      { forbidden_claim_pattern: { a: 'x.*', b: 'x', c: 'x', d: 'x|y' } },
      { forbidden_claim_pattern: { a: 'x', b: 'x.*', d: '[xy]', e: 'x' } },
      'more',
      [
        'gain forbidden_claim_pattern.a: refuses tokens whose claim `a` matches `x` instead of `x.*`, which lets in more',
        'gain forbidden_claim_pattern.c: no longer refuses any token for its claim `c`',
        'loss forbidden_claim_pattern.b: refuses tokens whose claim `b` matches `x.*` instead of `x`, which lets in fewer',
        'loss forbidden_claim_pattern.e: refuses tokens whose claim `e` matches `x` in addition',
      ],
    ],
    [
      'is more without a lifetime',
      { max_token_lifetime: 600 },
      {},
      'more',
      ['gain max_token_lifetime: no longer limits the age of tokens'],
    ],
    [
      'is more with a longer lifetime',
      { max_token_lifetime: 600 },
      { max_token_lifetime: 601 },
      'more',
      ['gain max_token_lifetime: takes tokens that live for 601 seconds at most, where it was 600'],
    ],
    [
      'is less with a lifetime',
      {},
      { max_token_lifetime: 600 },
      'less',
      ['loss max_token_lifetime: takes only tokens that live for 600 seconds at most'],
    ],
    [
      'is less with a shorter lifetime',
      { max_token_lifetime: 600 },
      { max_token_lifetime: 60 },
      'less',
      ['loss max_token_lifetime: takes tokens that live for 60 seconds at most, where it was 600'],
    ],
    [
      'is more without an origin',
      { origin: 'acme/app' },
      {},
      'more',
      ['gain origin: works anywhere, where it worked in `acme/app` alone'],
    ],
    [
      'is less with an origin',
      {},
      { origin: 'acme/app' },
      'less',
      ['loss origin: works in `acme/app` alone'],
    ],
    ['is none for an origin in another case', { origin: 'acme/app' }, { origin: 'ACME/App' }, 'same', []],
    [
      'is more where the origin becomes this repository',
      { origin: 'acme/web' },
      { origin: 'acme/App' },
      'more',
      ['gain origin: works in `acme/App` alone, where it was `acme/web`'],
    ],
    [
      'may be more for another origin',
      { origin: 'acme/web' },
      { origin: 'acme/docs' },
      'may_be_more',
      ['change origin: works in `acme/docs` alone, where it was `acme/web`'],
    ],
  ])
})

describe('a change of what is granted', () => {
  check([
    [
      'is more for another permission, with where and for whom',
      {},
      { permissions: { contents: 'read', issues: 'write', members: 'read' } },
      'more',
      [
        'gain permissions.issues: adds `issues: write` on `acme/app` for the branch `main` of `acme/app`',
        'gain permissions.members: adds `members: read` on the organization for the branch `main` of `acme/app`',
      ],
    ],
    [
      'is more for a higher level and less for a lower one',
      { permissions: { contents: 'read', issues: 'write', repository_projects: 'admin' } },
      { permissions: { contents: 'write', issues: 'read', repository_projects: 'write' } },
      'more',
      [
        'gain permissions.contents: raises `contents` from read to write',
        'loss permissions.issues: lowers `issues` from write to read',
        'loss permissions.repository_projects: lowers `repository_projects` from admin to write',
      ],
    ],
    [
      'is less without a permission',
      { permissions: { contents: 'read', issues: 'read' } },
      {},
      'less',
      ['loss permissions.issues: no longer grants `issues: read`'],
    ],
    [
      'is more for further repositories and less without some, in any case',
      { repositories: ['app', 'web'] },
      { repositories: ['APP', 'docs'] },
      'more',
      ['gain repositories: reaches `acme/docs` too', 'loss repositories: no longer reaches `acme/web`'],
      'organization',
    ],
    [
      'counts many repositories',
      { repositories: ['app'] },
      { permissions: { contents: 'read', issues: 'read' }, repositories: ['app', 'a', 'b', 'c', 'd'] },
      'more',
      [
        'gain permissions.issues: adds `issues: read` on 5 repositories for the branch `main` of `acme/app`',
        'gain repositories: reaches 4 repositories too',
      ],
      'organization',
    ],
    [
      'is more for all repositories',
      { repositories: ['a', 'b', 'c', 'd'] },
      {},
      'more',
      ['gain repositories: reaches all repositories of the installation instead of 4 repositories'],
      'organization',
    ],
    [
      'is less for a list instead of all',
      {},
      { repositories: ['a', 'b'] },
      'less',
      [
        'loss repositories: reaches only `acme/a` and `acme/b` instead of all repositories of the installation',
      ],
      'organization',
    ],
  ])

  it('may be more where the level changes and the place is not known', () => {
    const before = compilePolicy(BASE)
    const after = compilePolicy({ ...BASE, repositories: ['app'] }, 'organization')
    assert.deepEqual(showChanges(comparePower(before, after, undefined)), [
      'change repositories: reaches `app` instead of this repository',
    ])
    assert.equal(comparePower(before, after, PLACE).power, 'same')
  })
})

describe('a policy that comes or goes', () => {
  const compiled = compilePolicy(BASE)

  it('is all gain when new', () => {
    const difference = comparePower(undefined, compiled, PLACE)
    assert.equal(difference.power, 'more')
    assert.deepEqual(showChanges(difference), [
      'gain policy: is new, and lets in the branch `main` of `acme/app` with tokens of GitHub Actions',
      'gain permissions.contents: grants `contents: read` on `acme/app`',
    ])
  })

  it('is all loss when deleted', () => {
    const difference = comparePower(compiled, undefined, undefined)
    assert.equal(difference.power, 'less')
    assert.deepEqual(showChanges(difference), [
      'loss policy: is gone, and no longer lets in the branch `main` of `acme/app` with tokens of GitHub Actions',
      'loss permissions.contents: no longer grants `contents: read` on this repository',
    ])
  })

  it('is no change where there was none and is none', () => {
    assert.deepEqual(comparePower(undefined, undefined, PLACE), { power: 'same', changes: [] })
  })
})

describe('a change of form alone', () => {
  it('has no power', () => {
    const before = readValid(
      'issuer: https://i.example\nsubject_pattern: "a.*"\nclaim_pattern: {v: "1", w: "2"}\npermissions: {contents: read, issues: read}\n',
    )
    const after = readValid(
      '# more words\ndescription: for people\npermissions:\n  issues: read\n  contents: read\nclaim_pattern:\n  w: "2"\n  v: "1"\nsubject_pattern: a.*\nissuer_pattern: https://i\\.example\n',
    )
    assert.deepEqual(comparePower(before, after, PLACE), { power: 'same', changes: [] })
  })
})
