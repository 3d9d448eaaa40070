import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRound, type RoundAnswer } from './delivery-round.ts'

/** The n-th is sent n ms after the first one, and answered 100 ms later, or after `slow` ms. */
function answersOf(count: number, slow = 100): readonly RoundAnswer[] {
  return Array.from({ length: count }, (_, n) => ({
    sentAt: 5_000 + n,
    answeredAt: 5_000 + n + (n === 0 ? slow : 100),
    status: 200,
  }))
}

describe('readRound', () => {
  it('counts from the first sent to the last answered', () => {
    const { perSecond } = readRound({ answers: answersOf(101), succeeded: 101, deliveries: 101 }, 101)
    assert.equal(perSecond, 505)
  })

  it('gives the latencies of single deliveries', () => {
    const result = readRound({ answers: answersOf(50, 900), succeeded: 50, deliveries: 250 }, 50)
    assert.equal(result.p50Ms, 100)
    assert.equal(result.p99Ms, 900)
    assert.equal(result.further, 4)
  })

  const [first, ...others] = answersOf(10)
  assert.ok(first)
  for (const [what, round] of [
    ['an answer is missing', { answers: others, succeeded: 10, deliveries: 10 }],
    [
      'work goes on after an answer',
      { answers: [{ ...first, status: 202 }, ...others], succeeded: 10, deliveries: 10 },
    ],
    [
      'a delivery was refused',
      { answers: [{ ...first, status: 503 }, ...others], succeeded: 10, deliveries: 10 },
    ],
    ['a check run has not succeeded', { answers: [first, ...others], succeeded: 9, deliveries: 10 }],
  ] as const) {
    it(`is no measurement when ${what}`, () => {
      assert.throws(() => readRound(round, 10))
    })
  }
})
