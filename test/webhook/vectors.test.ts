import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readConfiguration } from '../../cmd/app/configuration.ts'
import { createService, type Service } from '../../cmd/app/service.ts'
import { createLogger } from '#pkg/telemetry'
import { readVectorRows } from '../policy/support/vectors.ts'
import { startWebhookWorld, type WebhookWorld } from './support/webhook-world.ts'

/** A document, and whether octo-sts's and this project's reading makes a policy of it. */
interface Row {
  readonly id: string
  readonly level: 'repository' | 'organization'
  readonly policy: string
  readonly verdict: 'valid' | 'invalid'
  readonly value?: {
    readonly permissions?: Readonly<Record<string, 'read' | 'write' | 'admin'>>
    readonly repositories?: readonly string[]
  }
}

const ROWS = readVectorRows('policy-documents.jsonl') as readonly Row[]
const REPOSITORIES = { repository: 'acme/app', organization: 'acme/.github' } as const
const SCOPES = { repository: 'acme/app', organization: 'acme' } as const

let w: WebhookWorld
let service: Service
let serviceUrl: string
let token: string

before(async () => {
  w = await startWebhookWorld()
  const { world, github } = w
  const configuration = readConfiguration({
    PORT: '0',
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: 'sts.example',
    GITHUB_APP_IDS: String(world.app.id),
    APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
    GITHUB_BASE_URL: github.baseUrl,
    STS_ALLOW_LOOPBACK_ISSUERS: 'true',
  })
  assert.ok(configuration.ok)
  service = createService(configuration.config, createLogger({ level: 'silent' }))
  serviceUrl = `http://127.0.0.1:${await service.listen()}`
  const answer = await fetch(
    `${world.issuer.issuer}/actions/token?repository=acme/app&ref=main&audience=sts.example`,
  )
  token = ((await answer.json()) as { readonly value: string }).value

  // What the policies of the vectors name exists, so that only the documents themselves decide.
  const names = new Set(
    ROWS.flatMap(({ value }) => value?.repositories ?? []).map((name) => name.toLowerCase()),
  )
  for (const name of names) {
    if (github.findRepository(`acme/${name}`) === undefined) github.addRepository({ owner: 'acme', name })
  }
  github.push({ repository: 'acme/app', files: { '.github/chainguard/first.sts.yaml': 'x' } })
  await w.settled()
  const [first] = github.liveTokens()
  assert.ok(first)
  const permissions = { ...first.installation.permissions }
  for (const { value } of ROWS) {
    for (const name of Object.keys(value?.permissions ?? {})) permissions[name] = 'admin'
  }
  github.updateInstallation(first.installation, {
    permissions: { ...permissions, contents: 'write', checks: 'write' },
  })
  await w.settled()
})
after(async () => {
  await service.stop(0)
  await w.close()
})

test('the vectors have their rows', () => {
  assert.ok(ROWS.length >= 186)
})

for (const [index, { id, level, policy, verdict }] of ROWS.entries()) {
  test(`the check says of ${id} what the exchange says: ${verdict}`, async () => {
    const identity = `vector-${index}`
    const repository = REPOSITORIES[level]
    const { after: head } = w.github.push({
      repository,
      files: { [`.github/chainguard/${identity}.sts.yaml`]: policy },
    })
    await w.settled()
    const check = w.checks(repository).findLast(({ headSha }) => headSha === head)
    const answer = await fetch(`${serviceUrl}/sts/exchange?scope=${SCOPES[level]}&identity=${identity}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const exchange = (await answer.text()).includes('POLICY_INVALID') ? 'invalid' : 'valid'
    assert.equal(exchange, verdict)
    assert.equal(check?.conclusion, verdict === 'valid' ? 'success' : 'failure', check?.summary ?? '')
  })
}
