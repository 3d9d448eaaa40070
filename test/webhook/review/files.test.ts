import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorsOf, reviewFiles, type FileOfChange } from './support/reviewer.ts'

const GOOD = [
  'issuer: https://token.actions.githubusercontent.com',
  'subject: repo:acme@42/app@7:ref:refs/heads/main',
  'permissions:',
  '  issues: read',
  '',
].join('\n')

const LIST = 'trusted-token-issuers.yaml'

describe('the version before', () => {
  const cases: readonly (readonly [
    name: string,
    file: Omit<FileOfChange, 'name' | 'now'>,
    before: 'none' | 'valid' | 'invalid',
    power: string,
  ])[] = [
    ['is none where there is nothing to compare with', {}, 'none', 'more'],
    ['is none where the file was not there', { before: undefined }, 'none', 'more'],
    ['is valid', { before: GOOD }, 'valid', 'same'],
    ['gave more', { before: GOOD.replace('read', 'write') }, 'valid', 'less'],
    ['gave less', { before: GOOD.replace('issues: read', 'metadata: read') }, 'valid', 'more'],
    ['is invalid where it let nobody in', { before: 'subject: x\n' }, 'invalid', 'more'],
    ['is invalid where it was no YAML', { before: '\0{' }, 'invalid', 'more'],
    ['is invalid where it was too large', { before: { unusable: 'too_large' } }, 'invalid', 'more'],
    ['is invalid where it was a folder', { before: { unusable: 'directory' } }, 'invalid', 'more'],
  ]
  for (const [name, file, before, power] of cases) {
    test(name, async () => {
      const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: GOOD, ...file }])
      const [review] = reviews
      assert.deepEqual(errorsOf(review), [])
      assert.equal(review?.document?.before, before)
      assert.equal(review.document.difference.power, power)
    })
  }

  test('of an issuer list is compared as a list', async () => {
    const now = 'issuers: [https://a.example, https://b.example]\n'
    const { reviews } = await reviewFiles([{ name: LIST, now, before: 'issuers: [https://a.example]\n' }], {
      repository: '.github',
    })
    const document = reviews[0]?.document
    assert.equal(document?.kind, 'issuer-list')
    assert.equal(document.before, 'valid')
    assert.equal(document.difference.power, 'more')
  })
})

describe('a file that', () => {
  test('is not there after all is left out', async () => {
    const { reviews } = await reviewFiles([
      { name: 'a.sts.yaml', now: undefined },
      { name: 'b.sts.yaml', now: GOOD },
    ])
    assert.deepEqual(
      reviews.map(({ file }) => file.path),
      ['.github/chainguard/b.sts.yaml'],
    )
  })

  for (const unusable of ['directory', 'symlink', 'submodule', 'too_large'] as const) {
    test(`cannot be read, as it is ${unusable}, is an error`, async () => {
      const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: { unusable }, before: GOOD }])
      assert.deepEqual(errorsOf(reviews[0]), ['1:1 unusable_file'])
      assert.equal(reviews[0]?.document, undefined)
    })
  }

  test('no exchange finds is a warning, and is not read', async () => {
    const { reviews, reads } = await reviewFiles([{ name: 'a.yml', now: 'broken' }])
    assert.deepEqual(reads, [])
    assert.deepEqual(
      reviews[0]?.diagnostics.map(({ severity, code }) => [severity, code]),
      [['warning', 'unreachable_file']],
    )
  })

  test('takes the place of the folder is an error, and is not read', async () => {
    for (const presence of ['there', 'doubtful'] as const) {
      const { reviews, reads } = await reviewFiles([{ name: '', now: 'a link', presence }])
      assert.deepEqual(errorsOf(reviews[0]), ['1:1 no_policy_folder'])
      assert.deepEqual(reads, [])
    }
  })

  test('is invalid has the errors of the exchange', async () => {
    const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: GOOD.replace('subject', 'subjct') }])
    assert.deepEqual(errorsOf(reviews[0]), ['1:1 field_missing', '2:1 unknown_field'])
    assert.equal(reviews[0]?.document, undefined)
    assert.equal(reviews[0]?.isRemoved, false)
    assert.equal(reviews[0].removal, undefined)
  })
})

describe('as the service is configured', () => {
  const unpinned = 'issuer_pattern: https://.*\nsubject: x\npermissions:\n  issues: read\n'

  test('lints are warnings, or errors when it is strict', async () => {
    const files = [{ name: 'a.sts.yaml', now: unpinned }]
    const lenient = (await reviewFiles(files)).reviews[0]
    assert.deepEqual(errorsOf(lenient), [])
    assert.ok(lenient?.document)
    const strict = (await reviewFiles(files, { policies: { strict: true } })).reviews[0]
    assert.ok(errorsOf(strict).length > 0)
    assert.ok(strict)
    assert.equal(strict.document, undefined)
    const codes = new Set(lenient.diagnostics.map(({ code }) => code))
    for (const { severity, code } of strict.diagnostics)
      assert.ok(severity === 'warning' || codes.has(code), code)
  })

  test('a version before that is valid only to a lenient service let nobody in', async () => {
    const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: GOOD, before: unpinned }], {
      policies: { strict: true },
    })
    assert.equal(reviews[0]?.document?.before, 'invalid')
  })

  test('a policy of a repository may grant permissions on the organization, or not', async () => {
    const files = [{ name: 'a.sts.yaml', now: GOOD.replace('issues', 'members') }]
    assert.equal(errorsOf((await reviewFiles(files)).reviews[0]).length, 1)
    const allowed = await reviewFiles(files, { policies: { allowOrganizationPermissions: true } })
    assert.deepEqual(errorsOf(allowed.reviews[0]), [])
  })

  test('issuers on the loopback may be listed, or not', async () => {
    const files = [{ name: LIST, now: 'issuers: [http://127.0.0.1:8080]\n' }]
    const organization = { repository: '.github' }
    assert.deepEqual(errorsOf((await reviewFiles(files, organization)).reviews[0]), ['1:11 issuer_syntax'])
    const allowed = await reviewFiles(files, { ...organization, policies: { allowLoopback: true } })
    assert.deepEqual(errorsOf(allowed.reviews[0]), [])
  })
})

describe('an origin', () => {
  for (const [origin, errors] of [
    ['acme/app', []],
    ['ACME/App', []],
    ['acme/other', ['5:1 origin_mismatch']],
    ['other/app', ['5:1 origin_mismatch']],
  ] as const) {
    test(`${origin} is ${errors.length === 0 ? 'where' : 'not where'} the policy sits`, async () => {
      const { reviews } = await reviewFiles([{ name: 'a.sts.yaml', now: `${GOOD}origin: ${origin}\n` }])
      assert.deepEqual(errorsOf(reviews[0]), errors)
    })
  }
})

test('300 policies are reviewed in their order', async () => {
  const files = Array.from({ length: 300 }, (_, at) => ({ name: `${at}.sts.yaml`, now: GOOD }))
  const { reviews } = await reviewFiles(files)
  assert.deepEqual(
    reviews.map(({ file }) => file.path),
    files.map(({ name }) => `.github/chainguard/${name}`),
  )
})
