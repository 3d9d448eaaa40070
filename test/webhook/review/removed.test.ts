import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reviewFiles, type FileOfChange } from './support/reviewer.ts'

const POLICY = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@42/app@7:ref:refs/heads/main',
  'permissions: { issues: read }',
  '',
].join('\n')
const LIST = 'trusted-token-issuers.yaml'
const LISTED = 'issuers: [https://a.example, https://b.example]\n'

describe('a removed policy', () => {
  for (const before of [POLICY, 'broken', undefined]) {
    test(`is named without being read, whatever it was: ${String(before?.slice(0, 6))}`, async () => {
      const removed = { name: 'a.sts.yaml', now: undefined, before, presence: 'removed' } as const
      const { reviews, reads, ages, questions } = await reviewFiles([removed])
      const file = {
        kind: 'trust-policy',
        path: '.github/chainguard/a.sts.yaml',
        level: 'repository',
      } as const
      assert.deepEqual(reviews, [
        { file, document: undefined, isRemoved: true, removal: undefined, diagnostics: [] },
      ])
      assert.deepEqual([...reads, ...ages, ...questions], [])
    })
  }

  test('is named beside those that are there, in their order', async () => {
    const { reviews } = await reviewFiles([
      { name: 'a.sts.yaml', now: POLICY },
      { name: 'b.sts.yaml', now: undefined, before: POLICY, presence: 'removed' },
      { name: 'c.sts.yaml', now: POLICY, before: POLICY },
    ])
    assert.deepEqual(
      reviews.map(({ isRemoved }) => isRemoved),
      [false, true, false],
    )
  })
})

describe('a removed issuer list', () => {
  const review = async (change: Partial<FileOfChange> = {}) => {
    const removed: FileOfChange = {
      name: LIST,
      now: undefined,
      before: LISTED,
      presence: 'removed',
      ...change,
    }
    const { reviews, reads } = await reviewFiles([removed], { repository: '.github' })
    const [one, ...others] = reviews
    assert.ok(one)
    assert.deepEqual(others, [])
    return { review: one, reads }
  }

  test('is a warning, and no error: somebody may mean it', async () => {
    const { review: one } = await review()
    assert.equal(one.isRemoved, true)
    assert.equal(one.document, undefined)
    assert.deepEqual(
      one.diagnostics.map(({ severity, code, line, column }) => [severity, code, line, column]),
      [['warning', 'issuer_list_removed', 1, 1]],
    )
  })

  test('is read as it was, and shows that it let in less', async () => {
    const { review: one, reads } = await review()
    assert.deepEqual(reads, [`before ${LIST}`])
    assert.equal(one.removal?.power, 'more')
    assert.ok(one.removal.changes.length > 0)
  })

  const unknown: readonly (readonly [name: string, change: Partial<FileOfChange>])[] = [
    ['was broken', { before: 'issuers: 7\n' }],
    ['was no file', { before: { unusable: 'directory' } }],
    ['was not there', { before: undefined }],
  ]
  for (const [name, change] of unknown) {
    test(`that ${name} is the same warning, without what becomes of it`, async () => {
      const { review: one } = await review(change)
      assert.equal(one.removal, undefined)
      assert.deepEqual(
        one.diagnostics.map(({ code }) => code),
        ['issuer_list_removed'],
      )
    })
  }

  test('with nothing to compare it with is not read', async () => {
    const { reviews, reads } = await reviewFiles([{ name: LIST, now: undefined, presence: 'removed' }], {
      repository: '.github',
    })
    assert.deepEqual(reads, [])
    assert.equal(reviews[0]?.isRemoved, true)
    assert.equal(reviews[0].removal, undefined)
  })

  test('of a repository that none is read from is a file that no exchange finds', async () => {
    const { reviews } = await reviewFiles([{ name: LIST, now: undefined, before: LISTED }])
    assert.deepEqual(
      reviews[0]?.diagnostics.map(({ code }) => code),
      ['unreachable_file'],
    )
  })
})
