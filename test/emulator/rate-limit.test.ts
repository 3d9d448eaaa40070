import assert from 'node:assert/strict'
import test from 'node:test'
import { secondaryRateLimit } from '../../emulator/index.ts'
import { startTestGitHub } from './support/test-github.ts'
import type { AskedAnswer } from './support/test-github.ts'

const PATH = '/repos/acme/app/contents/README.md'

function budget({ headers }: AskedAnswer): readonly (number | null)[] {
  return ['limit', 'remaining', 'used'].map((name) => {
    const value = headers.get(`x-ratelimit-${name}`)
    return value === null ? null : Number(value)
  })
}

test('counts each installation and the App for itself', async (t) => {
  const { ask, mint, appJwt, github, app } = await startTestGitHub(t)
  github.addUser('mona')
  const other = github.install({ app, account: 'mona' })
  const token = await mint()
  assert.deepEqual(budget(await ask('GET', PATH, { token })), [5000, 4999, 1])
  assert.deepEqual(budget(await ask('GET', PATH, { token: await mint() })), [5000, 4998, 2])
  const minted = await ask('POST', `/app/installations/${other.id}/access_tokens`, { token: await appJwt() })
  assert.deepEqual(budget(minted), [5000, 4997, 3])
  const mona = String(minted.json['token'])
  assert.deepEqual(budget(await ask('GET', '/repos/acme/site', { token: mona })), [5000, 4999, 1])
  assert.deepEqual(budget(await ask('GET', '/repos/acme/site')), [60, 59, 1])
})

test('does not count a 304, nor a look at the budget', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const token = await mint()
  const first = await ask('GET', PATH, { token })
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  const known = await ask('GET', PATH, { token, headers })
  assert.equal(known.status, 304)
  assert.deepEqual(budget(known), [5000, 4999, 1])
  const { json } = await ask('GET', '/rate_limit', { token })
  assert.equal((json['rate'] as { readonly remaining: number }).remaining, 4999)
  assert.deepEqual(budget(await ask('GET', PATH, { token })), [5000, 4998, 2])
})

test('refuses with 403 at the end of the budget, until its reset', async (t) => {
  const { ask, mint, github, installation, clock } = await startTestGitHub(t)
  const token = await mint()
  github.setRateLimit({ installation: installation.id }, { remaining: 1, resetAt: clock.ms + 60_000 })
  assert.equal((await ask('GET', PATH, { token })).status, 200)
  const refused = await ask('GET', PATH, { token })
  assert.equal(refused.status, 403)
  assert.match(String(refused.json['message']), /rate limit exceeded/)
  assert.deepEqual(budget(refused), [5000, 0, 5000])
  assert.equal(Number(refused.headers.get('x-ratelimit-reset')), (clock.ms + 60_000) / 1000)
  await mint()
  clock.ms += 60_000
  assert.deepEqual(budget(await ask('GET', PATH, { token })), [5000, 4999, 1])
})

test('refuses an App at the end of its own budget', async (t) => {
  const { ask, appJwt, mint, github, app } = await startTestGitHub(t)
  const token = await mint()
  github.setRateLimit({ app: app.id }, { limit: 10, remaining: 0 })
  assert.equal((await ask('GET', '/app', { token: await appJwt() })).status, 403)
  assert.equal((await ask('GET', PATH, { token })).status, 200)
})

test('has no limits and no headers where they are switched off', async (t) => {
  const { ask, mint } = await startTestGitHub(t, { rateLimits: { installation: null } })
  const token = await mint()
  assert.deepEqual(budget(await ask('GET', PATH, { token })), [null, null, null])
  assert.equal((await ask('GET', '/rate_limit', { token })).status, 404)
})

test('acts out a secondary rate limit with either status', async (t) => {
  const { ask, github } = await startTestGitHub(t)
  for (const [effect, status, retryAfter] of [
    [secondaryRateLimit(), 403, '60'],
    [secondaryRateLimit(7, 429), 429, '7'],
    [secondaryRateLimit(null), 403, null],
  ] as const) {
    github.failNext(effect)
    const answer = await ask('GET', '/repos/acme/site')
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('retry-after'), retryAfter)
    assert.match(String(answer.json['message']), /secondary rate limit/)
  }
})
