import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readConfiguration } from '../../cmd/webhook/configuration.ts'
import { NO_INSTRUMENTS } from '../../cmd/telemetry.ts'
import { createWebhookService } from '../../cmd/webhook/service.ts'
import { generateAppKey, startWorld } from '../../emulator/index.ts'
import { createLogger } from '#pkg/telemetry'
import { BAD, FOLDER } from './support/policies.ts'
import { until } from './support/work-world.ts'

const SECRET = 'a-secret-of-the-test'
const TARGET = 'X-GitHub-Hook-Installation-Target-ID'
const CHECK_KEY = 'apps/get-authenticated'
const LIST = 'apps/list-webhook-deliveries'

/** A webhook that is two Apps, the second by its client id; both are installed on acme. */
async function startTwoApps(t: TestContext, options: { readonly isNumberKnown?: boolean } = {}) {
  const { isNumberKnown = true } = options
  const world = await startWorld({ watch: false })
  const { github, app: first } = world
  const folder = await mkdtemp(join(tmpdir(), 'pools-'))
  const key = generateAppKey()
  const second = github.addApp({
    slug: 'second',
    owner: 'acme',
    publicKeys: [key.publicKey],
    permissions: { checks: 'write', contents: 'read', metadata: 'read', pull_requests: 'read' },
    events: ['push'],
  })
  github.install({ app: second, account: 'acme' })
  const poolFile = join(folder, 'pools.json')
  const firstApp = { app_id: String(first.id), private_key: world.appKey.privateKey }
  const secondApp = { app_id: second.clientId, private_key: key.privateKey }

  async function configure(apps: readonly object[]) {
    await writeFile(poolFile, JSON.stringify({ orgs: [{ name: 'acme', apps }] }))
    const result = readConfiguration({
      PORT: '0',
      STS_HOST: '127.0.0.1',
      APP_CONFIG_FILE: poolFile,
      GITHUB_BASE_URL: github.baseUrl,
      GITHUB_WEBHOOK_SECRET: SECRET,
      STS_ALLOW_LOOPBACK_ISSUERS: 'true',
    })
    assert.ok(result.ok)
    return result.config
  }

  if (!isNumberKnown) github.fault({ kind: 'status', status: 500, match: CHECK_KEY })
  const logger = createLogger({ level: 'error', destination: { write: () => undefined } })
  const service = createWebhookService(await configure([firstApp, secondApp]), logger, NO_INSTRUMENTS)
  t.after(async () => {
    await service.stop(0)
    await world.close()
    await rm(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${await service.listen()}`
  for (const app of [first, second]) github.setWebhook(app, { url, secret: SECRET })
  const asked = (operation: string): number =>
    github.calls.filter((call) => call.operation === operation && call.endedAt !== null).length
  await until(() => asked(CHECK_KEY) >= 2 && asked(LIST) >= 2)
  const ping = (headers: Readonly<Record<string, string | null>>) =>
    github.deliver(first, { event: 'ping', payload: { zen: 'x' }, headers })
  return { github, first, second, firstApp, secondApp, configure, service, asked, ping }
}

test('a delivery is worked by the App that it names, by number or by client id', async (t) => {
  const { github, first, second } = await startTwoApps(t)
  github.push({ repository: 'acme/app', files: { [`${FOLDER}/new.sts.yaml`]: BAD } })
  await github.deliveriesSettled()
  const runs = github.findRepository('acme/app')?.checkRuns ?? []
  assert.deepEqual(
    runs.map(({ suite }) => suite.app.id).sort((a, b) => a - b),
    [first.id, second.id].sort((a, b) => a - b),
  )
})

for (const [name, target] of [
  ['of an App that is not served', '999999'],
  ['that names no App', null],
] as const) {
  test(`a delivery ${name} is ignored, and told so`, async (t) => {
    const { ping } = await startTwoApps(t)
    const delivery = await ping({ [TARGET]: target })
    assert.equal(delivery?.statusCode, 202)
    assert.match(delivery.responseBody, /not of an App that is served here/)
  })
}

test('while the number of an App is not known, what may be its own is to be delivered again', async (t) => {
  const { ping, first, second } = await startTwoApps(t, { isNumberKnown: false })
  assert.equal((await ping({ [TARGET]: String(first.id) }))?.statusCode, 202)
  assert.equal((await ping({ [TARGET]: String(second.id) }))?.statusCode, 503)
})

test('an App that is taken over looks for its failed deliveries; one that is gone is ignored', async (t) => {
  const { service, configure, firstApp, secondApp, asked, ping, first, second } = await startTwoApps(t)
  await service.reload(await configure([firstApp]))
  const before = asked(LIST)
  await service.reload(await configure([firstApp, { ...secondApp, app_id: String(second.id) }]))
  await until(() => asked(LIST) > before)
  await service.reload(
    await configure([
      { ...secondApp, app_id: String(second.id) },
      { ...secondApp, app_id: '4711' },
    ]),
  )
  const delivery = await ping({ [TARGET]: String(first.id) })
  assert.match(delivery?.responseBody ?? '', /not of an App that is served here/)
})
