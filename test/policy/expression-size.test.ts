import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RE2JS } from 're2js'
import { measureExpression } from '../../pkg/policy/expression/expression.ts'
import { readVectorFile } from './support/vectors.ts'

function sizeOf(pattern: string): number {
  const measure = measureExpression(pattern)
  assert.ok(measure.ok, pattern)
  return measure.size
}

describe('the size of an expression', () => {
  const sizes: readonly (readonly [pattern: string, size: number])[] = [
    ['a', 5],
    ['abc', 7],
    ['😀', 5],
    ['[😀-😂]', 5],
    ['[a-z]', 5],
    ['\\pL', 5],
    ['.', 5],
    ['^', 5],
    ['', 5],
    ['(?:a)', 5],
    ['(a)', 7],
    ['(?P<n>a)', 7],
    ['a*', 6],
    ['a+', 6],
    ['a?', 6],
    ['(?:a?)*', 8],
    ['(?:a*)*', 8],
    ['(?:a?)+', 7],
    ['ab|cd|ef', 12],
    ['a{3}', 7],
    ['a{2,5}', 12],
    ['a{0,5}', 14],
    ['a{3,}', 8],
    ['a{1,}', 6],
    ['a{0,}', 6],
    ['(?:a?){0,}', 8],
    ['(?:a{10}){10}', 104],
    ['(a?){1000}', 4_004],
    ['(?i)abc', 7],
    ['\\Qa.b\\E', 7],
  ]
  for (const [pattern, size] of sizes) {
    it(`of ${JSON.stringify(pattern)} is ${size}`, () => {
      assert.equal(sizeOf(pattern), size)
    })
  }

  it('is what re2js reports, where re2js does not simplify', () => {
    for (const pattern of [
      'repo:acme/[^/]+:.*',
      '(a|bc)+d',
      'x{2,5}y{3,}',
      '(?:a?){0,}',
      '(?:a?)*',
      'b(a{0}|cd)',
    ]) {
      assert.equal(sizeOf(pattern), RE2JS.compile(`^(?:${pattern})$`).programSize(), pattern)
    }
  })

  it('counts an operand that is repeated no times, which re2js sometimes does', () => {
    for (const pattern of ['a{0}|b', '(a{0})', 'a|a(?:bc){0}', '(?:a(?:bc){0}|a){3}']) {
      assert.ok(sizeOf(pattern) >= RE2JS.compile(`^(?:${pattern})$`).programSize(), pattern)
    }
  })

  it('is never less than what re2js reports for the vectors', () => {
    const { patterns } = JSON.parse(readVectorFile('expressions.json')) as {
      readonly patterns: readonly { readonly pattern: string; readonly matches: readonly number[] | null }[]
    }
    for (const { pattern, matches } of patterns) {
      if (matches === null) continue
      assert.ok(sizeOf(pattern) >= RE2JS.compile(`^(?:${pattern})$`).programSize(), pattern)
    }
  })
})
