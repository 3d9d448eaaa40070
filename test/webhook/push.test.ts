import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { submodule, symlink } from '../../emulator/index.ts'
import { BAD, FOLDER, GOOD, WIDER } from './support/policies.ts'
import { CLOSE, COMPARE, OPEN, READ } from './support/operations.ts'
import { startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'

let w: WebhookWorld

before(async () => {
  w = await startWarmWebhook()
})
beforeEach(() => {
  w.github.clearCalls()
})
after(() => w.close())

describe('a push', () => {
  test('with a valid new policy ends as success, in 4 calls', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/a.sts.yaml`]: GOOD },
    })
    await w.settled()
    assert.deepEqual(w.operations(), [OPEN, READ, READ, CLOSE], 'the folder shows that it is a file')
    const check = w.checkOf(head)
    assert.equal(check.name, 'Trust Policy Validation')
    assert.equal(check.conclusion, 'success')
    assert.match(check.title ?? '', /^1 policy works/)
    assert.match(check.summary ?? '', /issues: read/)
  })

  test('with a changed policy ends as success with what it adds, in 4 calls', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/warm.sts.yaml`]: WIDER },
    })
    await w.settled()
    assert.deepEqual(w.operations(), [OPEN, READ, READ, CLOSE])
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'success')
    assert.match(check.summary ?? '', /gives more than before/)
    assert.match(check.summary ?? '', /`issues`? from `?read`? to `?write`?/)
  })

  test('with an invalid policy ends as failure, with annotations at the lines', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/bad.sts.yaml`]: BAD },
    })
    await w.settled()
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'failure')
    assert.deepEqual(
      check.annotations.map(({ path, startLine, startColumn, level, title }) => [
        path,
        startLine,
        startColumn,
        level,
        title,
      ]),
      [
        [`${FOLDER}/bad.sts.yaml`, 1, 1, 'failure', 'field_missing'],
        [`${FOLDER}/bad.sts.yaml`, 2, 1, 'failure', 'unknown_field'],
      ],
    )
  })

  test('without policies asks GitHub for nothing', async () => {
    const { after: head } = w.github.push({ repository: 'acme/app', files: { 'src/a.ts': '1' } })
    await w.settled()
    assert.deepEqual(w.operations(), [])
    w.hasNoCheck(head)
  })

  test('that only deletes a policy asks for nothing', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/warm.sts.yaml`]: null },
    })
    await w.settled()
    assert.deepEqual(w.operations(), [])
    w.hasNoCheck(head)
  })

  test('that adds a policy and removes it again has no check', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      commits: [
        { files: { [`${FOLDER}/bad.sts.yaml`]: BAD } },
        { files: { [`${FOLDER}/bad.sts.yaml`]: null } },
      ],
    })
    await w.settled()
    assert.deepEqual(w.operations(), [READ])
    w.hasNoCheck(head)
  })

  test('that removes a policy and adds it again is checked', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      commits: [
        { files: { [`${FOLDER}/warm.sts.yaml`]: null } },
        { files: { [`${FOLDER}/warm.sts.yaml`]: BAD } },
      ],
    })
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'failure')
  })

  test('of several commits is judged at its head', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      commits: [
        { files: { [`${FOLDER}/two.sts.yaml`]: BAD } },
        { files: { [`${FOLDER}/two.sts.yaml`]: GOOD } },
      ],
    })
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'success')
  })

  test('that renames a policy is checked under its new name', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/warm.sts.yaml`]: null, [`${FOLDER}/renamed.sts.yaml`]: GOOD },
    })
    await w.settled()
    assert.match(w.checkOf(head).summary ?? '', /renamed\.sts\.yaml/)
  })

  test('of a tag, and the deletion of a branch, ask for nothing', async () => {
    const branch = w.newBranch()
    w.github.push({ repository: 'acme/app', branch, files: { [`${FOLDER}/t.sts.yaml`]: GOOD } })
    await w.settled()
    w.github.clearCalls()
    w.github.pushTag('acme/app', 'v1', branch)
    w.github.deleteBranch('acme/app', branch)
    await w.settled()
    assert.deepEqual(w.operations(), [])
  })

  test('that makes a branch is checked against the default branch', async () => {
    const name = w.newName()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch: `new-${name}`,
      files: { [`${FOLDER}/warm.sts.yaml`]: WIDER },
    })
    await w.settled()
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'success')
    assert.match(check.summary ?? '', /gives more than before/)
  })

  test('that makes a branch with more commits than it shows is checked by the folder', async () => {
    const name = w.newName()
    const commits = Array.from({ length: 2_049 }, (_, at) => ({ files: { 'n.txt': `${name} ${at}` } }))
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch: `long-${name}`,
      commits: [{ files: { [`${FOLDER}/hidden.sts.yaml`]: BAD } }, ...commits],
    })
    await w.settled()
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'failure')
    assert.match(check.summary ?? '', /hidden\.sts\.yaml/)
    assert.equal(w.operations()[0], READ, 'the folder is listed')
  })

  test('with more commits than it shows is checked by comparison', async () => {
    const branch = w.newBranch()
    await w.settled()
    w.github.clearCalls()
    const commits = Array.from({ length: 2_049 }, (_, at) => ({ files: { 'n.txt': `${branch} ${at}` } }))
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      commits: [{ files: { [`${FOLDER}/hidden.sts.yaml`]: BAD } }, ...commits],
    })
    await w.settled()
    assert.equal(w.checkOf(head).conclusion, 'failure')
    assert.equal(w.operations()[0], COMPARE)
  })

  for (const [what, content, reason] of [
    ['a symbolic link out of the repository', symlink('../../../../etc/passwd'), /symbolic link/],
    ['a submodule', submodule('https://example.com/x.git'), /submodule/],
    ['a file of 900 KB', `# ${'x'.repeat(900_000)}\n${GOOD}`, /32 KiB/],
    ['1,500 levels deep', `${'- '.repeat(1_500)}x\n`, /nest|level|deep/],
  ] as const) {
    test(`with a policy that is ${what} ends as failure, with a reason; and the next push is served`, async () => {
      const branch = w.newBranch()
      const odd = w.github.push({
        repository: 'acme/app',
        branch,
        files: { [`${FOLDER}/odd.sts.yaml`]: content },
      })
      const next = w.github.push({
        repository: 'acme/app',
        branch,
        files: { [`${FOLDER}/next.sts.yaml`]: GOOD },
      })
      await w.settled()
      const check = w.checkOf(odd.after)
      assert.equal(check.conclusion, 'failure')
      assert.match(String(check.annotations[0]?.['message']), reason)
      assert.equal(w.checkOf(next.after).conclusion, 'success')
    })
  }

  test('with a policy that is a folder ends as failure', async () => {
    const branch = w.newBranch()
    const { after: head } = w.github.push({
      repository: 'acme/app',
      branch,
      files: { [`${FOLDER}/odd.sts.yaml/inner.txt`]: 'x' },
    })
    await w.settled()
    const check = w.checkOf(head)
    assert.equal(check.conclusion, 'failure')
    assert.match(String(check.annotations[0]?.['message']), /folder/)
  })
})
