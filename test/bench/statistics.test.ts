import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { median, quantile, spreadOf } from './statistics.ts'

describe('quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n)
  const cases: readonly (readonly [values: readonly number[], fraction: number, expected: number])[] = [
    [hundred, 0.5, 50],
    [hundred, 0.95, 95],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [hundred, 0, 1],
    [[9, 10, 100], 0.5, 10],
    [[7], 0.99, 7],
    [[], 0.5, NaN],
  ]
  for (const [values, fraction, expected] of cases) {
    it(`of ${values.length} values at ${fraction} is ${expected}`, () => {
      assert.equal(quantile(values, fraction), expected)
    })
  }
})

describe('median', () => {
  const cases: readonly (readonly [values: readonly number[], expected: number])[] = [
    [[3, 1, 2], 2],
    [[10, 9, 100, 1], 9.5],
    [[5], 5],
    [[], NaN],
  ]
  for (const [values, expected] of cases) {
    it(`of [${values.join(', ')}] is ${expected}`, () => {
      assert.equal(median(values), expected)
    })
  }

  it('leaves the order of its values alone', () => {
    const values = [3, 1, 2]
    median(values)
    assert.deepEqual(values, [3, 1, 2])
  })
})

it('spreadOf compares numbers, not their digits', () => {
  assert.deepEqual(spreadOf([10, 9, 100]), { median: 10, min: 9, max: 100 })
})
