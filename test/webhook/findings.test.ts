import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { BAD, FOLDER, policy } from './support/policies.ts'
import { startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'

let w: WebhookWorld

before(async () => {
  w = await startWarmWebhook()
})
beforeEach(() => {
  w.github.clearCalls()
})
after(() => w.close())

describe('files that look like policies and are not read', () => {
  for (const [path, advice] of [
    [`${FOLDER}/one.sts.yml`, /one\.sts\.yaml/],
    [`${FOLDER}/one.yaml`, /one\.sts\.yaml/],
    [`${FOLDER}/one.STS.yaml`, /one\.sts\.yaml/],
    ['.github/Chainguard/one.sts.yaml', /case/],
    [`${FOLDER}/nested/one.sts.yaml`, /move it up/],
    [`${FOLDER}/trusted-token-issuers.yaml`, /\.github/],
  ] as const) {
    test(`${path} gets a warning`, async () => {
      const branch = w.newBranch()
      const { after: head } = w.github.push({ repository: 'acme/app', branch, files: { [path]: BAD } })
      await w.settled()
      const check = w.checkOf(head)
      assert.equal(check.conclusion, 'success')
      assert.equal(check.annotations.length, 1)
      assert.equal(check.annotations[0]?.['level'], 'warning')
      assert.match(String(check.annotations[0]['message']), advice)
    })
  }

  test('a README beside the policies gets nothing', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/README.md`]: 'x' },
    })
    await w.settled()
    w.hasNoCheck(head)
  })
})

describe('a policy that GitHub would refuse a token for', () => {
  test('is an error where the App lacks a permission, or has less of it', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: {
        [`${FOLDER}/lacks.sts.yaml`]: policy('repo:acme@4242/app@510001:ref:refs/heads/main', 'pages: write'),
        [`${FOLDER}/has.sts.yaml`]: policy('repo:acme@4242/app@510001:ref:refs/heads/main', 'issues: write'),
      },
    })
    await w.settled()
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'failure')
    const errors = check.annotations.filter(({ level }) => level === 'failure')
    assert.deepEqual(
      errors.map(({ path, startLine, title }) => [path, startLine, title]),
      [[`${FOLDER}/lacks.sts.yaml`, 3, 'permission_not_granted']],
    )
  })

  test('is an error where the organization names a repository that the App cannot see', async () => {
    const { after: head } = w.github.push({
      repository: 'acme/.github',
      branch: 'names',
      files: {
        [`${FOLDER}/all.sts.yaml`]: `${policy('repo:acme@4242/app@510001:ref:refs/heads/main')}repositories:\n  - app\n  - nowhere\n`,
      },
    })
    await w.settled()
    const check = w.checkOf(head, 'acme/.github')
    assert.equal(check.conclusion, 'failure')
    assert.deepEqual(
      check.annotations
        .filter(({ level }) => level === 'failure')
        .map(({ startLine, title }) => [startLine, title]),
      [[6, 'repository_not_visible']],
    )
  })

  test('an issuer list of the organization is read as the exchange reads it', async () => {
    const { after: head } = w.github.push({
      repository: 'acme/.github',
      branch: 'list',
      files: { [`${FOLDER}/trusted-token-issuers.yaml`]: 'issuers: []\n' },
    })
    await w.settled()
    assert.equal(w.checkOf(head, 'acme/.github').conclusion, 'failure')
  })
})
