import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Agent } from 'undici'
import { crc32c } from '#pkg/cloud'
import { StsError } from '#pkg/errors'
import { createSecretSource } from '#pkg/secrets'
import { createKmsSigner } from '#pkg/signer'
import { useAwsIdentity } from './support/aws-identity.ts'
import { AZURE_TOKEN, challengeAzure } from './support/azure-identity.ts'
import { setEnvironment, startCloudServer, type SeenRequest } from './support/cloud-server.ts'
import {
  GOOGLE_TOKEN,
  refuseGoogle,
  serveGoogleIdentity,
  useGoogleIdentity,
} from './support/google-identity.ts'

const signal = new AbortController().signal
const NAME = 'projects/acme/secrets/webhook/versions/1'

function problem(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof StsError && error.detail['problem'] === expected
}

function serveSecret(request: SeenRequest) {
  const payload = { data: Buffer.from('a').toString('base64'), dataCrc32c: String(crc32c(Buffer.from('a'))) }
  return refuseGoogle(request) ?? { status: 200, body: { payload } }
}

function temporaryFile(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  writeFileSync(join(folder, 'file.json'), content)
  return join(folder, 'file.json')
}

test('Google: the key of a service account is taken to the token endpoint over our connections', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const server = await startCloudServer(t, (request) => {
    if (request.host !== 'oauth2.googleapis.com') return serveSecret(request)
    const grant = new URLSearchParams(request.body)
    const isRight = grant.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    if (!isRight || request.path !== '/token') return { status: 400, body: { error: 'invalid_request' } }
    return { status: 200, body: { access_token: GOOGLE_TOKEN, expires_in: 3599, token_type: 'Bearer' } }
  })
  useGoogleIdentity(t, '127.0.0.1:1')
  const path = temporaryFile(
    t,
    JSON.stringify({
      type: 'service_account',
      client_email: 'sts@acme.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      private_key_id: '1',
      token_uri: 'https://oauth2.googleapis.com/token',
    }),
  )
  setEnvironment(t, { GOOGLE_APPLICATION_CREDENTIALS: path })
  const source = await createSecretSource({ provider: 'gcp', dispatcher: server.dispatcher })
  assert.equal((await source.read(NAME, { signal })).toString(), 'a')
})

test('Google: a workload without an identity is told so', async (t) => {
  const server = await startCloudServer(t, (request) =>
    request.path.includes('/token') ? { status: 404 } : (serveGoogleIdentity(request) ?? { status: 500 }),
  )
  useGoogleIdentity(t, server.plainHost)
  const source = await createSecretSource({ provider: 'gcp', dispatcher: server.dispatcher })
  await assert.rejects(source.read(NAME, { signal }), problem('credentials'))
})

test('Azure: a client secret is taken to Microsoft Entra ID over our connections', async (t) => {
  const tenant = '11111111-2222-3333-4444-555555555555'
  const server = await startCloudServer(t, (request) => {
    if (request.host === 'login.microsoftonline.com') {
      if (request.path.includes('/discovery/') || request.path.includes('openid-configuration')) {
        const base = `https://login.microsoftonline.com/${tenant}`
        return {
          status: 200,
          body: {
            issuer: `${base}/v2.0`,
            authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
            token_endpoint: `${base}/oauth2/v2.0/token`,
            jwks_uri: `${base}/discovery/v2.0/keys`,
          },
        }
      }
      const form = new URLSearchParams(request.body)
      const isRight =
        form.get('client_secret') === 'client-secret' &&
        (form.get('scope') ?? '').includes('https://vault.azure.net/.default')
      if (!isRight) return { status: 401, body: { error: 'invalid_client' } }
      return { status: 200, body: { access_token: AZURE_TOKEN, expires_in: 3599, token_type: 'Bearer' } }
    }
    const id = 'https://acme.vault.azure.net/secrets/webhook/1'
    return challengeAzure(request) ?? { status: 200, body: { value: 'a', id, attributes: {} } }
  })
  setEnvironment(t, {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: '66666666-7777-8888-9999-000000000000',
    AZURE_CLIENT_SECRET: 'client-secret',
    AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
  })
  const source = await createSecretSource({ provider: 'akv', dispatcher: server.dispatcher })
  const value = await source.read('https://acme.vault.azure.net/secrets/webhook', { signal })
  assert.equal(value.toString(), 'a')
})

test('Azure: no token is asked for in the name of a challenge for another domain', async (t) => {
  let tokens = 0
  const server = await startCloudServer(t, ({ path }) => {
    if (path.startsWith('/msi/')) tokens++
    const challenge = 'Bearer authorization="https://login.evil.test/x", resource="https://evil.test"'
    return { status: 401, headers: { 'www-authenticate': challenge } }
  })
  setEnvironment(t, { IDENTITY_ENDPOINT: `http://${server.plainHost}/msi/token`, IDENTITY_HEADER: 'x' })
  const source = await createSecretSource({ provider: 'akv', dispatcher: server.dispatcher })
  await assert.rejects(source.read('https://acme.vault.azure.net/secrets/webhook', { signal }), StsError)
  assert.equal(tokens, 0)
})

test('AWS: a key without a region is an error at the start; an ARN has one', async (t) => {
  useAwsIdentity(t, { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined })
  const dispatcher = new Agent()
  t.after(() => dispatcher.destroy())
  await assert.rejects(
    createKmsSigner({ provider: 'aws', name: 'alias/app', dispatcher }),
    problem('region_missing'),
  )
  const name = 'arn:aws:kms:us-west-2:123456789012:alias/app'
  assert.ok(await createKmsSigner({ provider: 'aws', name, dispatcher }))
})

test('AWS: a workload without credentials is told so', async (t) => {
  useAwsIdentity(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  const dispatcher = new Agent()
  t.after(() => dispatcher.destroy())
  const source = await createSecretSource({ provider: 'aws', dispatcher })
  await assert.rejects(source.read('webhook', { signal }), problem('credentials'))
})
