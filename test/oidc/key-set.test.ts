import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { generate } from 'selfsigned'
import { readToken } from '#pkg/jwt'
import type { Algorithm } from '../../pkg/oidc/algorithms.ts'
import { importVerificationKey } from '../../pkg/oidc/jwk.ts'
import { KEY_SET_MAX_KEYS, readKeySet, verifyWithKeySet } from '../../pkg/oidc/key-set.ts'
import { createSigningKey, forgeToken, type SigningKey } from './support/token.ts'

const CLAIMS = { iss: 'https://issuer.test' }
const ec = createSigningKey('ec')
const rsa = createSigningKey('rsa', 'RS256')
const ed = createSigningKey('ed', 'EdDSA')
const isUsed = (jwk: unknown): boolean => importVerificationKey(jwk) !== undefined

/** A number in base64url. */
const encodeNumber = (value: bigint): string => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

describe('J: a key is used', () => {
  test('if it is a public signature key', () => {
    for (const { jwk } of [ec, rsa, ed]) {
      assert.ok(isUsed(jwk))
      assert.ok(isUsed({ ...jwk, alg: undefined, use: undefined, kid: undefined }))
      assert.ok(isUsed({ ...jwk, use: undefined, key_ops: ['verify'] }))
      assert.ok(isUsed({ ...jwk, ext: false, x5t: 'whatever', unknown: { a: 1 } }))
    }
  })

  const refused: Readonly<Record<string, unknown>> = {
    'not an object': 'key',
    null: null,
    'a list': [ec.jwk],
    'without kty': { ...ec.jwk, kty: undefined },
    'of an unknown type': { ...ec.jwk, kty: 'XYZ' },
    'of a type in another case': { ...ec.jwk, kty: 'ec' },
    symmetric: { kty: 'oct', k: 'AAAA', kid: 'a' },
    'private EC': ec.privateKey.export({ format: 'jwk' }),
    'private RSA': rsa.privateKey.export({ format: 'jwk' }),
    'private EdDSA': ed.privateKey.export({ format: 'jwk' }),
    'with a secret beside it': { ...ec.jwk, k: 'AAAA' },
    'for encryption': { ...ec.jwk, use: 'enc' },
    'with a use that is a list': { ...ec.jwk, use: ['sig'] },
    'with key_ops without verify': { ...ec.jwk, key_ops: ['sign'] },
    'with no key_ops at all': { ...ec.jwk, key_ops: [] },
    'with key_ops that is a string': { ...ec.jwk, key_ops: 'verify' },
    'for an algorithm that is not allowed': { ...rsa.jwk, alg: 'RSA-OAEP' },
    'for HS256': { ...rsa.jwk, alg: 'HS256' },
    'for an algorithm of another key type': { ...ec.jwk, alg: 'RS256' },
    'for an algorithm of another curve': { ...ec.jwk, alg: 'ES384' },
    'with a kid that is a number': { ...ec.jwk, kid: 1 },
    'on a curve that is not allowed': generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(
      { format: 'jwk' },
    ),
    'for key agreement': generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }),
    Ed448: generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }),
    'that is no point on its curve': { ...ec.jwk, y: ec.jwk['x'] },
    'without a coordinate': { ...ec.jwk, y: undefined },
    'with a coordinate that is too short': { ...ec.jwk, x: 'AAAA' },
    'with a modulus that is no base64url': { ...rsa.jwk, n: `${String(rsa.jwk['n'])}=` },
    'with an empty modulus': { ...rsa.jwk, n: '' },
    'RSA below 2,048 bits': createSigningKey('a', 'RS256', 2047).jwk,
    'RSA of 1,024 bits with leading zeros': {
      ...rsa.jwk,
      n: Buffer.concat([
        Buffer.alloc(128),
        Buffer.from(String(createSigningKey('a', 'RS256', 1024).jwk['n']), 'base64url'),
      ]).toString('base64url'),
    },
    'RSA above 8,192 bits': { ...rsa.jwk, n: encodeNumber((1n << 8192n) + 1n) },
    'with exponent 1': { ...rsa.jwk, e: encodeNumber(1n) },
    'with exponent 0': { ...rsa.jwk, e: 'AA' },
    'with an even exponent': { ...rsa.jwk, e: encodeNumber(65536n) },
    'with an exponent as long as its modulus': { ...rsa.jwk, e: rsa.jwk['n'] },
    'with an empty x5c': { ...ec.jwk, x5c: [] },
    'with a broken x5c': { ...ec.jwk, x5c: ['not a certificate'] },
    'with an x5c that is a string': { ...ec.jwk, x5c: 'AAAA' },
  }
  for (const [what, jwk] of Object.entries(refused)) {
    test(`not if it is ${what}`, () => {
      assert.equal(isUsed(jwk), false)
    })
  }

  test('with exponent 3, and with 8,192 bits', () => {
    assert.ok(isUsed(createSigningKey('a', 'RS256', 2048, 3).jwk))
    assert.ok(isUsed({ ...rsa.jwk, n: encodeNumber((1n << 8191n) + 1n) }))
  })

  test('with an x5c that is of this very key', async () => {
    const { cert, private: pem } = await generate(undefined, { keyType: 'ec', algorithm: 'sha256' })
    const jwk = createPublicKey(pem).export({ format: 'jwk' })
    const x5c = [cert.replace(/-----[A-Z ]+-----|\s/g, '')]
    assert.ok(isUsed({ ...jwk, x5c }))
    assert.equal(isUsed({ ...ec.jwk, x5c }), false)
  })

  test('or not, but nothing that stands in a key set makes its import throw', () => {
    const value = fc.oneof(
      fc.constantFrom('RSA', 'EC', 'OKP', 'P-256', 'Ed25519', 'AQAB', 'sig'),
      fc.jsonValue(),
      fc.base64String(),
    )
    const names = fc.constantFrom(
      'kty',
      'n',
      'e',
      'crv',
      'x',
      'y',
      'use',
      'alg',
      'kid',
      'key_ops',
      'x5c',
      'ext',
    )
    fc.assert(
      fc.property(fc.dictionary(names, value), fc.constantFrom(ec, rsa, ed), (members, key) => {
        importVerificationKey({ ...members })
        importVerificationKey({ ...key.jwk, ...members })
      }),
      { numRuns: 300 },
    )
  })
})

describe('J: a key set', () => {
  test('is not spoiled by keys that cannot be used', async () => {
    const bad = [{ kty: 'XYZ' }, { ...ec.jwk, x5c: ['broken'] }, null, 1, 'x', [], { ...rsa.jwk, n: '!' }]
    assert.deepEqual(
      (await readKeySet({ keys: [...bad, ec.jwk, ...bad] })).map(({ kid }) => kid),
      ['ec'],
    )
  })

  test('without a usable key is refused', async () => {
    for (const document of [
      { keys: [] },
      { keys: [{ kty: 'oct', k: 'AAAA' }] },
      {},
      [],
      null,
      'x',
      { keys: { 0: ec.jwk } },
      { keys: 'x' },
    ]) {
      await assert.rejects(readKeySet(document), { reason: 'issuer_key_set_unusable' })
    }
  })

  test('is read up to its hundredth key', async () => {
    const keys = Array.from({ length: KEY_SET_MAX_KEYS + 50 }, (_, i) => ({ ...ec.jwk, kid: String(i) }))
    assert.equal((await readKeySet({ keys })).length, KEY_SET_MAX_KEYS)
  })

  test('leaves turns to others, however many keys it has', async () => {
    const keys = Array.from({ length: KEY_SET_MAX_KEYS }, (_, i) => ({ ...ec.jwk, kid: String(i) }))
    const reading = { ended: false }
    const read = readKeySet({ keys }).finally(() => (reading.ended = true))
    let turns = 0
    for (; !reading.ended; turns++) await new Promise((resolve) => setImmediate(resolve))
    await read
    assert.ok(turns >= KEY_SET_MAX_KEYS, `${turns} turns`)
  })
})

describe('J: the keys that a token is tried with', () => {
  const ES256: ReadonlySet<Algorithm> = new Set<Algorithm>(['ES256'])

  async function verdict(
    bearer: Promise<string> | string,
    keys: readonly object[],
    algorithms = ES256,
  ): Promise<string> {
    return verifyWithKeySet(readToken(await bearer), await readKeySet({ keys }), algorithms)
  }
  const other = createSigningKey('other')
  const withId = ({ jwk }: SigningKey, kid?: string): object => ({ ...jwk, kid })

  test('are those with its kid', async () => {
    assert.equal(await verdict(ec.sign(CLAIMS), [other.jwk, ec.jwk]), 'verified')
    assert.equal(await verdict(ec.sign(CLAIMS, { kid: 'other' }), [other.jwk, ec.jwk]), 'not_verified')
    assert.equal(await verdict(ec.sign(CLAIMS, { kid: 'unknown' }), [other.jwk, ec.jwk]), 'no_key')
    assert.equal(await verdict(ec.sign(CLAIMS), [withId(ec)]), 'no_key')
    assert.equal(await verdict(ec.sign(CLAIMS, { kid: '' }), [ec.jwk]), 'no_key')
  })

  test('are each of several with its kid', async () => {
    assert.equal(
      await verdict(ec.sign(CLAIMS, { kid: 'same' }), [withId(other, 'same'), withId(ec, 'same')]),
      'verified',
    )
  })

  test('are all if it has no kid, ten at most', async () => {
    const bearer = ec.sign(CLAIMS, { kid: undefined })
    const nine = Array.from({ length: 9 }, () => other.jwk)
    assert.equal(await verdict(bearer, [...nine, ec.jwk]), 'verified')
    assert.equal(await verdict(bearer, [...nine, other.jwk, ec.jwk]), 'not_verified')
    assert.equal(await verdict(bearer, [...nine, rsa.jwk, ed.jwk, ec.jwk]), 'verified')
  })

  test('are of its algorithm', async () => {
    const algorithms = new Set<Algorithm>(['RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'EdDSA'])
    const plain = { ...rsa.jwk, alg: undefined }
    assert.equal(await verdict(rsa.sign(CLAIMS), [plain], algorithms), 'verified')
    assert.equal(await verdict(rsa.sign(CLAIMS), [{ ...rsa.jwk, alg: 'RS384' }], algorithms), 'no_key')
    assert.equal(await verdict(rsa.sign(CLAIMS), [{ ...rsa.jwk, alg: 'PS256' }], algorithms), 'no_key')
    for (const alg of ['ES256', 'ES384', 'EdDSA']) {
      assert.equal(await verdict(forgeToken({ alg, kid: 'rsa' }, CLAIMS), [plain], algorithms), 'no_key', alg)
    }
    assert.equal(
      await verdict(
        forgeToken({ alg: 'ES384', kid: 'ec' }, CLAIMS),
        [{ ...ec.jwk, alg: undefined }],
        algorithms,
      ),
      'no_key',
    )
  })

  test('verify no signature of a wrong length or form', async () => {
    const all = new Set<Algorithm>(['RS256', 'PS256', 'ES256', 'EdDSA'])
    const keys = [{ ...rsa.jwk, alg: undefined }, ec.jwk, ed.jwk]
    for (const length of [0, 1, 32, 63, 64, 65, 70, 72, 128, 255, 256, 257, 1024]) {
      for (const fill of [0, 1, 0x30, 0xff]) {
        for (const alg of all) {
          const bearer = forgeToken({ alg }, CLAIMS, Buffer.alloc(length, fill).toString('base64url'))
          assert.equal(await verdict(bearer, keys, all), 'not_verified', `${alg} ${length}`)
        }
      }
    }
  })
})
