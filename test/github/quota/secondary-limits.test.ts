import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createGitHubLimits, type GitHubLimits } from '#pkg/github'
import { eventOf } from '../support/call-event.ts'
import { because, patient } from '../support/world.ts'

const APP = { appId: '1', installationId: 11 } as const
const MINUTE_MS = 60_000

type SpentLimit = Parameters<GitHubLimits['spend']>[0]

interface Clocked {
  readonly limits: ReturnType<typeof createGitHubLimits>
  /** Whether a request may be made now, or after a wait that the clock then shows. */
  readonly spend: (limit: SpentLimit, installationId?: number) => Promise<boolean>
  readonly advance: (ms: number) => void
}

function clocked(secondary = true): Clocked {
  let now = 1_000_000
  const limits = createGitHubLimits({ now: () => now, secondary })
  const pause = (ms: number): Promise<void> => {
    now += ms
    return Promise.resolve()
  }
  return {
    limits,
    advance: (ms) => {
      now += ms
    },
    async spend(limit, installationId = 11) {
      try {
        await limits.spend(limit, installationId, { pause, ...patient })
        return true
      } catch (error) {
        return !because('github_rate_limited')(error)
      }
    },
  }
}

async function spendAll({ spend }: Clocked, limit: SpentLimit, most = 1_000): Promise<number> {
  for (let count = 0; count < most; count++) {
    if (!(await spend(limit))) return count
  }
  return most
}

describe('the budget of an installation', () => {
  it('is 180 mints in a minute, and says when there is another', async () => {
    const world = clocked()
    assert.equal(await spendAll(world, 'mint'), 180)
    assert.equal(world.limits.waitMs(APP), 61_000)
    assert.equal(world.limits.waitMs({ ...APP, installationId: 12 }), 0)
    await assert.rejects(
      world.limits.spend('mint', 11, { pause: () => Promise.reject(new Error('too long')), ...patient }),
      { reason: 'github_rate_limited', code: 'RATE_LIMITED', retryAfterMs: 61_000 },
    )
    assert.ok(await world.spend('mint', 12))
    assert.ok(await world.spend('content'))
    world.advance(60_000)
    assert.ok(await world.spend('mint'), 'a wait of up to a second is waited for')
  })

  it('is for reading in half of its mints alone', async () => {
    const world = clocked()
    assert.equal(await spendAll(world, 'guessed_mint'), 90)
    assert.equal(world.limits.waitMs(APP), 0)
    await assert.rejects(
      world.limits.spend('guessed_mint', 11, {
        pause: () => Promise.reject(new Error('too long')),
        ...patient,
      }),
      { reason: 'github_rate_limited', code: 'RATE_LIMITED', retryAfterMs: 61_000 },
    )
    assert.ok(await world.spend('guessed_mint', 12))
    assert.equal(await spendAll(world, 'mint'), 90)
    world.advance(61_000)
    assert.equal(await spendAll(world, 'mint'), 180)
    assert.equal(await spendAll(world, 'guessed_mint'), 0, 'and none is beside them')
  })

  it('is 80 times content in a minute, and 500 in an hour', async () => {
    const world = clocked()
    assert.equal(await spendAll(world, 'content'), 80)
    let made = 80
    for (let minute = 0; minute < 8; minute++) {
      world.advance(61_000)
      made += await spendAll(world, 'content')
    }
    assert.equal(made, 500)
    assert.equal(world.limits.waitMs(APP), 0)
    world.advance(3_610_000)
    assert.equal(await spendAll(world, 'content'), 80)
  })

  it('is not kept where GitHub’s own limits do not hold', async () => {
    const world = clocked(false)
    assert.equal(await spendAll(world, 'mint'), 1_000)
    assert.equal(await spendAll(world, 'content'), 1_000)
  })

  it('holds for any minute, however requests come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 500, maxLength: 500 }),
        async (gaps) => {
          const world = clocked()
          const made: number[] = []
          let time = 0
          for (const gap of gaps) {
            time += gap
            world.advance(gap)
            if (world.limits.waitMs(APP) > 0) continue
            assert.ok(await world.spend('mint'))
            made.push(time)
          }
          for (const [index, at] of made.entries()) {
            const before = made[index - 180]
            assert.ok(before === undefined || at - before > MINUTE_MS)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('ends a wait with the reason of the signal', async () => {
    const world = clocked()
    await spendAll(world, 'mint')
    world.advance(60_500)
    const gone = new Error('gone')
    const waiting = world.limits.spend('mint', 11, {
      pause: (_, signal) => {
        signal.throwIfAborted()
        return Promise.resolve()
      },
      signal: AbortSignal.abort(gone),
    })
    await assert.rejects(waiting, gone)
  })
})

describe('whoever was told to wait', () => {
  const OTHER = { appId: '1', installationId: 12 } as const
  const ELSE = { appId: '2', installationId: 21 } as const

  it('is the App in all its installations when it was told as itself', () => {
    const { limits, advance } = clocked()
    limits.observe(eventOf({ installationId: undefined, retryAfterMs: 60_000 }))
    assert.deepEqual(
      [APP, OTHER, ELSE].map((app) => limits.waitMs(app)),
      [60_000, 60_000, 0],
    )
    advance(59_999)
    assert.equal(limits.waitMs(APP), 1)
    advance(1)
    assert.equal(limits.waitMs(APP), 0)
  })

  it('is the installation alone when one of its tokens was told', () => {
    const { limits } = clocked()
    limits.observe(eventOf({ retryAfterMs: 60_000 }))
    assert.deepEqual(
      [APP, OTHER, ELSE].map((app) => limits.waitMs(app)),
      [60_000, 0, 0],
    )
  })

  it('waits no less when told a shorter time, or when another call still goes through', () => {
    const { limits } = clocked()
    limits.observe(eventOf({ retryAfterMs: 60_000 }))
    limits.observe(eventOf({ retryAfterMs: 1_000 }))
    limits.observe(eventOf({}))
    assert.equal(limits.waitMs(APP), 60_000)
  })
})
