import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '#pkg/cloud'
import { StsError } from '#pkg/errors'
import { createKmsSigner } from '#pkg/signer'
import { startKeyService } from './support/start-key-service.ts'

const never = new AbortController().signal
const SIGNATURE = Buffer.alloc(256, 7)
const GOOD = {
  name: 'projects/acme/locations/global/keyRings/sts/cryptoKeys/app/cryptoKeyVersions/1',
  signature: SIGNATURE.toString('base64'),
  signatureCrc32c: String(crc32c(SIGNATURE)),
  verifiedDigestCrc32c: true,
}

const REFUSED: readonly (readonly [name: string, problem: string, answer: object])[] = [
  ['a signature that was damaged', 'corrupted', { ...GOOD, signatureCrc32c: '1' }],
  ['a digest that arrived damaged', 'corrupted', { ...GOOD, verifiedDigestCrc32c: false }],
  ['a digest that nobody checked', 'corrupted', { ...GOOD, verifiedDigestCrc32c: undefined }],
  ['a signature of another version', 'malformed', { ...GOOD, name: GOOD.name.replace(/1$/, '2') }],
  ['no checksum', 'malformed', { ...GOOD, signatureCrc32c: undefined }],
  ['no base64', 'malformed', { ...GOOD, signature: '!' }],
]
for (const [name, problem, body] of REFUSED) {
  test(`Cloud KMS: refuses ${name}`, async (t) => {
    const service = await startKeyService(t, 'gcp')
    const { dispatcher } = service
    const pause = (): Promise<void> => Promise.resolve()
    const signer = await createKmsSigner({ provider: 'gcp', name: service.name, dispatcher, pause })
    service.fail({ status: 200, body })
    await assert.rejects(signer.sign(Buffer.from('input'), never), (error) => {
      assert.ok(error instanceof StsError)
      assert.equal(error.detail['problem'], problem)
      return true
    })
    assert.equal(service.signatures(), problem === 'corrupted' ? 4 : 1)
  })
}

test('Cloud KMS: asks for one access token for many signatures', async (t) => {
  const service = await startKeyService(t, 'gcp')
  const { dispatcher, name, requests } = service
  const signer = await createKmsSigner({ provider: 'gcp', name, dispatcher })
  for (let round = 0; round < 3; round++) await signer.sign(Buffer.from('input'), never)
  const tokens = requests.filter(({ path }) => path.includes('/service-accounts/default/token'))
  assert.equal(tokens.length, 1)
})
