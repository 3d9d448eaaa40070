import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { StsError } from '#pkg/errors'
import { createKmsSigner, type KmsSignerOptions, type Signer } from '#pkg/signer'
import { toLoggable } from '../../pkg/telemetry/loggable.ts'
import type { Fault, KeyService } from './support/key-service.ts'
import { PUBLIC_KEY, startKeyService } from './support/start-key-service.ts'

const INPUT = Buffer.from('header.payload')
const never = new AbortController().signal
const PROVIDERS = ['gcp', 'aws', 'akv'] as const

interface World {
  readonly service: KeyService
  readonly signer: Signer
  /** Milliseconds of each pause that was asked for. */
  readonly pauses: readonly number[]
}

async function createWorld(
  t: TestContext,
  provider: (typeof PROVIDERS)[number],
  options: Partial<KmsSignerOptions> = {},
): Promise<World> {
  const service = await startKeyService(t, provider)
  const pauses: number[] = []
  const signer = await createKmsSigner({
    provider,
    name: service.name,
    dispatcher: service.dispatcher,
    pause: (ms) => {
      pauses.push(ms)
      return Promise.resolve()
    },
    random: () => 0,
    ...options,
  })
  return { service, signer, pauses }
}

async function errorOf(promise: Promise<unknown>): Promise<StsError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StsError, inspect(error))
  return error
}

for (const provider of PROVIDERS) {
  describe(`a signer over the key service of ${provider}`, () => {
    test('signs RS256, and never reads the public key', async (t) => {
      const { service, signer } = await createWorld(t, provider)
      for (let round = 0; round < 2; round++) {
        assert.ok(verify('sha256', INPUT, PUBLIC_KEY, await signer.sign(INPUT, never)))
      }
      assert.equal(service.signatures(), 2)
      assert.equal(service.publicKeyReads(), 0)
      assert.ok(signer.description.includes(provider))
    })

    test('opens nothing before the first signature', async (t) => {
      const { service } = await createWorld(t, provider)
      assert.equal(service.requests.length, 0)
    })

    const FINAL: readonly Fault[] = ['credentials', 'permission', 'not_found', 'disabled', 'unsuitable']
    for (const fault of FINAL) {
      test(`says ${fault} at once`, async (t) => {
        const { service, signer, pauses } = await createWorld(t, provider)
        service.fail(service.faults[fault])
        const error = await errorOf(signer.sign(INPUT, never))
        assert.equal(error.reason, 'app_key_unavailable')
        assert.equal(error.detail['provider'], provider)
        assert.equal(error.detail['problem'], fault)
        assert.deepEqual(pauses, [])
        assert.ok(service.signatures() <= 2, 'a vault may be asked with a second token')
      })
    }

    for (const fault of ['throttled', 'unavailable'] as const) {
      test(`asks again when ${fault}, after longer and longer pauses`, async (t) => {
        const { service, signer, pauses } = await createWorld(t, provider)
        service.fail(service.faults[fault], 2)
        assert.ok(verify('sha256', INPUT, PUBLIC_KEY, await signer.sign(INPUT, never)))
        assert.deepEqual(pauses, [100, 200])
      })

      test(`gives up after four attempts when ${fault}`, async (t) => {
        const { service, signer } = await createWorld(t, provider)
        service.fail(service.faults[fault])
        assert.equal((await errorOf(signer.sign(INPUT, never))).detail['problem'], fault)
        assert.equal(service.signatures(), 4)
      })
    }

    test('asks again after a lost connection', async (t) => {
      const { service, signer } = await createWorld(t, provider)
      service.fail('cut', 1)
      assert.ok(verify('sha256', INPUT, PUBLIC_KEY, await signer.sign(INPUT, never)))
    })

    test('refuses what is no answer, and shows nothing of it', async (t) => {
      const { service, signer } = await createWorld(t, provider)
      for (const body of ['<html>CANARY', { value: 'CANARY', CANARY: 1 }, 'CANARY'.repeat(100_000)]) {
        service.fail({ status: 200, body }, 1)
        const error = await errorOf(signer.sign(INPUT, never))
        assert.ok(
          ['malformed', 'signature_length'].includes(String(error.detail['problem'])),
          inspect(error.detail),
        )
        assert.doesNotMatch(JSON.stringify(toLoggable({ err: error })), /CANARY/)
      }
    })

    test('does not follow redirects', async (t) => {
      const { service, signer } = await createWorld(t, provider)
      service.fail({ status: 307, headers: { location: 'http://127.0.0.1:1/' } })
      assert.equal((await errorOf(signer.sign(INPUT, never))).detail['problem'], 'refused')
    })

    for (const bytes of [0, 64, 255, 257, 1024]) {
      test(`refuses a signature of ${bytes} bytes`, async (t) => {
        const { service, signer } = await createWorld(t, provider)
        service.useSignature(randomBytes(bytes))
        const { problem } = (await errorOf(signer.sign(INPUT, never))).detail
        assert.ok(problem === 'signature_length' || (bytes === 0 && problem === 'malformed'), String(problem))
      })
    }

    test('ends when its caller leaves, and the call with it', { timeout: 10_000 }, async (t) => {
      const { service, signer } = await createWorld(t, provider)
      await signer.sign(INPUT, never)
      service.fail('silence')
      const caller = new AbortController()
      const gone = new StsError('caller_gone')
      const signing = signer.sign(INPUT, caller.signal)
      setTimeout(() => {
        caller.abort(gone)
      }, 20)
      await assert.rejects(signing, gone)
      await assert.rejects(signer.sign(INPUT, AbortSignal.abort(gone)), gone)
    })
  })

  describe(`a verifying signer over the key service of ${provider}`, () => {
    test('reads the public key once', async (t) => {
      const { service, signer } = await createWorld(t, provider, { verify: true })
      for (let round = 0; round < 3; round++) await signer.sign(INPUT, never)
      assert.equal(service.publicKeyReads(), 1)
    })

    test('refuses a signature of another key', async (t) => {
      const { service, signer } = await createWorld(t, provider, { verify: true })
      service.useKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
      assert.equal((await errorOf(signer.sign(INPUT, never))).detail['problem'], 'signature_mismatch')
    })

    test('follows a key that has been rotated', async (t) => {
      const { service, signer } = await createWorld(t, provider, { verify: true })
      await signer.sign(INPUT, never)
      const next = generateKeyPairSync('rsa', { modulusLength: 2048 })
      service.useKey(next.privateKey)
      service.usePublicKey(next.publicKey)
      assert.ok(verify('sha256', INPUT, next.publicKey, await signer.sign(INPUT, never)))
      assert.equal(service.publicKeyReads(), 2)
    })

    test('says that a key is of the wrong kind', async (t) => {
      const { service, signer } = await createWorld(t, provider, { verify: true })
      service.usePublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
      assert.equal((await errorOf(signer.sign(INPUT, never))).detail['problem'], 'unsuitable')
    })
  })
}

describe('a key service that says nothing', { concurrency: true, timeout: 30_000 }, () => {
  for (const provider of PROVIDERS) {
    test(`has five seconds (${provider})`, async (t) => {
      const { service, signer } = await createWorld(t, provider)
      service.fail('silence')
      const { problem } = (await errorOf(signer.sign(INPUT, never))).detail
      assert.equal(problem, 'timeout')
    })
  }
})

for (const provider of PROVIDERS) {
  test(`an error without a body has a status all the same (${provider})`, async (t) => {
    const { service, signer } = await createWorld(t, provider)
    service.fail({ status: 503 }, 1)
    assert.ok(verify('sha256', INPUT, PUBLIC_KEY, await signer.sign(INPUT, never)))
    service.fail({ status: 403 })
    assert.equal((await errorOf(signer.sign(INPUT, never))).detail['problem'], 'permission')
  })
}
