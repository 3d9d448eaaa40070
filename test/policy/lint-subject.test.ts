import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lintTrustPolicy, type TrustPolicy } from '#pkg/policy'
import { compilePolicy } from './support/compiled-policy.ts'

const GITHUB = 'https://token.actions.githubusercontent.com'
const GITLAB = 'https://gitlab.com'
const GOOGLE = 'https://accounts.google.com'
const BUILDKITE = 'https://agent.buildkite.com'
const CIRCLECI = 'https://oidc.circleci.com/org/11111111-2222-3333-4444-555555555555'

type Fields = Partial<TrustPolicy>
type Case = readonly [name: string, policy: Fields]

function finds(code: string, fields: Fields): boolean {
  const policy = compilePolicy({ permissions: { contents: 'read' }, ...fields })
  return lintTrustPolicy(policy).some((finding) => finding.code === code)
}

function check(code: string, found: readonly Case[], notFound: readonly Case[]): void {
  describe(code, () => {
    for (const [name, fields] of found) {
      it(`is found: ${name}`, () => {
        assert.ok(finds(code, fields))
      })
    }
    for (const [name, fields] of notFound) {
      it(`is not found: ${name}`, () => {
        assert.ok(!finds(code, fields))
      })
    }
  })
}

const github = (subject_pattern: string, claims?: Readonly<Record<string, string>>): Fields => ({
  issuer: GITHUB,
  subject_pattern,
  ...(claims === undefined ? {} : { claim_pattern: claims }),
})

check(
  'tenant_not_pinned',
  [
    ['any subject of GitHub', github('.*')],
    ['any owner', github('repo:[^/]+/web:.*')],
    ['an owner whose name goes on', github('repo:acme.*')],
    ['an owner whose name goes on in a class', github('repo:acme[^/]*/web:.*')],
    ['one branch of two', github('repo:acme/.*|repo:[a-z]+/web:.*')],
    ['an optional prefix', github('(?:repo:acme/)?.*')],
    ['a subject of GitHub without an owner', { issuer: GITHUB, subject: 'ref:refs/heads/main' }],
    ['a claim that anybody satisfies', github('.*', { repository_owner: '[a-z]+' })],
    ['a claim whose value goes on', github('.*', { repository_owner: 'acme.*' })],
    ['a claim whose value is repeated', github('.*', { repository_owner: 'a+' })],
    ['a claim that is no tenant', github('.*', { ref: 'refs/heads/main', job_workflow_ref: 'acme/x/y@z' })],
    ['an issuer pattern', { issuer_pattern: `${GITHUB.replaceAll('.', '\\.')}(/[a-z-]+)?`, subject: 'x' }],
    [
      'an enterprise of any name',
      { issuer_pattern: `${GITHUB.replaceAll('.', '\\.')}/[a-z-]+`, subject: 'x' },
    ],
    ['every issuer', { issuer_pattern: '.*', subject: 'repo:acme/web:pull_request' }],
    ['any project of GitLab', { issuer: GITLAB, subject_pattern: 'project_path:.*:ref:main' }],
    ['any account of Google', { issuer: GOOGLE, subject_pattern: '[0-9]+' }],
    ['any address at Google', { issuer: GOOGLE, subject_pattern: '[0-9]+', claim_pattern: { email: '.*' } }],
    [
      'any organization of Buildkite',
      { issuer: BUILDKITE, subject_pattern: 'organization:.*:pipeline:web:.*' },
    ],
    [
      'any organization of CircleCI',
      { issuer_pattern: 'https://oidc\\.circleci\\.com/org/[0-9a-f-]+', subject: 'x' },
    ],
  ],
  [
    ['an exact subject', { issuer: GITHUB, subject: 'repo:acme/web:ref:refs/heads/main' }],
    ['an owner with its slash', github('repo:acme/.*')],
    ['an owner in any case', github('(?i)REPO:ACME/.*')],
    ['an owner with its id', github('^repo:acme@12/[^:]+:.*$')],
    ['an owner with any id', github('repo:acme(?:@\\d+)?/web(?:@\\d+)?:.*')],
    ['several owners', github('repo:(?:acme|umbrella)/.*')],
    ['branches with an owner each', github('repo:acme/web:.*|(repo:umbrella/.*)')],
    ['a claim', github('.*', { repository_owner: 'acme' })],
    ['a claim with alternatives', github('.*', { repository_owner_id: '1|2' })],
    ['a repository claim', github('.*', { repository: 'acme/.*' })],
    ['sub as a claim', github('.*', { sub: 'repo:acme/.*' })],
    ['a custom subject', { issuer: GITHUB, subject: 'repository_owner_id:12:environment:x' }],
    ['the issuer of an enterprise', { issuer: `${GITHUB}/acme`, subject_pattern: '.*' }],
    ['a group of GitLab', { issuer: GITLAB, subject_pattern: 'project_path:acme/.*' }],
    ['an account of Google', { issuer: GOOGLE, subject: '1234567890' }],
    [
      'a domain at Google',
      { issuer: GOOGLE, subject_pattern: '.*', claim_pattern: { email: '.*@acme\\.test' } },
    ],
    ['an organization of Buildkite', { issuer: BUILDKITE, subject_pattern: 'organization:acme:.*' }],
    ['an organization of CircleCI', { issuer: CIRCLECI, subject_pattern: '.*' }],
    ['an issuer of one tenant', { issuer: 'https://oidc.acme.test', subject_pattern: '.*' }],
  ],
)

check(
  'subject_leaves_owner',
  [
    ['.* behind an owner', github('repo:acme.*')],
    ['a class behind an owner', github('repo:acme[^:]*:ref:refs/heads/main')],
    ['in one of two branches', github('repo:acme/.*|repo:acme-.*')],
    ['an owner of Buildkite', { issuer: BUILDKITE, subject_pattern: 'organization:acme.*' }],
  ],
  [
    ['an owner with its slash', github('repo:acme/.*')],
    ['a claim that keeps it in', github('repo:acme.*', { repository_owner: 'acme' })],
    ['a subject that names no owner', github('repo:.*')],
    ['another issuer', { issuer: 'https://oidc.acme.test', subject_pattern: 'repo:acme.*' }],
  ],
)

const writing = (subject_pattern: string, more: Fields = {}): Fields => ({
  ...github(subject_pattern),
  permissions: { contents: 'write' },
  ...more,
})

check(
  'pull_request_can_write',
  [
    ['an open context', writing('repo:acme/web:.*')],
    ['an open repository', writing('repo:acme/[^:]+:pull_request')],
    ['one of several contexts', writing('repo:acme/(web|api):(ref:refs/heads/main|pull_request)')],
    ['ids', writing('repo:acme@\\d+/web@\\d+:.*')],
    ['anything', writing('.*')],
    [
      'an exact subject',
      { issuer: GITHUB, subject: 'repo:acme/web:pull_request', permissions: { issues: 'write' } },
    ],
  ],
  [
    ['a branch', writing('repo:acme/[^:]+:ref:refs/heads/main')],
    ['reading', writing('repo:acme/web:.*', { permissions: { contents: 'read' } })],
    [
      'a claim about the event',
      writing('repo:acme/web:.*', { claim_pattern: { event_name: 'push|release' } }),
    ],
    ['a claim about the ref', writing('repo:acme/web:.*', { claim_pattern: { ref: 'refs/heads/main' } })],
    [
      'a forbidden event',
      writing('repo:acme/web:.*', { forbidden_claim_pattern: { event_name: 'pull_request.*' } }),
    ],
    ['another issuer', writing('repo:acme/web:.*', { issuer: 'https://oidc.acme.test' })],
  ],
)

check(
  'any_ref_can_write',
  [
    ['an open context', writing('repo:acme/web:.*')],
    ['any branch', writing('repo:acme/web:ref:refs/heads/[^/]+')],
    ['any branch of letters', writing('repo:acme/web:ref:refs/heads/[a-z]+')],
    ['ids', writing('repo:acme@12/web@[0-9]+:ref:refs/.*')],
  ],
  [
    ['a branch', writing('repo:acme/web:ref:refs/heads/(main|release-[0-9]+)')],
    ['tags', writing('repo:acme/web:ref:refs/tags/.*')],
    ['a protected ref', writing('repo:acme/web:.*', { claim_pattern: { ref_protected: 'true' } })],
    ['an environment', writing('repo:acme/web:.*', { claim_pattern: { environment: 'production' } })],
    [
      'an exact subject',
      { issuer: GITHUB, subject: 'repo:acme/web:pull_request', permissions: { issues: 'write' } },
    ],
  ],
)

check(
  'subject_without_ids',
  [
    ['an exact subject', { issuer: GITHUB, subject: 'repo:acme/web:ref:refs/heads/main' }],
    ['a pattern', github('repo:acme/.*:pull_request')],
  ],
  [
    ['an exact subject with ids', { issuer: GITHUB, subject: 'repo:acme@1/web@2:ref:refs/heads/main' }],
    ['a pattern of both forms', github('repo:acme(@\\d+)?/web(@\\d+)?:pull_request')],
    ['two branches', github('repo:acme@1/web@1:pull_request|repo:acme@1/web@2:pull_request')],
    ['any subject', github('.*')],
    ['a custom subject', { issuer: GITHUB, subject: 'repository_owner_id:12:environment:x' }],
    ['another issuer', { issuer: GITLAB, subject: 'repo:acme/web:x' }],
  ],
)

check(
  'subject_form_invalid',
  [
    ['one id of two', { issuer: GITHUB, subject: 'repo:acme@1/web:ref:refs/heads/main' }],
    ['the other id', { issuer: GITHUB, subject: 'repo:acme/web@2:ref:refs/heads/main' }],
    ['an id that is no number', { issuer: GITHUB, subject: 'repo:acme@x/web@2:ref:refs/heads/main' }],
    ['a pattern', github('repo:acme@12/web:.*')],
  ],
  [
    ['both ids', { issuer: GITHUB, subject: 'repo:acme@1/web@2:ref:refs/heads/main' }],
    ['an @ in a branch', { issuer: GITHUB, subject: 'repo:acme/web:ref:refs/heads/a@b:c' }],
    ['another issuer', { issuer: GITLAB, subject: 'repo:acme@1/web:x' }],
  ],
)
