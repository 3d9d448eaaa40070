import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { createWorld, rejectsWith } from './support/world.ts'

const HOUR_S = 3_600
const maxLifetimeMs = HOUR_S * 1000

describe('a server that bounds the life of tokens', () => {
  const cases: readonly {
    readonly name: string
    /** In seconds from now; undefined: not in the token. */
    readonly iat: number | undefined
    readonly exp: number
    readonly isRefused: boolean
  }[] = [
    { name: 'takes one that lives exactly so long', iat: 0, exp: HOUR_S, isRefused: false },
    { name: 'refuses one that lives a second longer', iat: 0, exp: HOUR_S + 1, isRefused: true },
    { name: 'refuses one by its whole life, not by what is left', iat: -HOUR_S, exp: 1, isRefused: true },
    { name: 'refuses one that does not say when its life began', iat: undefined, exp: 60, isRefused: true },
  ]
  for (const { name, iat, exp, isRefused } of cases) {
    test(name, async (t) => {
      const world = await createWorld(t, { maxLifetimeMs })
      const nowS = world.now() / 1000
      const claims = { iat: iat === undefined ? undefined : nowS + iat, exp: nowS + exp }
      if (!isRefused) {
        await world.verify(claims)
        return
      }
      await rejectsWith(world.verify(claims), 'token_lives_too_long')
      assert.equal(world.server.count(), 0, 'before the keys are fetched')
    })
  }

  test('says of an expired token that it has expired', async (t) => {
    const world = await createWorld(t, { maxLifetimeMs })
    await rejectsWith(world.verify({ exp: world.now() / 1000 }), 'token_expired')
  })
})

describe('a server that does not', () => {
  test('takes tokens of any life, also of one whose beginning nobody knows', async (t) => {
    const world = await createWorld(t)
    await world.verify({ exp: world.now() / 1000 + 100 * 365 * 24 * HOUR_S })
    await world.verify({ iat: undefined })
  })
})
