import assert from 'node:assert/strict'
import { StsError } from '#pkg/errors'
import type { StoreProblem } from '#pkg/store'

/** What `assert.rejects` calls: whether it is the one error of a store, with this problem and nothing from below. */
export function failure(...problems: readonly StoreProblem[]): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof StsError)
    assert.equal(thrown.reason, 'store_unavailable')
    assert.equal(thrown.cause, undefined)
    assert.deepEqual(Object.keys(thrown.detail), ['operation', 'problem'])
    assert.ok(
      problems.some((problem) => problem === thrown.detail['problem']),
      `${thrown.detail['problem']}, not ${problems.join(' or ')}`,
    )
    return true
  }
}
