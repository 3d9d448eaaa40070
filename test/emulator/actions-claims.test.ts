import assert from 'node:assert/strict'
import test from 'node:test'
import { actionsClaims } from '../../emulator/index.ts'
import type { ActionsJob } from '../../emulator/index.ts'

const JOB = { owner: 'acme', repo: 'app', ownerId: 7, repositoryId: 8 }

const SUBJECTS: readonly { readonly job: Partial<ActionsJob>; readonly subject: string }[] = [
  { job: {}, subject: 'repo:acme@7/app@8:ref:refs/heads/main' },
  { job: { immutable: false }, subject: 'repo:acme/app:ref:refs/heads/main' },
  { job: { ref: 'refs/tags/v1' }, subject: 'repo:acme@7/app@8:ref:refs/tags/v1' },
  { job: { environment: 'production' }, subject: 'repo:acme@7/app@8:environment:production' },
  { job: { environment: 'eu:west' }, subject: 'repo:acme@7/app@8:environment:eu%3Awest' },
  { job: { event: 'pull_request' }, subject: 'repo:acme@7/app@8:pull_request' },
  {
    job: { event: 'pull_request', environment: 'preview' },
    subject: 'repo:acme@7/app@8:environment:preview',
  },
]

for (const { job, subject } of SUBJECTS) {
  test(`gives ${JSON.stringify(job)} the subject ${subject}`, () => {
    assert.equal(actionsClaims({ ...JOB, ...job })['sub'], subject)
  })
}

test('has text in every claim, and consistent ones', () => {
  const tag = actionsClaims({ ...JOB, ref: 'refs/tags/v1', audience: 'sts' })
  assert.ok(Object.values(tag).every((claim) => typeof claim === 'string'))
  assert.deepEqual([tag['ref_type'], tag['aud'], tag['repository']], ['tag', 'sts', 'acme/app'])
  assert.equal(tag['workflow_ref'], 'acme/app/.github/workflows/release.yml@refs/tags/v1')
  const pull = actionsClaims({ ...JOB, event: 'pull_request' })
  assert.deepEqual(
    [pull['ref'], pull['base_ref'], pull['ref_protected']],
    ['refs/pull/1/merge', 'main', 'false'],
  )
  assert.equal(pull['aud'], 'https://github.com/acme')
})
