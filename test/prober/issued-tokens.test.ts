import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Fetch } from '#pkg/client'
import { createIssuedTokens, type RevocationState } from '../../pkg/prober/issued-tokens.ts'

const GITHUB = 'https://api.github.test'
const { signal } = new AbortController()

/** A GitHub that answers a revocation, and then uses of the token, with these statuses; `down`: not at all. */
function tokensAt(revocation: number, uses: readonly (number | 'down')[] = []) {
  const clock = { now: 0 }
  const revoked: string[] = []
  let used = 0
  const fetch: Fetch = (_, { headers }) => {
    revoked.push(headers['authorization'] ?? '')
    return Promise.resolve(new Response(null, { status: revocation }))
  }
  const issued = createIssuedTokens({
    gitHubUrl: GITHUB,
    fetch,
    use() {
      const status = uses[Math.min(used++, uses.length - 1)] ?? 401
      if (status === 'down') return Promise.reject(new Error('a secret'))
      return Promise.resolve({ status, isTransient: status >= 500, body: undefined })
    },
    now: () => clock.now,
    pause: () => Promise.resolve(),
  })
  return { issued, revoked, clock }
}

describe('a revocation', () => {
  const cases: readonly (readonly [
    what: string,
    state: RevocationState,
    revocation: number,
    uses: readonly (number | 'down')[],
    isTriedAgain: boolean,
  ])[] = [
    ['after which a use is refused', 'dead', 204, [401], false],
    ['that takes a moment to be known everywhere', 'dead', 204, [200, 503, 401], false],
    ['after which the token is still taken', 'alive', 204, [200], true],
    ['after which GitHub is down', 'unproved', 204, ['down'], false],
    ['after which GitHub says something else', 'unproved', 204, [404], false],
    ['of a new token that GitHub does not know', 'unproved', 401, [401], true],
    ['of a new token that GitHub does not know, and then is down', 'unproved', 401, ['down'], true],
    ['of a token that GitHub does not know, and takes', 'not_revoked', 401, [200], true],
    ['that GitHub does not do', 'not_revoked', 502, [], true],
  ]
  for (const [what, state, revocation, uses, isTriedAgain] of cases) {
    test(`${what}: ${state}`, async () => {
      const { issued } = tokensAt(revocation, uses)
      issued.add('ghs_1')
      const end = await issued.revoke('ghs_1', signal)
      assert.equal(end.state, state)
      assert.doesNotMatch(end.detail, /secret|ghs_/)
      assert.equal((await issued.revokeAll(signal)).length, isTriedAgain ? 1 : 0)
    })
  }
})

test('tokens that cannot be revoked are kept until they expire, the newest 64', async () => {
  const { issued, clock } = tokensAt(502)
  issued.add('ghs_first')
  clock.now = 3_600_000
  issued.add('ghs_second')
  assert.equal((await issued.revokeAll(signal)).length, 1)
  for (let count = 0; count < 100; count++) issued.add(`ghs_${count}`)
  assert.equal((await issued.revokeAll(signal)).length, 64)
})

test('a token that is not new, and that GitHub neither knows nor takes, is dead', async () => {
  const { issued, clock } = tokensAt(401, [401])
  issued.add('ghs_1')
  clock.now = 30_000
  assert.equal((await issued.revoke('ghs_1', signal)).state, 'dead')
  assert.deepEqual(await issued.revokeAll(signal), [])
})
