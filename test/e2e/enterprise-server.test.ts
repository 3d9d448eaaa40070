import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { APP_KEY, DOMAIN } from './support/deployment.ts'
import {
  portOf,
  startEnterpriseWorld,
  SUBJECT,
  type EnterpriseWorld,
  type Trust,
} from './support/enterprise-deployment.ts'

const APP = 'cmd/app/main.ts'
const EXCHANGES = 40

function serviceEnvironment(world: EnterpriseWorld, trust: Trust): Record<string, string> {
  const { appIds, trusting } = world
  const authority = trusting(trust)
  return {
    PORT: '0',
    STS_DOMAIN: DOMAIN,
    GITHUB_APP_IDS: appIds.join(','),
    APP_SECRET_CERTIFICATE_ENV_VAR: APP_KEY.privateKey,
    ...authority,
    // Issuers are strangers: what is trusted for GitHub is not for them.
    ...(trust === 'SSL_CERT_FILE' && { STS_ISSUER_CA_FILE: authority[trust] ?? '' }),
    ...world.openStranger,
  }
}

interface Answer {
  readonly status: number
  readonly body: { readonly token?: string; readonly message?: string }
}

async function exchange(port: string, bearer: string, scope: string, identity: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/sts/exchange?scope=${scope}&identity=${identity}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

for (const trust of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const) {
  describe(`a GitHub Enterprise Server whose authority is in ${trust}`, () => {
    test('has tokens of both levels made, and those that nobody needs any more revoked', async (t) => {
      const world = await startEnterpriseWorld(t)
      const { github, issuer } = world
      assert.match(github.baseUrl, /^https:\/\/[^/]+\/api\/v3$/)
      assert.equal(issuer.issuer, github.baseUrl.replace('/api/v3', '/_services/token'))
      const app = world.start(APP, serviceEnvironment(world, trust))
      const port = await portOf(app)
      const bearer = await world.token()
      const ofRepository = await exchange(port, bearer, 'acme/app', 'reader')
      const ofOrganization = await exchange(port, bearer, 'acme', 'everywhere')
      assert.deepEqual([ofRepository.status, ofOrganization.status], [200, 200], app.output())

      app.child.kill('SIGTERM')
      assert.equal((await app.exit).code, 0)
      const left = github.liveTokens().map(({ token, permissions, repositories }) => ({
        token,
        permissions,
        repositories: repositories === 'all' ? 'all' : [...repositories].map(({ name }) => name),
      }))
      const permissions = { contents: 'read', metadata: 'read' }
      assert.deepEqual(left, [
        { token: ofRepository.body.token, permissions, repositories: ['app'] },
        { token: ofOrganization.body.token, permissions, repositories: ['app', 'prober'] },
      ])
      assert.ok(github.calls.every(({ operation }) => operation !== undefined))
    })

    test('has pushed policies checked by the webhook', async (t) => {
      const world = await startEnterpriseWorld(t)
      const { github, appIds } = world
      const secret = randomUUID()
      const port = await portOf(
        world.start('cmd/webhook/main.ts', {
          PORT: '0',
          GITHUB_APP_IDS: appIds.join(','),
          APP_SECRET_CERTIFICATE_ENV_VAR: APP_KEY.privateKey,
          GITHUB_WEBHOOK_SECRET: secret,
          ...world.trusting(trust),
        }),
      )
      const url = `http://127.0.0.1:${port}`
      github.setWebhook({ id: Number(appIds[0]) }, { url, secret })
      const checked = new Promise<string | null>((resolve) => {
        github.on('event', (event) => {
          if (event.kind !== 'check_run' || event.action !== 'completed') return
          resolve(event.checkRun.conclusion)
        })
      })
      github.writeFile(
        'acme/app',
        '.github/chainguard/new.sts.yaml',
        `issuer: ${world.issuer.issuer}\nsubject: ${SUBJECT}\npermissions:\n  contents: read\n`,
      )
      assert.equal(await checked, 'success')
      await github.deliveriesSettled()
      assert.ok(github.deliveries.every(({ statusCode }) => statusCode < 300))
    })

    test('passes the prober, which revokes what it was given', async (t) => {
      const world = await startEnterpriseWorld(t)
      const app = world.start(APP, serviceEnvironment(world, trust))
      const port = await portOf(app)
      const prober = world.start(
        'cmd/prober/main.ts',
        {
          STS_DOMAIN: DOMAIN,
          STS_URL: `http://127.0.0.1:${port}`,
          PROBER_SCOPE: 'acme/prober',
          PROBER_IDENTITY: 'prober',
          PROBER_TOKEN_URL: `${world.issuer.issuer}/actions/token?repository=acme/prober&ref=main`,
          ...world.trusting(trust),
        },
        ['--once'],
      )
      assert.equal((await prober.exit).code, 0, prober.output())
      app.child.kill('SIGTERM')
      assert.equal((await app.exit).code, 0)
      assert.deepEqual(world.github.liveTokens(), [])
    })
  })
}

test('an Enterprise Server’s own callers are told what a policy expected, and no others', async (t) => {
  const world = await startEnterpriseWorld(t)
  world.github.writeFile(
    'acme/app',
    '.github/chainguard/other.sts.yaml',
    `issuer: ${world.issuer.issuer}\nsubject: repo:acme/app:environment:production\npermissions:\n  contents: read\n`,
  )
  const port = await portOf(world.start(APP, serviceEnvironment(world, 'SSL_CERT_FILE')))
  const own = await exchange(port, await world.token(), 'acme/app', 'other')
  assert.equal(own.status, 403)
  assert.match(own.body.message ?? '', /environment:production/)
  const strange = await exchange(port, await world.strangersToken(), 'acme/app', 'other')
  assert.equal(strange.status, 403)
  assert.ok(!strange.body.message?.includes(world.issuer.issuer))
})

test('without the authority nothing is sent there, and the service says so', async (t) => {
  const world = await startEnterpriseWorld(t)
  const app = world.start(APP, { ...serviceEnvironment(world, 'SSL_CERT_FILE'), SSL_CERT_FILE: '' })
  const port = await portOf(app)
  await app.saw(/has not confirmed the key/)
  const answer = await exchange(port, await world.token(), 'acme/app', 'reader')
  assert.equal(answer.status, 503)
  assert.deepEqual(world.github.calls, [])
})

test('several Apps take turns, although nothing says what they have left', async (t) => {
  const world = await startEnterpriseWorld(t, { apps: 3 })
  const key = JSON.stringify(APP_KEY.privateKey)
  const apps = world.appIds.map((id) => `      - { app_id: "${id}", private_key: ${key} }\n`)
  const pools = world.file('pools.yaml', `orgs:\n  - name: "*"\n    apps:\n${apps.join('')}`)
  const app = world.start(APP, { ...serviceEnvironment(world, 'SSL_CERT_FILE'), APP_CONFIG_FILE: pools })
  const port = await portOf(app)
  const bearer = await world.token()
  const used = await servedBy(t, world, () => exchange(port, bearer, 'acme/app', 'reader'))
  assert.deepEqual([...used].sort(), [...world.appIds].sort(), app.output())
  const asked = world.github.calls.filter(({ operation }) => operation === 'rate-limit/get')
  assert.deepEqual(asked, [])
})

/** The Apps whose tokens callers got. */
async function servedBy(
  t: TestContext,
  { github }: EnterpriseWorld,
  exchangeOne: () => Promise<Answer>,
): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>()
  for (let n = 0; n < EXCHANGES; n++) {
    const { body } = await exchangeOne()
    const live = github.liveTokens().find(({ token }) => token === body.token)
    assert.ok(live !== undefined)
    const id = String(live.installation.app.id)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(counts)))
  return new Set(counts.keys())
}
