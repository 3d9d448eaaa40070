import assert from 'node:assert/strict'
import test from 'node:test'
import { startTestGitHub } from './support/test-github.ts'

const ISSUES = '/repos/acme/app/issues'

test('allows a minute’s points for each endpoint, and names the wait for the next', async (t) => {
  const { ask, mint, appJwt, clock, installation } = await startTestGitHub(t, {
    secondaryLimits: { pointsPerMinute: 10 },
  })
  const mintStatus = async (): Promise<number> => {
    const path = `/app/installations/${installation.id}/access_tokens`
    return (await ask('POST', path, { token: await appJwt() })).status
  }
  const token = await mint()
  clock.ms += 20_000
  assert.deepEqual([await mintStatus(), await mintStatus()], [201, 403])
  for (let look = 0; look < 10; look++) {
    assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 200)
  }
  const refused = await ask('GET', '/repos/acme/app', { token })
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('retry-after'), '60')
  assert.match(String(refused.json['message']), /secondary rate limit/)
  // The first mint is a minute old then.
  clock.ms += 40_000
  assert.deepEqual([await mintStatus(), await mintStatus()], [201, 403])
})

test('allows mints for each installation', async (t) => {
  const { ask, mint, appJwt, github, app } = await startTestGitHub(t, {
    secondaryLimits: { pointsPerMinute: 5 },
  })
  github.addUser('mona')
  const other = github.install({ app, account: 'mona' })
  await mint()
  const path = `/app/installations/${other.id}/access_tokens`
  assert.equal((await ask('POST', path, { token: await appJwt() })).status, 201)
  assert.equal((await ask('POST', path, { token: await appJwt() })).status, 403)
})

test('allows so much content in a minute and in an hour', async (t) => {
  const { ask, mint, clock } = await startTestGitHub(t, {
    secondaryLimits: { contentPerMinute: 2, contentPerHour: 3 },
  })
  const token = await mint()
  const create = async () => await ask('POST', ISSUES, { token, body: { title: 'one' } })
  assert.deepEqual([(await create()).status, (await create()).status], [201, 201])
  const inMinute = await create()
  assert.equal(inMinute.status, 403)
  assert.equal(inMinute.headers.get('retry-after'), '60')
  assert.equal((await ask('GET', ISSUES, { token })).status, 200)
  clock.ms += 60_000
  assert.equal((await create()).status, 201)
  const inHour = await create()
  assert.equal(inHour.status, 403)
  assert.equal(inHour.headers.get('retry-after'), '3540')
})

test('costs nothing of the hourly budget when it refuses', async (t) => {
  const { ask, mint } = await startTestGitHub(t, { secondaryLimits: { contentPerMinute: 0 } })
  const refused = await ask('POST', ISSUES, { token: await mint(), body: { title: 'one' } })
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('x-ratelimit-remaining'), '5000')
})
