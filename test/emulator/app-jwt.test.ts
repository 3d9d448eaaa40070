import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import test from 'node:test'
import { SignJWT } from 'jose'
import { generateAppKey } from '../../emulator/index.ts'
import { START_MS, startTestGitHub } from './support/test-github.ts'

const NOW = START_MS / 1000

const TIMES: readonly {
  readonly name: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly status: number
  readonly message?: RegExp
}[] = [
  { name: 'exp ten minutes after iat and now', claims: { iat: NOW, exp: NOW + 600 }, status: 200 },
  {
    name: 'exp more than ten minutes ahead',
    claims: { iat: NOW, exp: NOW + 602 },
    status: 401,
    message: /'exp'.*too far/,
  },
  {
    name: 'more than ten minutes from iat to exp',
    claims: { iat: NOW - 300, exp: NOW + 301 },
    status: 401,
    message: /'exp'/,
  },
  { name: 'exp now', claims: { exp: NOW }, status: 401, message: /'exp'/ },
  { name: 'no exp', claims: { exp: undefined }, status: 401, message: /'exp'/ },
  { name: 'iat ahead of the clock', claims: { iat: NOW + 2 }, status: 401, message: /'iat'/ },
  { name: 'iat with a fraction', claims: { iat: NOW - 0.5 }, status: 401, message: /'iat'/ },
  { name: 'iat as text', claims: { iat: String(NOW) }, status: 401, message: /'iat'/ },
  { name: 'an unknown issuer', claims: { iss: '77' }, status: 404, message: /Integration not found/ },
  { name: 'no issuer', claims: { iss: undefined }, status: 401, message: /'iss'/ },
]

for (const { name, claims, status, message } of TIMES) {
  test(`answers ${status} to an App JWT with ${name}`, async (t) => {
    const { ask, appJwt } = await startTestGitHub(t)
    const answer = await ask('GET', '/app', { token: await appJwt(claims) })
    assert.equal(answer.status, status)
    if (message !== undefined) assert.match(String(answer.json['message']), message)
  })
}

test('takes the App id as text or number, and the client id, as issuer', async (t) => {
  const { ask, appJwt, app } = await startTestGitHub(t)
  for (const iss of [String(app.id), app.id, app.clientId]) {
    const answer = await ask('GET', '/app', { token: await appJwt({ iss }) })
    assert.equal(answer.json['id'], app.id)
  }
})

test('judges times by its own clock at every use of a JWT, and shows that clock', async (t) => {
  const { ask, appJwt, clock } = await startTestGitHub(t)
  const token = await appJwt()
  assert.equal((await ask('GET', '/app', { token })).status, 200)
  clock.ms += 541_000
  const late = await ask('GET', '/app', { token })
  assert.equal(late.status, 401)
  assert.equal(Date.parse(late.headers.get('date') ?? ''), clock.ms)
})

test('refuses a JWT of another key or algorithm, and garbage', async (t) => {
  const { ask, app } = await startTestGitHub(t)
  const other = createPrivateKey(generateAppKey().privateKey)
  const jwt = (alg: string) =>
    new SignJWT({ iss: String(app.id), iat: NOW - 60, exp: NOW + 540 }).setProtectedHeader({ alg })
  for (const token of [await jwt('RS256').sign(other), await jwt('HS256').sign(Buffer.alloc(32)), 'a.b.c']) {
    const answer = await ask('GET', '/app', { token })
    assert.equal(answer.status, 401)
    assert.match(String(answer.json['message']), /could not be decoded/)
  }
})

test('takes any of an App’s keys, until it is removed', async (t) => {
  const { github, ask, app, appJwt } = await startTestGitHub(t)
  const second = generateAppKey()
  github.addAppKey(app, second.publicKey)
  const first = await appJwt()
  const other = await new SignJWT({ iss: String(app.id), iat: NOW - 60, exp: NOW + 540 })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(createPrivateKey(second.privateKey))
  assert.equal((await ask('GET', '/app', { token: first })).status, 200)
  assert.equal((await ask('GET', '/app', { token: other })).status, 200)
  github.removeAppKeys(app)
  github.addAppKey(app, second.publicKey)
  assert.equal((await ask('GET', '/app', { token: first })).status, 401)
  assert.equal((await ask('GET', '/app', { token: other })).status, 200)
})

test('keeps App JWTs and installation tokens to their own operations', async (t) => {
  const { ask, appJwt, mint } = await startTestGitHub(t)
  assert.equal((await ask('GET', '/app', { token: await mint() })).status, 401)
  assert.equal((await ask('GET', '/app')).status, 401)
  assert.equal((await ask('GET', '/installation/repositories', { token: await appJwt() })).status, 403)
  assert.equal((await ask('GET', '/app', { headers: { authorization: 'Basic eDp5' } })).status, 401)
})
