import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { blobOf, errorsOf, reviewFiles, type FileOfChange } from './support/reviewer.ts'

const POLICY = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@42/app@7:ref:refs/heads/main',
  'permissions: { issues: read }',
  '',
].join('\n')
const TARGET = '../elsewhere.yaml'

const added = (more: Partial<FileOfChange> = {}): FileOfChange => {
  return { name: 'a.sts.yaml', now: POLICY, ...more }
}
const changed = (more: Partial<FileOfChange> = {}): FileOfChange => added({ before: POLICY, ...more })

describe('a symbolic link to a file of the repository is an error, though GitHub gives its content', () => {
  const cases: readonly (readonly [name: string, file: FileOfChange])[] = [
    ['that is new, as the listing shows', added({ linkTo: TARGET })],
    ['that is new, as its source says', added({ blob: blobOf(TARGET) })],
    ['in the place of a policy, as its source says', changed({ blob: blobOf(TARGET) })],
    ['that may not be there, as its source says', changed({ presence: 'doubtful', blob: blobOf(TARGET) })],
  ]
  for (const [name, file] of cases) {
    test(name, async () => {
      const { reviews, ages } = await reviewFiles([file])
      assert.deepEqual(errorsOf(reviews[0]), ['1:1 unusable_file'])
      assert.equal(reviews[0]?.document, undefined)
      // Nothing of its content is looked at.
      assert.deepEqual(ages, [])
    })
  }

  test('also where it is the issuer list', async () => {
    const list = { name: 'trusted-token-issuers.yaml', now: 'issuers: [https://a.example]\n', linkTo: TARGET }
    const { reviews } = await reviewFiles([list], { repository: '.github' })
    assert.deepEqual(errorsOf(reviews[0]), ['1:1 unusable_file'])
  })

  test('and a policy beside it is none', async () => {
    const { reviews } = await reviewFiles([added({ linkTo: TARGET }), added({ name: 'b.sts.yaml' })])
    assert.deepEqual(reviews.map(errorsOf), [['1:1 unusable_file'], []])
  })
})

describe('the folder is listed', () => {
  const cases: readonly (readonly [name: string, files: readonly FileOfChange[], isListed: boolean])[] = [
    ['where a policy is new and nothing says what it is', [added()], true],
    ['not where its source says what it is', [added({ blob: blobOf(POLICY) })], false],
    ['not where it was there before', [changed()], false],
    ['where its source says what others are, and not it', [changed({ blob: null })], true],
    ['not where it may not be there', [added({ presence: 'doubtful' })], false],
    ['not where it is removed', [added({ presence: 'removed', now: undefined })], false],
    ['not for what no exchange reads', [added({ name: 'a.yml' }), added({ name: '' })], false],
  ]
  for (const [name, files, isListed] of cases) {
    test(name, async () => {
      const { reads } = await reviewFiles(files)
      assert.equal(reads.includes('listing'), isListed)
    })
  }

  test('once, before anything is read', async () => {
    const { reads } = await reviewFiles([
      added(),
      added({ name: 'b.sts.yaml' }),
      changed({ name: 'c.sts.yaml' }),
    ])
    assert.equal(reads[0], 'listing')
    assert.equal(reads.filter((read) => read === 'listing').length, 1)
  })

  test('and a file that it does not show is read as it is', async () => {
    const { reviews } = await reviewFiles([
      added({ now: { unusable: 'too_large' } }),
      added({ name: 'b.sts.yaml' }),
    ])
    assert.deepEqual(reviews.map(errorsOf), [['1:1 unusable_file'], []])
  })
})

describe('a file and the version before are read', () => {
  test('at the same time', async () => {
    const { reads, readsAtOnce } = await reviewFiles([changed()])
    assert.deepEqual(reads, ['now a.sts.yaml', 'before a.sts.yaml'])
    assert.equal(readsAtOnce, 2)
  })

  test('one after the other, where the file may not be there', async () => {
    const { reads, readsAtOnce, reviews } = await reviewFiles([changed({ presence: 'doubtful' })])
    assert.deepEqual(reads, ['now a.sts.yaml', 'before a.sts.yaml'])
    assert.equal(readsAtOnce, 1)
    assert.equal(reviews[0]?.document?.before, 'valid')
  })

  test('only as far as there is a file, where it may not be', async () => {
    for (const now of [undefined, { unusable: 'directory' }] as const) {
      const { reads } = await reviewFiles([changed({ presence: 'doubtful', now })])
      assert.deepEqual(reads, ['now a.sts.yaml'])
    }
  })

  test('of eight files at a time', async () => {
    const files = Array.from({ length: 40 }, (_, at) => changed({ name: `${at}.sts.yaml` }))
    const { reads, readsAtOnce } = await reviewFiles(files)
    assert.equal(reads.length, 80)
    assert.equal(readsAtOnce, 16)
  })
})
