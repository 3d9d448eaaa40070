import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { StsError } from '#pkg/errors'
import { createMissBudget, type MissBudget } from '#pkg/exchange'

const ISSUER = 'https://issuer.example.com'
const ASKER = { issuer: ISSUER, owner: 'acme', belongs: false }
const OWN = { ...ASKER, belongs: true }

function setUp(perMinute: number): { readonly budget: MissBudget; readonly clock: { now: number } } {
  const clock = { now: Date.UTC(2026, 0, 1) }
  return { budget: createMissBudget({ perMinute, now: () => clock.now }), clock }
}

type Asker = Parameters<MissBudget['take']>[0]

/** The wait of a question that is refused; undefined: it was let through. */
function refusal(budget: MissBudget, asker: Asker): number | undefined {
  try {
    budget.take(asker)
    return undefined
  } catch (error) {
    assert.ok(error instanceof StsError)
    assert.equal(error.reason, 'miss_budget_spent')
    assert.ok(error.retryAfterMs !== undefined)
    return error.retryAfterMs
  }
}

/** How many questions are let through of `count`, one after another. */
function letThrough(budget: MissBudget, count: number, askerOf: (number: number) => Asker): number {
  let through = 0
  for (let number = 0; number < count; number++) {
    if (refusal(budget, askerOf(number)) === undefined) through += 1
  }
  return through
}

describe('a budget of misses', () => {
  test('lets so many questions through, then says when the next one may be asked', () => {
    const { budget, clock } = setUp(60)
    assert.equal(
      letThrough(budget, 100, () => ASKER),
      60,
    )
    assert.equal(refusal(budget, ASKER), 1_000)
    clock.now += 999
    assert.equal(refusal(budget, ASKER), 1)
    clock.now += 1
    assert.equal(refusal(budget, ASKER), undefined)
    assert.equal(refusal(budget, ASKER), 1_000)
  })

  test('is full again after a minute, and never more than full', () => {
    const { budget, clock } = setUp(5)
    letThrough(budget, 5, () => ASKER)
    clock.now += 3_600_000
    assert.equal(
      letThrough(budget, 100, () => ASKER),
      5,
    )
  })

  test('takes a question back once, however often that is told', () => {
    const { budget } = setUp(1)
    const giveBack = budget.take(ASKER)
    giveBack()
    giveBack()
    assert.equal(
      letThrough(budget, 10, () => ASKER),
      1,
    )
  })

  test('that was filled meanwhile does not overflow when a question is given back', () => {
    const { budget, clock } = setUp(2)
    const giveBack = budget.take(ASKER)
    clock.now += 60_000
    giveBack()
    assert.equal(
      letThrough(budget, 10, () => ASKER),
      2,
    )
  })

  test('lets nothing in by a clock that goes back', () => {
    const { budget, clock } = setUp(2)
    letThrough(budget, 2, () => ASKER)
    clock.now -= 3_600_000
    assert.notEqual(refusal(budget, ASKER), undefined)
    clock.now += 30_000
    assert.equal(refusal(budget, ASKER), undefined, 'and does not stand still')
  })

  test('is one for all spellings of an owner', () => {
    const { budget } = setUp(3)
    const spellings = ['acme', 'ACME', 'Acme', 'aCmE']
    assert.equal(
      letThrough(budget, 20, (number) => ({ ...ASKER, owner: spellings[number % 4] ?? '' })),
      3,
    )
  })

  test('of one issuer leaves another’s alone, and of one owner another’s', () => {
    const { budget } = setUp(3)
    letThrough(budget, 10, () => ASKER)
    assert.equal(refusal(budget, { ...ASKER, issuer: `${ISSUER}/other` }), undefined)
    assert.equal(refusal(budget, { ...ASKER, owner: 'initech' }), undefined)
  })

  test('of callers who belong to the owner cannot be spent by any others', () => {
    const { budget } = setUp(3)
    letThrough(budget, 2_000, (number) => ({
      issuer: number % 2 === 0 ? ISSUER : `${ISSUER}/${number}`,
      owner: number % 3 === 0 ? 'acme' : `made-up-${number}`,
      belongs: false,
    }))
    assert.notEqual(refusal(budget, ASKER), undefined)
    assert.equal(
      letThrough(budget, 10, () => OWN),
      3,
    )
  })

  test('bounds what one issuer asks about all owners: five times as much', () => {
    const { budget } = setUp(10)
    budget.vouchFor(ASKER)
    assert.equal(
      letThrough(budget, 1_000, (number) => ({ ...ASKER, owner: `made-up-${number}` })),
      50,
    )
    assert.notEqual(refusal(budget, ASKER), undefined)
  })

  test('bounds what all strangers ask about one owner: twice as much', () => {
    const { budget } = setUp(10)
    assert.equal(
      letThrough(budget, 1_000, (number) => ({ ...ASKER, issuer: `${ISSUER}/${number}` })),
      20,
    )
    assert.equal(refusal(budget, { ...ASKER, owner: 'initech' }), undefined, 'of another owner they may')
  })

  test('bounds what all strangers ask about all owners: ten times as much', () => {
    const { budget } = setUp(10)
    assert.equal(
      letThrough(budget, 2_000, (number) => ({
        issuer: `${ISSUER}/${number}`,
        owner: `made-up-${number}`,
        belongs: false,
      })),
      100,
    )
  })

  test('of an issuer that has served a grant is not spent by strangers', () => {
    const { budget } = setUp(10)
    budget.vouchFor({ issuer: ISSUER, owner: 'ACME' })
    letThrough(budget, 2_000, (number) => ({ ...ASKER, issuer: `${ISSUER}/${number}` }))
    assert.equal(
      letThrough(budget, 100, () => ASKER),
      10,
    )
  })

  test('takes an issuer for known by the owner whom it has served alone', () => {
    const { budget } = setUp(10)
    budget.vouchFor({ issuer: ISSUER, owner: 'mallory' })
    assert.ok(!budget.isStranger({ issuer: ISSUER, owner: 'Mallory' }))
    assert.ok(budget.isStranger({ issuer: ISSUER, owner: 'acme' }))
    letThrough(budget, 100, (number) => ({ ...ASKER, issuer: `${ISSUER}/${number}` }))
    assert.notEqual(refusal(budget, ASKER), undefined)
  })

  test('that is spent is not filled by making up owners until it is forgotten', () => {
    const { budget } = setUp(10)
    budget.vouchFor(ASKER)
    assert.equal(
      letThrough(budget, 100, () => ASKER),
      10,
    )
    letThrough(budget, 21_000, (number) => ({ ...ASKER, owner: `made-up-${number}` }))
    letThrough(budget, 21_000, (number) => ({
      ...ASKER,
      issuer: `${ISSUER}/${number}`,
      owner: `made-up-${number}`,
    }))
    assert.notEqual(refusal(budget, ASKER), undefined)
  })
})

describe('any questions at any time', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.nat(20_000),
      issuer: fc.integer({ min: 0, max: 3 }),
      owner: fc.constantFrom('acme', 'ACME', 'initech'),
      belongs: fc.boolean(),
      isThere: fc.boolean(),
      vouches: fc.boolean(),
    }),
    { maxLength: 200 },
  )

  test('a refused question is let through after its wait, and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), steps, (perMinute, asked) => {
        const { budget, clock } = setUp(perMinute)
        for (const { afterMs, issuer, owner, belongs } of asked) {
          clock.now += afterMs
          const asker = { issuer: `${ISSUER}/${issuer}`, owner, belongs }
          while (refusal(budget, asker) === undefined);
          const waitMs = refusal(budget, asker) ?? 0
          assert.ok(Number.isInteger(waitMs) && waitMs > 0 && waitMs <= 60_000)
          clock.now += waitMs - 1
          assert.notEqual(refusal(budget, asker), undefined)
          clock.now += 1
          // Of a stranger's four budgets another may have longer to go; each says so in turn.
          const waits = Array.from({ length: belongs ? 1 : 4 }, () => {
            const left = refusal(budget, asker)
            clock.now += left ?? 0
            return left
          })
          assert.ok(waits.includes(undefined))
        }
      }),
      { numRuns: 20 },
    )
  })

  test('misses within a minute are at most twice the budget of whoever makes them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (perMinute, asked) => {
        const { budget, clock } = setUp(perMinute)
        const misses: { readonly at: number; readonly key: string }[] = []
        for (const { afterMs, issuer, owner, belongs, isThere, vouches } of asked) {
          clock.now += afterMs % 1_000
          const pair = { issuer: `${ISSUER}/${issuer}`, owner }
          if (vouches) budget.vouchFor(pair)
          let giveBack: (() => void) | undefined
          try {
            giveBack = budget.take({ ...pair, belongs })
          } catch {
            continue
          }
          if (isThere) giveBack()
          else misses.push({ at: clock.now, key: `${owner.toLowerCase()} ${issuer} ${String(belongs)}` })
        }
        for (const { at, key } of misses) {
          const within = misses.filter((miss) => miss.key === key && miss.at > at - 60_000 && miss.at <= at)
          assert.ok(within.length <= 2 * perMinute, key)
        }
      }),
      { numRuns: 50 },
    )
  })
})
