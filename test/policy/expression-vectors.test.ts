import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileExpression } from '../../pkg/policy/expression/expression.ts'
import { readVectorFile } from './support/vectors.ts'

interface ExpressionVectors {
  readonly strings: readonly string[]
  readonly patterns: readonly { readonly pattern: string; readonly matches: readonly number[] | null }[]
}

const { strings, patterns } = JSON.parse(readVectorFile('expressions.json')) as ExpressionVectors

describe('an expression', () => {
  it('has vectors', () => {
    assert.equal(patterns.length, 176)
    assert.equal(strings.length, 65)
  })

  for (const { pattern, matches } of patterns) {
    const name = JSON.stringify(pattern)
    if (matches === null) {
      it(`refuses ${name}`, () => {
        assert.equal(compileExpression(pattern).ok, false)
      })
    } else {
      it(`matches ${matches.length} of the strings as a whole: ${name}`, () => {
        const compiled = compileExpression(pattern)
        assert.ok(compiled.ok)
        const actual = strings.flatMap((text, index) => (compiled.expression.matches(text) ? [index] : []))
        assert.deepEqual(actual, matches)
      })
    }
  }
})
