import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { rankApps, type AppStanding, type RankOptions } from '#pkg/github'

/** An App as it stands; by default nothing is known of it, and it is free. */
interface Standing {
  readonly remaining?: number | undefined
  readonly waitMs?: number
}

const OPTIONS = { hardFloor: 1_500, softFloor: 5_000, explore: false } as const

function rank(
  standings: readonly Standing[],
  options: Partial<RankOptions> = {},
): readonly { readonly index: number; readonly waitMs: number }[] {
  const standing: AppStanding = {
    quotaOf: (installationId) => {
      const remaining = standings[installationId]?.remaining
      if (remaining === undefined) return undefined
      return { appId: 'a', installationId, limit: 1_000_000, remaining, resetAt: 1, seenAt: 0 }
    },
    waitMs: ({ installationId }) => standings[installationId]?.waitMs ?? 0,
  }
  const candidates = standings.map((_, index) => ({ appId: String(index), installationId: index, index }))
  return rankApps(candidates, standing, { ...OPTIONS, random: Math.random, ...options }).map(
    ({ candidate, waitMs }) => ({ index: candidate.index, waitMs }),
  )
}

/** How often each comes first, for evenly spread draws of two. */
function firsts(standings: readonly Standing[], options: Partial<RankOptions> = {}): readonly number[] {
  const counts = standings.map(() => 0)
  const steps = 50
  for (let one = 0; one < steps; one++) {
    for (let other = 0; other < steps; other++) {
      const draws = [(one + 0.5) / steps, (other + 0.5) / steps]
      const [first] = rank(standings, { random: () => draws.shift() ?? 0.5, ...options })
      if (first !== undefined) counts[first.index] = (counts[first.index] ?? 0) + 1
    }
  }
  return counts.map((count) => count / steps ** 2)
}

function assertNear(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 0.02, `${actual} is not near ${expected}`)
}

describe('the order of Apps', () => {
  const standing = fc.record({
    remaining: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_600_000 })),
  })
  const situation = fc.record({
    standings: fc.array(standing, { maxLength: 8 }),
    draws: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8 }),
    explore: fc.boolean(),
  })
  const ranked = ({
    standings,
    draws,
    explore,
  }: typeof situation extends fc.Arbitrary<infer T> ? T : never) => {
    const left = [...draws]
    return rank(standings, { explore, random: () => left.shift() ?? 0 })
  }

  it('holds each App once, and is the same for the same draws', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const order = ranked(given)
        assert.deepEqual(
          order.map(({ index }) => index).toSorted((a, b) => a - b),
          [...given.standings.keys()],
        )
        assert.deepEqual(ranked(given), order)
      }),
    )
  })

  it('never puts one that has to wait before one that is free, nor a longer wait before a shorter', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const waits = ranked(given).map(({ waitMs }) => waitMs)
        assert.deepEqual(
          waits,
          waits.toSorted((a, b) => a - b),
        )
      }),
    )
  })

  it('never puts one below the hard floor before a free one that is not', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const below = ranked(given)
          .filter(({ waitMs }) => waitMs === 0)
          .map(({ index }) => (given.standings[index]?.remaining ?? OPTIONS.hardFloor) < OPTIONS.hardFloor)
        assert.deepEqual(
          below,
          below.toSorted((a, b) => Number(a) - Number(b)),
        )
      }),
    )
  })

  it('begins with those of which nothing is known, if the call can tell', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const known = ranked({ ...given, explore: true })
          .filter(({ waitMs }) => waitMs === 0)
          .map(({ index }) => given.standings[index]?.remaining !== undefined)
        assert.deepEqual(
          known,
          known.toSorted((a, b) => Number(a) - Number(b)),
        )
      }),
    )
  })

  for (const [what, standings, options, expected] of [
    ['in proportion below the hard floor', [{ remaining: 1_200 }, { remaining: 400 }], {}, 0.75],
    ['in proportion above the soft floor', [{ remaining: 15_000 }, { remaining: 5_000 }], {}, 0.75],
    ['alike when they have the same left', [{ remaining: 9_000 }, { remaining: 9_000 }], {}, 0.5],
    // (3,250 * 1,751 / 3,501) to 13,000
    ['less between the floors', [{ remaining: 13_000 }, { remaining: 3_250 }], {}, 0.889],
    ['hardly at the hard floor', [{ remaining: 15_000 }, { remaining: 1_500 }], {}, 1],
    ['alike when nothing is known', [{}, {}], {}, 0.5],
    ['alike when nothing is known and a call can tell', [{}, {}], { explore: true }, 0.5],
    ['as the average when nothing is known of one', [{ remaining: 15_000 }, {}], {}, 0.5],
    ['before one below the hard floor when nothing is known', [{}, { remaining: 1_499 }], {}, 1],
    [
      'in proportion where both floors are the same',
      [{ remaining: 3_000 }, { remaining: 1_500 }],
      { softFloor: 1_500 },
      0.667,
    ],
    [
      'in proportion without floors',
      [{ remaining: 200 }, { remaining: 100 }],
      { hardFloor: 0, softFloor: 0 },
      0.667,
    ],
  ] as const) {
    it(`has them first ${what}`, () => {
      assertNear(firsts(standings, options)[0], expected)
    })
  }
})
