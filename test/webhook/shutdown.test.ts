import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { generateAppKey, startGitHub, type GitHubEmulator } from '../../emulator/index.ts'
import { startProgram, type Program } from '../e2e/support/service-process.ts'
import { FOLDER, policy } from './support/policies.ts'
import { until } from './support/work-world.ts'

const SECRET = 'a-secret-of-the-test'
const OWNERS = ['a1', 'b2', 'c3', 'd4', 'e5']
const REPOSITORIES = OWNERS.flatMap((owner) => ['w', 'x', 'y', 'z'].map((name) => `${owner}/${name}`))

/** Reviews that are under way at a time. */
const RUNNING_MAX = 16

/** The webhook as a process, and a GitHub that takes two seconds for an answer. */
interface SlowWorld {
  readonly github: GitHubEmulator
  readonly webhook: Program
  /** Pushes a policy to every repository. */
  readonly pushAll: () => void
  readonly checks: () => ReturnType<typeof checksOf>
}

async function startSlowWorld(t: TestContext): Promise<SlowWorld> {
  const github = await startGitHub()
  t.after(() => github.close())
  const key = generateAppKey()
  for (const owner of OWNERS) github.addOrganization(owner)
  const app = github.addApp({
    slug: 'sts',
    owner: 'a1',
    permissions: { checks: 'write', contents: 'read', metadata: 'read' },
    events: ['push'],
    publicKeys: [key.publicKey],
  })
  for (const owner of OWNERS) github.install({ app, account: owner })
  for (const repository of REPOSITORIES) {
    const [owner = '', name = ''] = repository.split('/')
    github.addRepository({ owner, name, files: { 'readme.md': '1' } })
  }
  const webhook = startProgram(t, 'cmd/webhook/main.ts', {
    PORT: '0',
    STS_HOST: '127.0.0.1',
    GITHUB_APP_IDS: String(app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: key.privateKey,
    GITHUB_BASE_URL: github.baseUrl,
    GITHUB_WEBHOOK_SECRET: SECRET,
  })
  const [, port = ''] = await webhook.saw(/"port":(\d+)[^\n]*listening/)
  github.setWebhook(app, { url: `http://127.0.0.1:${port}`, secret: SECRET })
  await until(() => github.calls.filter(({ endedAt }) => endedAt !== null).length >= 2)
  github.fault({ kind: 'slow', delayMs: 2_000 })
  return {
    github,
    webhook,
    pushAll() {
      for (const repository of REPOSITORIES)
        github.push({ repository, files: { [`${FOLDER}/a.sts.yaml`]: policyOf(repository) } })
    },
    checks: () => checksOf(github),
  }
}

/** It grants no more than a review needs, so that nothing is asked of GitHub beside. */
function policyOf(repository: string): string {
  return policy(`repo:${repository}:ref:refs/heads/main`, 'contents: read')
}

function checksOf(github: GitHubEmulator) {
  return REPOSITORIES.flatMap((name) => github.findRepository(name)?.checkRuns ?? [])
}

describe('the webhook, told to stop while it works on 20 deliveries', () => {
  test('ends every check that it has begun, refuses the rest, and revokes its tokens', async (t) => {
    const { github, webhook, pushAll, checks } = await startSlowWorld(t)
    pushAll()
    await until(() => checks().length >= RUNNING_MAX)
    webhook.child.kill('SIGTERM')
    await webhook.saw(/"stopping"/)
    github.push({ repository: 'a1/w', branch: 'late', files: { [`${FOLDER}/b.sts.yaml`]: policyOf('late') } })
    // A process that takes longer than ten seconds ends with 1.
    assert.deepEqual(await webhook.exit, { code: 0, signal: null })
    await github.deliveriesSettled()
    // What was sent takes effect although nobody waits for the answer.
    await until(() => checks().every(({ status }) => status === 'completed'))
    assert.ok(checks().length >= RUNNING_MAX)

    const isChecked = new Set(checks().map(({ suite }) => suite.headSha))
    for (const { statusCode, requestBody } of github.deliveries) {
      const { ref, after: head } = JSON.parse(String(requestBody)) as {
        readonly ref: string
        readonly after: string
      }
      if (isChecked.has(head)) isChecked.delete(head)
      // After the last answer no connection is taken.
      else assert.ok(statusCode === 503 || (statusCode === 0 && ref === 'refs/heads/late'))
    }
    assert.equal(isChecked.size, 0)
    await until(() => github.liveTokens().length === 0)
  })

  test('ends at once when it is told again', async (t) => {
    const { webhook, pushAll, checks } = await startSlowWorld(t)
    pushAll()
    await until(() => checks().length > 0)
    webhook.child.kill('SIGTERM')
    await webhook.saw(/"stopping"/)
    webhook.child.kill('SIGTERM')
    assert.deepEqual(await webhook.exit, { code: 1, signal: null })
  })
})
