import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judge, repeated, type Target, type Verdict } from './measurement.ts'

const line = { section: 'warm', name: 'cost', unit: 'ms' } as const

describe('judge', () => {
  const cases: readonly (readonly [value: number, target: Target, verdict: Verdict])[] = [
    [1, { atMost: 2 }, { reached: true, margin: 0.5 }],
    [2, { atMost: 2 }, { reached: true, margin: 0 }],
    [3, { atMost: 2 }, { reached: false, margin: -0.5 }],
    [150, { atLeast: 100 }, { reached: true, margin: 0.5 }],
    [99, { atLeast: 100 }, { reached: false, margin: -0.01 }],
    [0, { atMost: 0 }, { reached: true, margin: 0 }],
    [2, { atMost: 0 }, { reached: false, margin: -2 }],
    [NaN, { atMost: 2 }, { reached: false, margin: NaN }],
  ]
  for (const [value, target, verdict] of cases) {
    it(`${value} for ${JSON.stringify(target)}: ${verdict.reached ? 'reached' : 'missed'}`, () => {
      assert.deepEqual(judge({ ...line, value, target }), verdict)
    })
  }

  it('has nothing to say without a target', () => {
    assert.equal(judge({ ...line, value: 1 }), undefined)
  })
})

describe('repeated', () => {
  it('is the median with its range', () => {
    assert.deepEqual(repeated([5, 1, 3]), { value: 3, range: { min: 1, max: 5 } })
  })

  it('has no range for a single value', () => {
    assert.deepEqual(repeated([5]), { value: 5 })
  })
})
