import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createWebhookSecrets } from '../../cmd/webhook/webhook-secrets.ts'
import { readWebhookConfig } from '#pkg/config'
import { StsError } from '#pkg/errors'
import { createLogger } from '#pkg/telemetry'
import { crc32c } from '#pkg/cloud'
import { startCloudServer } from '../cloud/support/cloud-server.ts'
import {
  googleError,
  refuseGoogle,
  serveGoogleIdentity,
  useGoogleIdentity,
} from '../cloud/support/google-identity.ts'
import { until } from './support/work-world.ts'

const KEY = 'projects/acme/locations/global/keyRings/sts/cryptoKeys/app/cryptoKeyVersions/1'
const NAME = 'projects/acme/secrets/webhook/versions/latest'
const never = new AbortController().signal

async function start(
  t: TestContext,
  first: string | undefined,
  environment: Readonly<Record<string, string>>,
) {
  let kept = first
  const server = await startCloudServer(t, (request) => {
    const refused = serveGoogleIdentity(request) ?? refuseGoogle(request)
    if (refused !== undefined) return refused
    if (kept === undefined) return googleError(404, 'NOT_FOUND', 'no')
    const value = Buffer.from(kept)
    const payload = { data: value.toString('base64'), dataCrc32c: String(crc32c(value)) }
    return { status: 200, body: { name: 'projects/1/secrets/webhook/versions/1', payload } }
  })
  useGoogleIdentity(t, server.plainHost)
  const result = readWebhookConfig(
    { PORT: '0', GITHUB_APP_IDS: '1', KMS_KEYS: KEY, ...environment },
    { readFile: () => Buffer.alloc(0), findKeyProblem: () => undefined },
  )
  assert.ok(result.ok)
  const log: string[] = []
  const secrets = createWebhookSecrets({
    config: result.config,
    logger: createLogger({ level: 'debug', destination: { write: (line) => void log.push(line) } }),
    dispatcher: server.dispatcher,
    everyMs: 20,
  })
  t.after(() => secrets.close())
  return {
    secrets,
    log,
    server,
    rotate: (value: string | undefined) => (kept = value),
    current: () => secrets.current().map(String),
  }
}

test('deliveries are proven by what the secret manager keeps, and beside it by secrets of the environment', async (t) => {
  const further = 'a-further-secret-of-the-test'
  const { secrets, current } = await start(t, 'kept-secret', {
    GITHUB_WEBHOOK_SECRET: NAME,
    STS_WEBHOOK_SECRETS: JSON.stringify([further]),
  })
  await secrets.open(never)
  assert.deepEqual(current(), ['kept-secret', further])
})

test('a secret that is rotated counts soon, and the one before no more; a failure changes nothing', async (t) => {
  const { secrets, log, rotate, current, server } = await start(t, 'CANARY-one', {
    GITHUB_WEBHOOK_SECRET: NAME,
  })
  await secrets.open(never)
  rotate('CANARY-two')
  await until(() => current()[0] === 'CANARY-two')
  assert.deepEqual(current(), ['CANARY-two'])
  rotate(undefined)
  await until(() => log.some((line) => line.includes('could not be read again')))
  assert.deepEqual(current(), ['CANARY-two'])
  assert.doesNotMatch(log.join(''), /CANARY/)

  await secrets.close()
  const asked = server.requests.length
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(server.requests.length, asked)
})

test('a secret that cannot be had is no start', async (t) => {
  const { secrets } = await start(t, undefined, { GITHUB_WEBHOOK_SECRET: NAME })
  await assert.rejects(
    secrets.open(never),
    (error) => error instanceof StsError && error.reason === 'secret_unavailable',
  )
})
