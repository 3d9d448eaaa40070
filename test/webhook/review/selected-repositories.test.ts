import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWebhookWorld } from '../support/webhook-world.ts'

test('an installation on selected repositories sees those alone, until others are added', async (t) => {
  const w = await startWebhookWorld()
  t.after(() => w.close())
  const { github, world } = w
  github.addOrganization('beta')
  for (const name of ['.github', 'seen', 'hidden']) github.addRepository({ owner: 'beta', name })
  const installation = github.install({ app: world.app, account: 'beta', repositories: ['.github', 'seen'] })

  const check = async (note: string) => {
    const text = [
      'issuer: https://token.actions.githubusercontent.com',
      'subject: repo:beta/seen:ref:refs/heads/main',
      'permissions: { issues: read }',
      'repositories: [seen, hidden]',
      `# ${note}`,
    ].join('\n')
    const files = { '.github/chainguard/a.sts.yaml': text }
    const { after } = github.push({ repository: 'beta/.github', files })
    await w.settled()
    const { conclusion, annotations } = w.checkOf(after, 'beta/.github')
    const errors = annotations.filter(({ level }) => level === 'failure')
    return [conclusion, errors.map(({ startLine, startColumn, title }) => [startLine, startColumn, title])]
  }

  assert.deepEqual(await check('before'), ['failure', [[4, 22, 'repository_not_visible']]])
  github.updateInstallation(installation, { repositories: ['.github', 'seen', 'hidden'] })
  await w.settled()
  assert.deepEqual(await check('after'), ['success', []])
})
