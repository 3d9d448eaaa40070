import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  compileExpression,
  isTooLong,
  measureExpression,
  PATTERN_MAX_CHARACTERS,
  PATTERN_MAX_INSTRUCTIONS,
  POLICY_MAX_CLASS_WORK,
  VALUE_MAX_CHARACTERS,
  type Expression,
} from '../../pkg/policy/expression/expression.ts'
import { loosePattern } from './support/pattern-arbitrary.ts'

function compile(pattern: string): Expression {
  const compiled = compileExpression(pattern)
  assert.ok(compiled.ok, pattern)
  return compiled.expression
}

function problemOf(pattern: string): string | undefined {
  const compiled = compileExpression(pattern)
  return compiled.ok ? undefined : compiled.problem.kind
}

describe('compileExpression', () => {
  it('keeps the pattern and its size', () => {
    const { pattern, size } = compile('a|b')
    assert.deepEqual({ pattern, size }, { pattern: 'a|b', size: 7 })
  })

  it('takes 4,096 characters and no more, counting code points', () => {
    const longest = `(?:${'😀'.repeat(PATTERN_MAX_CHARACTERS - 7)}){0}`
    assert.equal(compileExpression(longest).ok, true)
    assert.equal(problemOf(`${longest}a`), 'too_long')
    assert.equal(problemOf('a'.repeat(1_000_000)), 'too_long')
  })

  it('takes 4,096 instructions and no more', () => {
    assert.equal(compile('a'.repeat(PATTERN_MAX_INSTRUCTIONS - 4)).size, PATTERN_MAX_INSTRUCTIONS)
    assert.equal(problemOf('a'.repeat(PATTERN_MAX_INSTRUCTIONS - 3)), 'too_large')
  })

  for (const pattern of [
    'a{0,1000}'.repeat(100),
    '(?:a{100}){11}b{1000}{2}|',
    '(a{1000}){5}',
    'a{1000}'.repeat(5),
  ]) {
    it(`refuses ${pattern.slice(0, 24)} before it is compiled`, () => {
      assert.equal(measureExpression(pattern).ok, false)
    })
  }

  const wide: readonly string[] = [
    `[${'\\pL'.repeat(1_300)}]`,
    '\\pL'.repeat(1_300),
    `(?i)[${'B-\\x{1e900}'.repeat(370)}]`,
    '(?i)[C-𞤀]'.repeat(3),
  ]
  for (const pattern of wide) {
    it(`refuses classes that cost more than their one instruction: ${pattern.slice(0, 24)}`, () => {
      assert.equal(problemOf(pattern), 'too_large')
    })
  }

  it('counts the work of classes, so that a policy can be limited as a whole', () => {
    const work = (pattern: string): number => {
      const measure = measureExpression(pattern)
      assert.ok(measure.ok)
      return measure.classWork
    }
    assert.equal(work('[a-z]\\w[^/]'), 0)
    assert.equal(work('(?i)[a-z]\\W[[:^alpha:]]'), 26)
    assert.equal(work('\\pL[\\p{Greek}\\PN]'), 3_000)
    assert.equal(work('(?i)[\\x00-\\x{10FFFF}]'), 0)
    assert.ok(work('(?i)[B-\\x{1e900}]') > POLICY_MAX_CLASS_WORK / 3)
  })

  it('compiles a pattern by itself first', () => {
    for (const pattern of ['a)(b', 'a)|(b', ')', '(', 'a\\', '\\Qa'])
      assert.equal(problemOf(pattern), 'syntax')
  })

  it('leaves to re2js which names exist and how deep groups nest', () => {
    const refused = [
      '\\p{Foo}',
      '(?P<n>a)(?P<n>b)',
      '(a{100}){11}',
      `${'('.repeat(1_001)}a${')'.repeat(1_001)}`,
    ]
    for (const pattern of refused) {
      assert.equal(measureExpression(pattern).ok, true, pattern.slice(0, 20))
      assert.equal(problemOf(pattern), 'syntax', pattern.slice(0, 20))
    }
  })
})

describe('an expression', () => {
  it('matches whole values only', () => {
    const expression = compile('foo|bar')
    assert.equal(expression.matches('foo'), true)
    for (const value of ['fooevil', 'evilbar', 'foo|bar', 'foo\n', '\nbar', '']) {
      assert.equal(expression.matches(value), false, value)
    }
  })

  it('ends at the end of the text, also with $ and with lines', () => {
    for (const pattern of ['a$', '(?m)a$', '(?m:^a$)']) {
      assert.equal(compile(pattern).matches('a'), true, pattern)
      assert.equal(compile(pattern).matches('a\n'), false, pattern)
      assert.equal(compile(pattern).matches('a\nb'), false, pattern)
    }
  })

  it('never matches a value of more than 1,024 characters, counting code points', () => {
    const expression = compile('(?s).*')
    const longest = '😀'.repeat(VALUE_MAX_CHARACTERS)
    assert.deepEqual([expression.matches(longest), isTooLong(longest)], [true, false])
    assert.deepEqual([expression.matches(`${longest}a`), isTooLong(`${longest}a`)], [false, true])
    assert.equal(isTooLong('a'.repeat(1_000_000)), true)
  })

  it('takes lone surrogates as characters of their own', () => {
    assert.equal(compile('\ud800').matches('\ud800'), true)
    assert.equal(compile('\ud800').matches('\ud83d\ude00'), false)
    assert.equal(compile('.').matches('😀'), true)
    assert.equal(compile('..').matches('\udc00\ud800'), true)
  })

  it('answers every value, for every pattern that compiles', () => {
    fc.assert(
      fc.property(loosePattern, fc.string({ unit: 'binary', maxLength: 50 }), (pattern, value) => {
        const compiled = compileExpression(pattern)
        if (compiled.ok) assert.equal(typeof compiled.expression.matches(value), 'boolean')
        else assert.ok(['syntax', 'too_long', 'too_large'].includes(compiled.problem.kind))
      }),
      { numRuns: 2_000 },
    )
  })
})
