import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { readExpression } from '../../pkg/policy/expression/expression-reader.ts'
import { programSize } from '../../pkg/policy/expression/expression-size.ts'
import { listNodes, partsOf, type ExpressionNode } from '../../pkg/policy/expression/expression-syntax.ts'
import { loosePattern, nestedPattern } from './support/pattern-arbitrary.ts'

const RUNS = 2_000

/** What re2js makes of a pattern, alone and then as it is used; undefined when it refuses one of them. */
function compileAsUsed(pattern: string): RE2JS | undefined {
  try {
    RE2JS.compile(pattern)
    return RE2JS.compile(`^(?:${pattern})$`)
  } catch {
    return undefined
  }
}

function read(pattern: string): ExpressionNode {
  const node = readExpression(pattern)
  assert.ok(!('message' in node), `${pattern} is read`)
  return node
}

describe('the expression reader', () => {
  for (const [kind, arbitrary] of Object.entries({ loose: loosePattern, nested: nestedPattern })) {
    it(`reads whatever re2js compiles, and never counts fewer instructions (${kind} patterns)`, () => {
      fc.assert(
        fc.property(arbitrary, (pattern) => {
          const compiled = compileAsUsed(pattern)
          if (compiled === undefined) return
          assert.ok(programSize(read(pattern)) >= compiled.programSize())
        }),
        { numRuns: RUNS },
      )
    })

    it(`refuses what re2js refuses, but for names, products of counts and nesting (${kind} patterns)`, () => {
      fc.assert(
        fc.property(arbitrary, (pattern) => {
          if (/\\[pP]|\(\?P?<|\d{2}/.test(pattern) || compileAsUsed(pattern) !== undefined) return
          assert.ok('message' in readExpression(pattern))
        }),
        { numRuns: RUNS },
      )
    })
  }

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (pattern) => {
        const node = readExpression(pattern)
        assert.equal('message' in node, compileAsUsed(pattern) === undefined)
      }),
      { numRuns: RUNS },
    )
  })

  const problems: readonly (readonly [pattern: string, offset: number])[] = [
    ['a)b', 1],
    ['ab(c', 2],
    ['ab(?:c', 2],
    ['a|*', 2],
    ['ab**', 3],
    ['a{2,1}', 1],
    ['a{1001}', 1],
    ['é[a', 1],
    ['x[b-a]', 2],
    ['x[[:foo:]]', 2],
    ['x\\', 1],
    ['😀\\y', 2],
    ['x\\pé\\p{L', 4],
    ['x(?=a)', 1],
    ['x(?P<a-b>c)', 1],
    ['x\\Qabc', 1],
  ]
  for (const [pattern, offset] of problems) {
    it(`says where ${JSON.stringify(pattern)} is wrong`, () => {
      const node = readExpression(pattern)
      assert.ok('message' in node)
      assert.deepEqual([node.kind, node.offset], ['syntax', offset])
    })
  }

  it('keeps groups, and tells capturing ones', () => {
    const node = read('(a|b)(?:c)(?P<n>d)(?i)(?i:e)')
    const groups = partsOf(node)
    assert.deepEqual(
      groups.map((group) => group.kind === 'group' && group.capturing),
      [true, false, true, false],
    )
  })

  it('reads a class of one character as that character', () => {
    for (const pattern of ['[/]', '[\\/]', '[\\x2f]', '[/-/]', '[//]', '[^\\x00-.0-\\x{10FFFF}]', '\\057']) {
      assert.deepEqual(read(pattern), { kind: 'literal', codePoint: 0x2f, ignoreCase: false })
    }
  })

  it('lists parts before the node that they are part of', () => {
    const root = read('(a|b)*c')
    const nodes = listNodes(root)
    assert.equal(nodes.at(-1), root)
    assert.deepEqual(
      nodes.map(({ kind }) => kind),
      ['literal', 'literal', 'alternation', 'group', 'repetition', 'literal', 'concatenation'],
    )
  })

  const deep: Readonly<Record<string, string>> = {
    'open parentheses': '('.repeat(4_096),
    'closed parentheses': '('.repeat(2_048) + ')'.repeat(2_048),
    'plain groups': '(?:'.repeat(1_024) + ')'.repeat(1_024),
    'repeated repetitions': 'a' + '*(?)'.repeat(1_023),
    alternations: '(?:'.repeat(580) + 'a|b)'.repeat(580),
    'open classes': '[[:'.repeat(1_365),
    quotations: '\\Qa\\E'.repeat(819),
    properties: '\\p{'.repeat(1_024),
    names: '(?P<'.repeat(1_024),
    counts: 'a{1,'.repeat(1_024),
  }
  for (const [name, pattern] of Object.entries(deep)) {
    it(`reads 4,096 characters of ${name} without a deep stack`, () => {
      const node = readExpression(pattern)
      if (!('message' in node)) assert.ok(programSize(node) > 0)
    })
  }
})
