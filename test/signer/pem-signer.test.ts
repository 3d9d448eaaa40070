import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { StsError } from '#pkg/errors'
import { createPemSigner } from '#pkg/signer'

const never = new AbortController().signal
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

function encrypted(type: 'pkcs1' | 'pkcs8'): string {
  return privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString()
}

function pemOf(key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

describe('a PEM signer', () => {
  for (const [form, pem] of [
    ['PKCS#1', pkcs1],
    ['PKCS#8', pkcs8],
    ['PKCS#1 with CRLF and a blank line around it', `\r\n${pkcs1.replaceAll('\n', '\r\n')}\r\n`],
  ] as const) {
    it(`signs RS256 with a key in ${form}`, async () => {
      const signer = createPemSigner(pem)
      const input = Buffer.from('header.payload')
      const signature = await signer.sign(input, never)
      assert.ok(verify('sha256', input, createPublicKey(privateKey), signature))
      assert.equal(signer.description, 'PEM, RSA 2048')
    })
  }

  const unusable: readonly (readonly [string, string])[] = [
    ['the key is empty', ' \n'],
    ['the key is encrypted', encrypted('pkcs1')],
    ['the key is encrypted', encrypted('pkcs8')],
    ['this is a public key', createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()],
    ['this is a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['its line breaks are written as \\n', pkcs1.replaceAll('\n', '\\n')],
    ['not a private key in PEM', 'hello'],
    ['not a private key in PEM', pkcs1.slice(0, 400)],
    ['the key is not an RSA key', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['the key is not an RSA key', pemOf(generateKeyPairSync('ed25519').privateKey)],
    [
      'the key is not an RSA key',
      pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256' }).privateKey),
    ],
    [
      'the RSA key has fewer than 2048 bits',
      pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    ],
  ]
  for (const [index, [problem, pem]] of unusable.entries()) {
    it(`refuses unusable key ${index}: ${problem}`, () => {
      assert.throws(
        () => createPemSigner(pem),
        (error) => {
          assert.ok(error instanceof StsError)
          assert.equal(error.reason, 'app_key_unavailable')
          assert.equal(error.detail['problem'], problem)
          const secret = pem.slice(40, 80)
          assert.ok(secret.length < 20 || !inspect(error, { depth: 9 }).includes(secret))
          return true
        },
      )
    })
  }

  it('does not sign for a caller who has gone', async () => {
    const reason = new StsError('caller_gone')
    await assert.rejects(createPemSigner(pkcs1).sign(Buffer.from('x'), AbortSignal.abort(reason)), reason)
  })
})
