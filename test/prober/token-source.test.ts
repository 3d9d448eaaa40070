import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createActionsSource, createFileSource, createGoogleSource, createIssuerSource } from '#pkg/prober'
import { startIssuer } from '../../emulator/index.ts'
import { breakSignature } from '../../pkg/prober/broken-signature.ts'
import { startScriptedServer } from '../github/support/scripted-server.ts'

const { signal } = new AbortController()
const call = { signal }

function jwt(exp: unknown, name = 'a'): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ iss: 'https://issuer', exp, name })}.${Buffer.alloc(256, 7).toString('base64url')}`
}

function tokenFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'prober-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  return join(folder, 'token')
}

test('a file is read anew each time, without the white space around the token', async (t) => {
  const path = tokenFile(t)
  const source = createFileSource(path, Date.now)
  assert.equal(source.anyAudience, false)
  writeFileSync(path, 'one\n')
  assert.equal(await source.token('aud', call), 'one')
  writeFileSync(path, ' two')
  assert.equal(await source.token('aud', call), 'two')
  assert.equal(await source.expired('aud', call), undefined)
})

test('a file that is missing, or too long, is said without its text', async (t) => {
  const path = tokenFile(t)
  const source = createFileSource(path, Date.now)
  await assert.rejects(source.token('aud', call), {
    kind: 'invalid_input',
    message: 'the token file cannot be read (ENOENT)',
  })
  writeFileSync(path, 'x'.repeat(16 * 1024 + 17))
  await assert.rejects(source.token('aud', call), (error: Error) => !error.message.includes('xx'))
})

test('an earlier token is given as expired once it has, and replaced by later ones', async () => {
  const clock = { now: 1_000_000 }
  let current = jwt(1_600, 'first')
  const source = createGoogleSource({ identityToken: () => Promise.resolve(current) }, () => clock.now)
  const first = await source.token('aud', call)
  clock.now = 1_600_000 + 119_999
  assert.equal(await source.expired('aud', call), undefined)
  clock.now += 1
  assert.equal(await source.expired('aud', call), first)
  assert.equal(await source.expired('another', call), undefined)
  current = jwt(2_600, 'second')
  const second = await source.token('aud', call)
  assert.equal(await source.expired('aud', call), first)
  clock.now = 2_600_000 + 120_000
  assert.equal(await source.expired('aud', call), second)
})

test('a token without an end, or that is none, is never given as expired', async () => {
  for (const token of [jwt(undefined), jwt('1'), 'opaque', '']) {
    const source = createGoogleSource({ identityToken: () => Promise.resolve(token) }, () => 1e15)
    assert.equal(await source.token('aud', call), token)
    assert.equal(await source.expired('aud', call), undefined)
  }
})

test('a job of GitHub Actions asks its runner', async (t) => {
  const token = jwt(1)
  const server = await startScriptedServer((request, response) => {
    response.end(JSON.stringify({ value: request.headers.authorization === 'Bearer runner' ? token : 0 }))
  })
  t.after(() => server.close())
  const credentials = { requestUrl: `${server.url}/?v=1`, requestToken: 'runner' }
  const source = createActionsSource(credentials, () => 1e15)
  assert.equal(await source.token('aud', call), token)
  assert.equal(server.requests[0]?.url, '/?v=1&audience=aud')
  assert.equal(await source.expired('aud', call), token)
})

test('an issuer for development makes tokens, and expired ones', async (t) => {
  const issuer = await startIssuer()
  t.after(() => issuer.close())
  const source = createIssuerSource(`${issuer.issuer}/actions/token?repository=acme/app&ref=main`)
  const claimsOf = (token = ''): Readonly<Record<string, unknown>> =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const claims = claimsOf(await source.token('a b&c', call))
  assert.equal(claims['aud'], 'a b&c')
  assert.ok(Number(claims['exp']) > Date.now() / 1000)
  const expired = claimsOf(await source.expired('a b&c', call))
  assert.equal(expired['sub'], claims['sub'])
  assert.ok(Number(expired['exp']) < Date.now() / 1000 - 500)
})

test('an issuer that answers with something else is said without it', async (t) => {
  const server = await startScriptedServer((_, response) => response.end('{"value":7,"x":"secret"}'))
  t.after(() => server.close())
  await assert.rejects(createIssuerSource(server.url).token('aud', call), {
    kind: 'unexpected_answer',
    httpStatus: 200,
  })
})

test('a broken signature has the length of the right one, and differs in one bit', () => {
  const token = jwt(1)
  const broken = breakSignature(token)
  assert.equal(broken.length, token.length)
  const [head, payload, signature = ''] = token.split('.')
  const [brokenHead, brokenPayload, brokenSignature = ''] = broken.split('.')
  assert.deepEqual([brokenHead, brokenPayload], [head, payload])
  const before = Buffer.from(signature, 'base64url')
  const after = Buffer.from(brokenSignature, 'base64url')
  assert.equal(after.toString('base64url'), brokenSignature)
  const bits = before.map((byte, at) => byte ^ (after[at] ?? 0)).reduce((sum, byte) => sum + byte, 0)
  assert.equal(bits, 1)
  assert.throws(() => breakSignature(`${head ?? ''}.${payload ?? ''}.`), { reason: 'token_not_compact' })
})
