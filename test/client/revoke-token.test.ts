import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { revokeToken } from '#pkg/client'
import { createGrant } from '#pkg/github'
import { patient, REVOKE, startWorld, TARGET } from '../github/support/world.ts'
import { startScriptedServer } from '../github/support/scripted-server.ts'

const TOKEN = 'ghs_1_token'

/** A GitHub that answers a revocation with each status in turn, and then with the last. */
async function startGitHub(t: TestContext, ...statuses: readonly number[]) {
  const asked: string[] = []
  const server = await startScriptedServer((request, response, count) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`)
    response.writeHead(statuses[count - 1] ?? statuses.at(-1) ?? 500).end()
  })
  t.after(() => server.close())
  const pauses: number[] = []
  const revoke = (path = '') =>
    revokeToken(
      { gitHubUrl: server.url + path, token: TOKEN },
      {
        pause: (ms) => {
          pauses.push(ms)
          return Promise.resolve()
        },
      },
    )
  return { revoke, asked, pauses }
}

test('ends the life of a token, and says so when it is over already', async (t) => {
  const world = await startWorld()
  t.after(() => world.close())
  const installation = await world.install()
  const grant = createGrant({ contents: 'read' }, ['widgets'])
  const { token } = await world.app.mintToken({ grant, installation, target: TARGET }, patient)
  const noPause = { pause: () => Promise.resolve() }
  assert.equal(await revokeToken({ gitHubUrl: world.github.baseUrl, token }), 'revoked')
  assert.equal(await revokeToken({ gitHubUrl: world.github.baseUrl, token }, noPause), 'invalid')
  assert.equal(world.takeCalls().filter((operation) => operation === REVOKE).length, 3)
})

for (const path of ['', '/', '/api/v3', '/api/v3/']) {
  test(`asks the REST API below ${JSON.stringify(path)}`, async (t) => {
    const { revoke, asked } = await startGitHub(t, 204)
    assert.equal(await revoke(path), 'revoked')
    assert.deepEqual(asked, [`DELETE ${path.replace(/\/$/, '')}/installation/token Bearer ${TOKEN}`])
  })
}

test('asks once more when GitHub may not have heard of the token yet', async (t) => {
  const { revoke, asked, pauses } = await startGitHub(t, 401, 204)
  assert.equal(await revoke(), 'revoked')
  assert.equal(asked.length, 2)
  assert.deepEqual(pauses, [1_000])
})

test('asks again while GitHub is in trouble', async (t) => {
  const { revoke, asked } = await startGitHub(t, 500, 502, 204)
  assert.equal(await revoke(), 'revoked')
  assert.equal(asked.length, 3)
})

for (const [status, times] of [
  [503, 4],
  [403, 1],
  [404, 1],
  [200, 1],
  [302, 1],
] as const) {
  test(`never takes ${status} for a revocation, and asks ${times} times`, async (t) => {
    const { revoke, asked } = await startGitHub(t, status)
    await assert.rejects(revoke(), { kind: 'unexpected_answer', httpStatus: status })
    assert.equal(asked.length, times)
  })
}

test('sends a token over https alone', async () => {
  const asked = revokeToken({ gitHubUrl: 'http://github.example.com', token: TOKEN })
  await assert.rejects(asked, { kind: 'invalid_input' })
})
