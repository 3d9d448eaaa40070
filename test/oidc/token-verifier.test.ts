import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { DISCOVERY_PATH, json, KEYS_PATH } from './support/issuer-server.ts'
import { createSigningKey, encodePart, forgeToken } from './support/token.ts'
import { createWorld, ISSUER, publish, rejectsWith } from './support/world.ts'

const MINUTE_S = 60
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

describe('a token that verifies', () => {
  test('comes out with its issuer, subject, audiences, claims and end', async (t) => {
    const world = await createWorld(t)
    const exp = Math.floor(world.now() / 1000) + 60
    const token = await world.verify({ aud: ['a', 'b'], exp, repository: 'acme/app' })
    assert.equal(token.issuer, ISSUER)
    assert.equal(token.subject, 'repo:acme/app')
    assert.deepEqual(token.audiences, ['a', 'b'])
    assert.equal(token.expiresAt, exp * 1000)
    assert.equal(token.claims['repository'], 'acme/app')
  })

  test('may have no audience: that is for the policy to judge', async (t) => {
    const world = await createWorld(t)
    assert.deepEqual((await world.verify({ aud: undefined })).audiences, [])
    assert.deepEqual((await world.verify({ aud: [] })).audiences, [])
  })

  for (const alg of ALGORITHMS) {
    test(`J: is signed with ${alg}`, async (t) => {
      const world = await createWorld(t)
      const key = createSigningKey('other', alg)
      publish(world.server, [key])
      const bearer = await key.sign(world.claims())
      await world.verify(bearer)
      await rejectsWith(world.verify(tamperWithSignature(bearer)), 'token_signature')
      const [header = '', payload = ''] = bearer.split('.')
      await rejectsWith(world.verify(`${header}.${payload}.`), 'token_signature')
      const otherPayload = encodePart({ ...world.claims(), sub: 'repo:acme/other' })
      await rejectsWith(world.verify(bearer.replace(payload, otherPayload)), 'token_signature')
    })
  }

  test('J: jwk, jku, x5u and x5c in its header are ignored, nothing is fetched for them', async (t) => {
    const world = await createWorld(t)
    const stranger = createSigningKey('k1')
    const bait = {
      jwk: stranger.jwk,
      jku: 'https://issuer.test/evil',
      x5u: 'https://issuer.test/evil',
      x5c: ['AAAA'],
    }
    await world.verify(await world.key.sign(world.claims(), bait))
    await rejectsWith(world.verify(await stranger.sign(world.claims(), bait)), 'token_signature')
    assert.equal(world.server.count('/evil'), 0)
    assert.equal(world.server.count(), 2)
  })
})

describe('algorithms and headers', () => {
  test('J: what is not in the allowed set is refused, nothing is fetched', async (t) => {
    const world = await createWorld(t)
    for (const alg of [
      'none',
      'None',
      'NONE',
      'HS256',
      'HS384',
      'HS512',
      'ES256K',
      'rs256',
      'es256',
      'RS1',
      'Ed25519',
      'constructor',
      '__proto__',
      'toString',
      ' RS256',
    ]) {
      await rejectsWith(
        world.verify(forgeToken({ alg, kid: 'k1' }, world.claims())),
        'token_algorithm_refused',
      )
      await rejectsWith(
        world.verify(forgeToken({ alg, kid: 'k1' }, world.claims(), '')),
        'token_algorithm_refused',
      )
    }
    assert.equal(world.server.count(), 0)
  })

  test('J: a public key is not taken for an HMAC secret', async (t) => {
    const world = await createWorld(t)
    const pem = world.key.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const input = `${encodePart({ alg: 'HS256', kid: 'k1' })}.${encodePart(world.claims())}`
    const signature = createHmac('sha256', pem).update(input).digest('base64url')
    await rejectsWith(world.verify(`${input}.${signature}`), 'token_algorithm_refused')
  })

  test('J: crit, b64 and zip are refused, nothing is fetched', async (t) => {
    const world = await createWorld(t)
    for (const header of [
      { crit: ['exp'] },
      { crit: ['b64'], b64: true },
      { crit: [] },
      { b64: false },
      { b64: true },
      { zip: 'DEF' },
    ]) {
      const bearer = forgeToken({ alg: 'ES256', kid: 'k1', ...header }, world.claims())
      await rejectsWith(world.verify(bearer), 'token_critical_header')
    }
    assert.equal(world.server.count(), 0)
  })

  test('J: an algorithm that the issuer does not advertise is refused, though its keys would fit', async (t) => {
    const world = await createWorld(t)
    const rsa = createSigningKey('rsa', 'RS256')
    const jwk = { ...rsa.jwk, alg: undefined }
    world.server.on(KEYS_PATH, json({ keys: [jwk] }))
    const advertise = (values: unknown): void => {
      world.server.on(
        DISCOVERY_PATH,
        json({
          issuer: ISSUER,
          jwks_uri: `${ISSUER}${KEYS_PATH}`,
          id_token_signing_alg_values_supported: values,
        }),
      )
    }
    const signedWith = (alg: string): string => forgeToken({ alg, kid: 'rsa' }, world.claims())
    advertise(['HS256', 'RS384', 'none'])
    await rejectsWith(world.verify(signedWith('RS256')), 'token_algorithm_refused')
    await rejectsWith(world.verify(signedWith('RS384')), 'token_signature')
    advertise(['HS256', 'none'])
    world.advance(24 * 60 * MINUTE_S * 1000)
    await rejectsWith(world.verify(signedWith('RS384')), 'token_algorithm_refused')
  })

  test('J: an issuer that advertises nothing signs with RS256 alone', async (t) => {
    const world = await createWorld(t)
    const rsa = createSigningKey('rsa', 'RS256')
    const ec = createSigningKey('ec')
    world.server.on(DISCOVERY_PATH, json({ issuer: ISSUER, jwks_uri: `${ISSUER}${KEYS_PATH}` }))
    world.server.on(KEYS_PATH, json({ keys: [rsa.jwk, ec.jwk] }))
    await world.verify(await rsa.sign(world.claims()))
    await rejectsWith(world.verify(await ec.sign(world.claims())), 'token_algorithm_refused')
  })
})

describe('times', () => {
  test('J: exp has no leeway', async (t) => {
    const world = await createWorld(t)
    const now = world.now() / 1000
    await world.verify({ exp: now + 0.001 })
    await rejectsWith(world.verify({ exp: now }), 'token_expired')
    await rejectsWith(world.verify({ exp: now - 1 }), 'token_expired')
    await rejectsWith(world.verify({ exp: -1e300 }), 'token_expired')
    await rejectsWith(world.verify({ exp: 0 }), 'token_expired')
  })

  test('J: nbf may be up to five minutes ahead', async (t) => {
    const world = await createWorld(t)
    const now = world.now() / 1000
    await world.verify({ nbf: now + 5 * MINUTE_S })
    await world.verify({ nbf: -1 })
    await rejectsWith(world.verify({ nbf: now + 5 * MINUTE_S + 1 }), 'token_not_yet_valid')
  })

  test('J: iat is not judged', async (t) => {
    const world = await createWorld(t)
    for (const iat of [undefined, 0, -5, 4e9, 1.5]) await world.verify({ iat })
  })

  test('a token that ends while its keys are being fetched is refused', async (t) => {
    const world = await createWorld(t)
    const keys = json({ keys: [world.key.jwk] })
    world.server.on(KEYS_PATH, (response, request) => {
      world.advance(2_000)
      keys(response, request)
    })
    await rejectsWith(world.verify({ exp: world.now() / 1000 + 1 }), 'token_expired')
  })

  test('J: nothing is fetched for a token that is out of its time', async (t) => {
    const world = await createWorld(t)
    await rejectsWith(world.verify({ exp: 1 }), 'token_expired')
    await rejectsWith(world.verify({ nbf: 4e9 }), 'token_not_yet_valid')
    assert.equal(world.server.count(), 0)
  })
})

describe('claims', () => {
  const malformed: Readonly<Record<string, string>> = {
    'exp absent': '{"exp":null}',
    'exp a string': '{"exp":"4000000000"}',
    'exp a list': '{"exp":[4000000000]}',
    'exp infinite': '{"exp":1e999}',
    'exp past all calendars': '{"exp":1e300}',
    'nbf a string': '{"nbf":"1"}',
    'nbf null': '{"nbf":null}',
    'nbf infinite': '{"nbf":-1e999}',
    'iat a string': '{"iat":"1"}',
    'iat infinite': '{"iat":1e999}',
    'sub a number': '{"sub":1}',
    'sub a list': '{"sub":["repo:acme/app"]}',
    'sub null': '{"sub":null}',
    'aud a number': '{"aud":1}',
    'aud an object': '{"aud":{"a":"b"}}',
    'aud null': '{"aud":null}',
    'aud a list with a number': '{"aud":["a",1]}',
    'aud a list of lists': '{"aud":[["a"]]}',
  }
  for (const [what, members] of Object.entries(malformed)) {
    test(`J: refuses ${what}`, async (t) => {
      const world = await createWorld(t)
      // Not through JSON.parse, which would make a null of what is infinite.
      const names = Object.keys(JSON.parse(members) as object)
      const others = Object.fromEntries(
        Object.entries(world.claims()).filter(([name]) => !names.includes(name)),
      )
      const text = `${JSON.stringify(others).slice(0, -1)},${members.slice(1)}`
      await rejectsWith(world.verify(await world.key.sign(text)), 'token_claims_malformed')
      assert.equal(world.server.count(), 0)
    })
  }

  test('J: refuses a token without exp or without sub', async (t) => {
    const world = await createWorld(t)
    await rejectsWith(world.verify({ exp: undefined }), 'token_claims_malformed')
    await rejectsWith(world.verify({ sub: undefined }), 'token_claims_malformed')
  })

  test('J: refuses a subject or an audience outside its syntax', async (t) => {
    const world = await createWorld(t)
    for (const sub of ['', 'a b', 'a\nb', 'a"b', 'a`b', '$(id)', 'x'.repeat(256)]) {
      await rejectsWith(world.verify({ sub }), 'token_subject_syntax')
    }
    for (const aud of ['', 'a b', 'a@b', 'a|b', ['ok', 'a\u200bb'], 'x'.repeat(256)]) {
      await rejectsWith(world.verify({ aud }), 'token_audience_syntax')
    }
    assert.equal(world.server.count(), 0)
  })

  test('S1: refuses an issuer outside its syntax before anything is asked', async (t) => {
    const world = await createWorld(t)
    for (const iss of [
      'http://issuer.test',
      'https://issuer.test?a=b',
      'https://u@issuer.test',
      'https://exa%6dple.com',
      'https://example。com',
      'https:\\\\issuer.test',
      'https://issuer\t.test',
      ' https://issuer.test',
      'file:///etc/passwd',
      'https://issuer.test/a/../b',
      'x'.repeat(300),
      'http://localhost:1',
    ]) {
      const error = await rejectsWith(world.verify({ iss }), 'issuer_syntax')
      assert.equal(error.code, 'ISSUER_INVALID')
    }
    assert.deepEqual(world.network.lookups, [])
    assert.deepEqual(world.network.dialled, [])
  })
})

test('keys and tokens of one issuer are worth nothing for another', async (t) => {
  const world = await createWorld(t)
  world.network.name('other.test', '8.8.8.8')
  await rejectsWith(world.verify({ iss: 'https://other.test' }), 'issuer_document_mismatch')
})

test('a key made for one purpose is not the key of another algorithm of its type', async (t) => {
  const world = await createWorld(t)
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  world.server.on(
    KEYS_PATH,
    json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] }),
  )
  await rejectsWith(world.verify(), 'issuer_key_set_unusable')
})

/** The same signature but for one bit in its middle. */
function tamperWithSignature(bearer: string): string {
  const at = bearer.lastIndexOf('.') + 1
  const signature = Buffer.from(bearer.slice(at), 'base64url')
  const middle = signature.length >> 1
  signature[middle] = (signature[middle] ?? 0) ^ 1
  return bearer.slice(0, at) + signature.toString('base64url')
}
