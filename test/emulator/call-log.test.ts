import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { callsOverlap, longestSequentialChain } from '../../emulator/index.ts'
import type { Call } from '../../emulator/index.ts'
import { startTestGitHub } from './support/test-github.ts'

test('keeps method, path, operation, status and body bytes of each call', async (t) => {
  const { github, ask, mint, installation } = await startTestGitHub(t)
  const token = await mint('{ "repositories": ["app"] }')
  await ask('GET', '/repos/acme/app/contents/README.md?ref=main', { token })
  await ask('GET', '/nothing')
  assert.deepEqual(
    github.calls.map(({ method, path, operation, status, requestBody }) => [
      method,
      path,
      operation,
      status,
      requestBody.toString(),
    ]),
    [
      [
        'POST',
        `/app/installations/${installation.id}/access_tokens`,
        'apps/create-installation-access-token',
        201,
        '{ "repositories": ["app"] }',
      ],
      ['GET', '/repos/acme/app/contents/README.md?ref=main', 'repos/get-content', 200, ''],
      ['GET', '/nothing', undefined, 404, ''],
    ],
  )
  assert.equal(github.calls[1]?.requestHeaders.authorization, `Bearer ${token}`)
  github.clearCalls()
  assert.equal(github.calls.length, 0)
})

test('tells sequential calls from those made at once', async (t) => {
  const { github, ask } = await startTestGitHub(t, { latencyMs: 20 })
  await ask('GET', '/repos/acme/site')
  await ask('GET', '/repos/acme/site')
  assert.equal(longestSequentialChain(github.calls).length, 2)
  github.clearCalls()
  const url = `${github.baseUrl}/repos/acme/site`
  await Promise.all([1, 2, 3].map(async () => (await fetch(url)).text()))
  const [one, two] = github.calls
  assert.ok(one !== undefined && two !== undefined && callsOverlap(one, two))
  assert.equal(longestSequentialChain(github.calls).length, 1)
})

test('keeps only the newest calls', async (t) => {
  const { github, ask } = await startTestGitHub(t, { callsKept: 2 })
  for (const name of ['a', 'b', 'c']) await ask('GET', `/repos/acme/${name}`)
  assert.deepEqual(
    github.calls.map((call) => call.path),
    ['/repos/acme/b', '/repos/acme/c'],
  )
})

test('finds a longest chain: as long as any other, and without overlaps', () => {
  const interval = fc
    .tuple(fc.nat(20), fc.integer({ min: 1, max: 6 }))
    .map(([start, length]) => call(start, start + length))
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 8 }), (calls) => {
      const chain = longestSequentialChain(calls)
      chain.forEach((one, index) => {
        for (const other of chain.slice(index + 1)) assert.equal(callsOverlap(one, other), false)
      })
      assert.equal(chain.length, longestByTrial(calls))
    }),
  )
})

function longestByTrial(calls: readonly Call[]): number {
  let longest = 0
  for (let chosen = 0; chosen < 1 << calls.length; chosen++) {
    const some = calls.filter((_, index) => (chosen >> index) & 1)
    const apart = some.every((one, index) =>
      some.slice(index + 1).every((other) => !callsOverlap(one, other)),
    )
    if (apart) longest = Math.max(longest, some.length)
  }
  return longest
}

function call(startedAt: number, endedAt: number): Call {
  return {
    method: 'GET',
    path: '/',
    operation: undefined,
    requestHeaders: {},
    requestBody: Buffer.alloc(0),
    status: 200,
    fault: undefined,
    startedAt,
    endedAt,
  }
}
