import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { startIssuer } from '../../emulator/index.ts'
import type { Issuer, IssuerOptions } from '../../emulator/index.ts'

async function start(t: TestContext, options: IssuerOptions = {}): Promise<Issuer> {
  const issuer = await startIssuer(options)
  t.after(() => issuer.close())
  return issuer
}

async function json(url: string): Promise<Readonly<Record<string, unknown>>> {
  return (await (await fetch(url)).json()) as Readonly<Record<string, unknown>>
}

/** Verifies with a key set fetched anew, as a service that has never seen the issuer would. */
async function verify(issuer: Issuer, token: string, nowMs = Date.now()): Promise<unknown> {
  const document = await json(`${issuer.issuer}/.well-known/openid-configuration`)
  const keySet = createRemoteJWKSet(new URL(String(document['jwks_uri'])))
  return await jwtVerify(token, keySet, { issuer: issuer.issuer, currentDate: new Date(nowMs) })
}

test('publishes a document and a key set in the form of GitHub Actions', async (t) => {
  const issuer = await start(t)
  const document = await json(`${issuer.issuer}/.well-known/openid-configuration`)
  assert.deepEqual(Object.keys(document), [
    'issuer',
    'jwks_uri',
    'subject_types_supported',
    'response_types_supported',
    'claims_supported',
    'id_token_signing_alg_values_supported',
    'scopes_supported',
  ])
  assert.equal(document['issuer'], issuer.issuer)
  assert.deepEqual(document['id_token_signing_alg_values_supported'], ['RS256'])
  const { keys } = await json(String(document['jwks_uri']))
  const [key] = keys as readonly Readonly<Record<string, string>>[]
  assert.deepEqual(Object.keys(key ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  assert.deepEqual([issuer.count('discovery'), issuer.count('keys'), issuer.count('token')], [1, 1, 0])
})

test('signs what verifies against its key set, with the times of its clock', async (t) => {
  const nowMs = 1_800_000_000_500
  const issuer = await start(t, { now: () => nowMs })
  const token = await issuer.sign({ sub: 'x', exp: 1_900_000_000 })
  await verify(issuer, token, nowMs)
  const { iat, nbf, exp, iss } = decodeJwt(token)
  assert.deepEqual([iat, nbf, exp, iss], [1_800_000_000, 1_799_999_400, 1_900_000_000, issuer.issuer])
  assert.equal(decodeJwt(await issuer.sign({ sub: 'x' })).exp, 1_800_000_300)
  assert.equal('exp' in decodeJwt(await issuer.sign({ sub: 'x', exp: undefined })), false)
})

test('keeps old keys published when it rotates, unless they are retired', async (t) => {
  const issuer = await start(t)
  const old = await issuer.sign({ sub: 'x' })
  await issuer.rotate()
  const next = await issuer.sign({ sub: 'x' })
  assert.notEqual(decodeProtectedHeader(next).kid, decodeProtectedHeader(old).kid)
  await verify(issuer, old)
  await verify(issuer, next)
  const kid = decodeProtectedHeader(old).kid
  assert.ok(kid !== undefined)
  await verify(issuer, await issuer.sign({ sub: 'x' }, { kid }))
  await issuer.rotate({ retire: true })
  await assert.rejects(verify(issuer, next))
})

test('puts a key id into the header that is not its own', async (t) => {
  const issuer = await start(t)
  const token = await issuer.sign({ sub: 'x' }, { kid: 'unknown' })
  assert.equal(decodeProtectedHeader(token).kid, 'unknown')
  await assert.rejects(verify(issuer, token))
})

test('signs with each algorithm it was started with', async (t) => {
  const issuer = await start(t, { algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] })
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
    await verify(issuer, await issuer.sign({ sub: 'x' }, { alg }))
  }
  const plain = await start(t)
  await assert.rejects(plain.sign({ sub: 'x' }, { alg: 'ES256' }))
})

test('hands out a job’s token as a runner would ask for it', async (t) => {
  const issuer = await start(t)
  const query = 'repository=acme/app&ref=main&audience=sts&environment=prod'
  const { value, count } = await json(`${issuer.issuer}/actions/token?${query}`)
  const token = String(value)
  assert.equal(count, token.length)
  await verify(issuer, token)
  const claims = decodeJwt(token)
  assert.equal(claims.aud, 'sts')
  assert.equal(claims.sub, 'repo:acme@1/app@2:environment:prod')
  assert.equal((await fetch(`${issuer.issuer}/actions/token`)).status, 400)
  assert.equal((await fetch(`${issuer.issuer}/elsewhere`)).status, 404)
})

test('hands out tokens of any lifetime within a day, those that have ended too', async (t) => {
  const nowMs = 1_800_000_000_500
  const issuer = await start(t, { now: () => nowMs })
  const url = `${issuer.issuer}/actions/token?repository=acme/app`
  for (const [lifetime, iat, exp] of [
    ['60', 1_800_000_000, 1_800_000_060],
    ['86400', 1_800_000_000, 1_800_086_400],
    ['0', 1_799_999_700, 1_800_000_000],
    ['-600', 1_799_999_100, 1_799_999_400],
    ['-86400', 1_799_913_300, 1_799_913_600],
  ] as const) {
    const claims = decodeJwt(String((await json(`${url}&lifetime=${lifetime}`))['value']))
    assert.deepEqual([claims.iat, claims.nbf, claims.exp], [iat, iat - 600, exp], lifetime)
  }
  const expired = String((await json(`${url}&lifetime=-600`))['value'])
  await assert.rejects(verify(issuer, expired, nowMs), { code: 'ERR_JWT_EXPIRED' })
  await verify(issuer, expired, nowMs - 700_000)
  for (const lifetime of ['', '86401', '-86401', '1e3', '1.5', '0x10', '+5', ' 5', '999999999999', 'NaN']) {
    const answer = await fetch(`${url}&lifetime=${encodeURIComponent(lifetime)}`)
    assert.equal(answer.status, 400, lifetime)
  }
})

test('speaks only for the repositories it finds', async (t) => {
  const issuer = await start(t, {
    findRepository: (name) =>
      name === 'acme/app'
        ? { owner: 'acme', repo: 'app', ownerId: 7, repositoryId: 8, immutable: false }
        : undefined,
  })
  const { value } = await json(`${issuer.issuer}/actions/token?repository=acme/app&event=pull_request`)
  assert.equal(decodeJwt(String(value)).sub, 'repo:acme/app:pull_request')
  assert.equal(decodeJwt(String(value))['repository_id'], '8')
  assert.equal((await fetch(`${issuer.issuer}/actions/token?repository=acme/other`)).status, 404)
})

test('goes wrong as told', async (t) => {
  const issuer = await start(t)
  issuer.failNext({ kind: 'status', status: 503 }, 'keys')
  assert.equal((await fetch(`${issuer.issuer}/.well-known/openid-configuration`)).status, 200)
  assert.equal((await fetch(`${issuer.issuer}/.well-known/jwks`)).status, 503)
  assert.equal((await fetch(`${issuer.issuer}/.well-known/jwks`)).status, 200)
  assert.equal(issuer.calls.length, 3)
})
