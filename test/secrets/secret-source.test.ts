import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { CloudProvider } from '#pkg/cloud'
import { crc32c } from '#pkg/cloud'
import { StsError } from '#pkg/errors'
import { createSecretSource } from '#pkg/secrets'
import { awsError, refuseAws, useAwsIdentity } from '../cloud/support/aws-identity.ts'
import {
  azureError,
  challengeAzure,
  serveAzureIdentity,
  useAzureIdentity,
} from '../cloud/support/azure-identity.ts'
import {
  startCloudServer,
  type CloudAnswer,
  type CloudServer,
  type SeenRequest,
} from '../cloud/support/cloud-server.ts'
import {
  googleError,
  refuseGoogle,
  serveGoogleIdentity,
  useGoogleIdentity,
} from '../cloud/support/google-identity.ts'

const never = new AbortController().signal
const pause = (): Promise<void> => Promise.resolve()

/** One provider's secret manager. */
interface Protocol {
  /** What names the one secret. */
  readonly names: readonly string[]
  readonly useIdentity: (t: TestContext, host: string) => void
  readonly refuse: (request: SeenRequest) => CloudAnswer | undefined
  /** Whether this asks for the secret, of one of the names, as the provider documents it. */
  readonly isRight: (request: SeenRequest) => boolean
  readonly answer: (value: Buffer) => CloudAnswer
  readonly missing: CloudAnswer
  readonly disabled: CloudAnswer
  readonly denied: CloudAnswer
  readonly throttled: CloudAnswer
}

const ARN = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:webhook-AbCdEf'
const VERSION = '0123456789abcdef0123456789abcdef'

const PROTOCOLS: Readonly<Record<CloudProvider, Protocol>> = {
  gcp: {
    names: ['projects/acme/secrets/webhook/versions/3', 'projects/acme/secrets/webhook/versions/latest'],
    useIdentity: useGoogleIdentity,
    refuse: (request) => serveGoogleIdentity(request) ?? refuseGoogle(request),
    isRight: ({ method, host, path }) =>
      method === 'GET' &&
      host === 'secretmanager.googleapis.com' &&
      /^\/v1\/projects\/acme\/secrets\/webhook\/versions\/(?:3|latest):access$/.test(path),
    answer: (value) => ({
      status: 200,
      body: {
        name: 'projects/123456/secrets/webhook/versions/3',
        payload: { data: value.toString('base64'), dataCrc32c: String(crc32c(value)) },
      },
    }),
    missing: googleError(404, 'NOT_FOUND', 'no'),
    disabled: googleError(400, 'FAILED_PRECONDITION', 'no'),
    denied: googleError(403, 'PERMISSION_DENIED', 'no'),
    throttled: googleError(429, 'RESOURCE_EXHAUSTED', 'no'),
  },
  aws: {
    names: ['webhook', ARN],
    useIdentity: (t) => {
      useAwsIdentity(t)
    },
    refuse: refuseAws,
    isRight: ({ method, host, headers, body }) => {
      const { SecretId } = JSON.parse(body) as Record<string, unknown>
      const region = SecretId === ARN ? 'us-west-2' : 'eu-central-1'
      return (
        method === 'POST' &&
        host === `secretsmanager.${region}.amazonaws.com` &&
        headers['x-amz-target'] === 'secretsmanager.GetSecretValue' &&
        (SecretId === ARN || SecretId === 'webhook')
      )
    },
    answer: (value) => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      // Whoever stored text gets text.
      body: {
        ARN,
        ...(value.equals(Buffer.from(value.toString()))
          ? { SecretString: value.toString() }
          : { SecretBinary: value.toString('base64') }),
      },
    }),
    missing: awsError(400, 'ResourceNotFoundException'),
    disabled: awsError(400, 'InvalidRequestException'),
    denied: awsError(400, 'AccessDeniedException'),
    throttled: awsError(400, 'ThrottlingException'),
  },
  akv: {
    names: [
      'https://acme.vault.azure.net/secrets/webhook',
      `https://acme.vault.azure.net/secrets/webhook/${VERSION}`,
    ],
    useIdentity: useAzureIdentity,
    refuse: (request) => serveAzureIdentity(request) ?? challengeAzure(request),
    isRight: ({ method, host, path }) =>
      method === 'GET' &&
      host === 'acme.vault.azure.net' &&
      new RegExp(`^/secrets/webhook/(?:${VERSION})?\\?api(?:-|%2D)version=[\\d.-]+$`).test(path),
    answer: (value) => ({
      status: 200,
      body: {
        value: value.toString(),
        id: `https://acme.vault.azure.net/secrets/webhook/${VERSION}`,
        attributes: { enabled: true },
      },
    }),
    missing: azureError(404, 'SecretNotFound'),
    disabled: azureError(403, 'Forbidden', 'SecretDisabled'),
    denied: azureError(403, 'Forbidden', 'ForbiddenByPolicy'),
    throttled: azureError(429, 'Throttled'),
  },
}

async function createWorld(t: TestContext, provider: CloudProvider) {
  const protocol = PROTOCOLS[provider]
  const planned: CloudAnswer[] = []
  const server: CloudServer = await startCloudServer(t, (request) => {
    const refused = protocol.refuse(request)
    if (refused !== undefined) return refused
    return protocol.isRight(request) ? (planned.shift() ?? protocol.missing) : { status: 421 }
  })
  protocol.useIdentity(t, server.plainHost)
  const source = await createSecretSource({ provider, dispatcher: server.dispatcher, pause })
  const [name = '', other = ''] = protocol.names
  const read = (which = name, signal = never): Promise<Buffer> => source.read(which, { signal })
  const plan = (...answers: readonly CloudAnswer[]): void => void planned.push(...answers)
  return { protocol, server, read, plan, other }
}

async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StsError)
  assert.equal(error.reason, 'secret_unavailable')
  assert.doesNotMatch(JSON.stringify(error.detail), /CANARY/)
  assert.doesNotMatch(String(error.cause), /CANARY/)
  return error.detail['problem']
}

for (const provider of ['gcp', 'aws', 'akv'] as const) {
  describe(`the secret manager of ${provider}`, () => {
    const TEXTS = [
      'secret',
      ' with spaces, and a line feed\n',
      '{"json":"as it is"}',
      'ü€😀',
      'x'.repeat(25_000),
    ]
    for (const [index, text] of TEXTS.entries()) {
      test(`gives text ${index} unchanged`, async (t) => {
        const { protocol, plan, read } = await createWorld(t, provider)
        plan(protocol.answer(Buffer.from(text)))
        assert.equal((await read()).toString(), text)
      })
    }

    test('takes each form of a name', async (t) => {
      const { protocol, plan, read, other } = await createWorld(t, provider)
      plan(protocol.answer(Buffer.from('b')))
      assert.equal((await read(other)).toString(), 'b')
    })

    test('refuses an empty secret', async (t) => {
      const { protocol, plan, read } = await createWorld(t, provider)
      plan(protocol.answer(Buffer.alloc(0)))
      assert.equal(await problemOf(read()), 'empty')
    })

    const FINAL = { missing: 'not_found', disabled: 'disabled', denied: 'permission' } as const
    for (const [fault, problem] of Object.entries(FINAL) as [keyof typeof FINAL, string][]) {
      test(`says ${problem} at once`, async (t) => {
        const { protocol, plan, read } = await createWorld(t, provider)
        plan(protocol[fault], protocol.answer(Buffer.from('late')))
        assert.equal(await problemOf(read()), problem)
      })
    }

    test('asks again when throttled', async (t) => {
      const { protocol, plan, read } = await createWorld(t, provider)
      plan(protocol.throttled, 'cut', protocol.answer(Buffer.from('a')))
      assert.equal((await read()).toString(), 'a')
    })

    test('shows nothing of an answer that cannot be read', async (t) => {
      const { plan, read } = await createWorld(t, provider)
      const json = { 'content-type': 'application/json' }
      plan({ status: 200, headers: json, body: '{"value":"CANARY","SecretString":"CANARY' })
      assert.equal(await problemOf(read()), 'malformed')
      plan({ status: 200, body: { CANARY: 'CANARY' } })
      assert.equal(await problemOf(read()), 'malformed')
    })

    test('refuses an answer without an end', async (t) => {
      const { plan, read } = await createWorld(t, provider)
      plan({ status: 200, body: { value: 'x'.repeat(300_000) } })
      assert.equal(await problemOf(read()), 'malformed')
    })

    test('ends when its caller leaves', async (t) => {
      const { plan, read } = await createWorld(t, provider)
      plan('silence')
      const caller = new AbortController()
      const gone = new StsError('caller_gone')
      const reading = read(undefined, caller.signal)
      setTimeout(() => {
        caller.abort(gone)
      }, 50)
      await assert.rejects(reading, gone)
    })
  })
}

for (const provider of ['gcp', 'aws'] as const) {
  test(`${provider}: gives bytes unchanged`, async (t) => {
    const { protocol, plan, read } = await createWorld(t, provider)
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    plan(protocol.answer(bytes))
    assert.deepEqual(await read(), bytes)
  })
}

test('gcp: refuses a value that was damaged on its way', async (t) => {
  const { plan, read } = await createWorld(t, 'gcp')
  const damaged = { payload: { data: Buffer.from('b').toString('base64'), dataCrc32c: '1' } }
  const answer: CloudAnswer = { status: 200, body: damaged }
  plan(answer, answer, answer, answer)
  assert.equal(await problemOf(read()), 'corrupted')
})
