import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  type KeySpec,
} from '@aws-sdk/client-kms'
import { Agent } from 'undici'
import { StsError } from '#pkg/errors'
import { createKmsSigner } from '#pkg/signer'
import { setEnvironment } from '../cloud/support/cloud-server.ts'
import { useAwsIdentity } from '../cloud/support/aws-identity.ts'
import { MOTO_MISSING, startMoto } from '../cloud/support/moto.ts'

const never = new AbortController().signal
const INPUT = Buffer.from('header.payload')

/** Signs with real keys: https://docs.getmoto.org/en/latest/docs/services/kms.html */
async function start(t: TestContext) {
  const url = await startMoto(t)
  useAwsIdentity(t)
  setEnvironment(t, { AWS_ENDPOINT_URL_KMS: url })
  const client = new KMSClient()
  const dispatcher = new Agent()
  t.after(() => {
    client.destroy()
    return dispatcher.destroy()
  })
  return {
    client,
    createKey: async (KeySpec: KeySpec): Promise<string> => {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }))
      return KeyMetadata?.Arn ?? ''
    },
    open: (name: string, isVerified = true) =>
      createKmsSigner({ provider: 'aws', name, dispatcher, verify: isVerified }),
  }
}

test('AWS KMS as another project plays it', { skip: MOTO_MISSING, timeout: 60_000 }, async (t) => {
  const { client, createKey, open } = await start(t)

  for (const spec of ['RSA_2048', 'RSA_4096'] as const) {
    const arn = await createKey(spec)
    const alias = `alias/${spec}`
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: arn }))
    const { PublicKey: der = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId: arn }))
    const publicKey = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
    for (const name of [arn, arn.split('/')[1] ?? '', alias]) {
      const signature = await (await open(name)).sign(INPUT, never)
      assert.ok(verify('sha256', INPUT, publicKey, signature), `${spec} as ${name}`)
    }
  }

  const missing = (await createKey('RSA_2048')).replace(/.{12}$/, '000000000000')
  await assert.rejects((await open(missing, false)).sign(INPUT, never), (error) => {
    assert.ok(error instanceof StsError)
    assert.equal(error.detail['problem'], 'not_found')
    return true
  })
})
