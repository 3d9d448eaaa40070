import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readTrustPolicy } from '#pkg/policy'
import { NESTING_MAX_LEVELS, offsetOfExcessNesting } from '../../pkg/policy/document/nesting.ts'

function indented(levels: number, item: string): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}${item}\n`).join('')
}

const KINDS: Readonly<Record<string, (levels: number) => string>> = {
  'list items on one line': (levels) => `${'- '.repeat(levels)}x`,
  'list items on lines of their own': (levels) => indented(levels, '-'),
  'explicit keys': (levels) => `${'? '.repeat(levels)}x`,
  'values without keys': (levels) => `${': '.repeat(levels)}x`,
  'indented maps': (levels) => indented(levels, 'k:'),
  'maps on one line': (levels) => `${'k: '.repeat(levels)}x`,
  'flow lists': (levels) => '['.repeat(levels) + ']'.repeat(levels),
  'flow lists that are never closed': (levels) => '['.repeat(levels),
  'flow maps': (levels) => `${'{k: '.repeat(levels)}x${'}'.repeat(levels)}`,
  'flow lists over many lines': (levels) => '[\n '.repeat(levels),
  'flow lists inside maps': (levels) => `a:\n b:\n  ${'['.repeat(levels - 2)}`,
}

for (const [name, build] of Object.entries(KINDS)) {
  test(`lets ${NESTING_MAX_LEVELS} levels through, and no more: ${name}`, () => {
    assert.equal(offsetOfExcessNesting(build(NESTING_MAX_LEVELS)), undefined)
    assert.notEqual(offsetOfExcessNesting(build(NESTING_MAX_LEVELS + 1)), undefined)
  })
}

const FLAT: Readonly<Record<string, string>> = {
  'a quoted text': `a: "${'[ { - ? : '.repeat(80)}"\nb: '${'['.repeat(80)}'`,
  'a plain text': `a: x${'['.repeat(80)}`,
  'a comment': `# ${'- '.repeat(80)}\na: b # ${'['.repeat(80)}`,
  'a literal block': `a: |\n${indented(80, '- [').replaceAll(/^/gm, '  ')}\nb: c`,
  'a folded block': `a: >-\n  - ${'- '.repeat(80)}\n  ${'{'.repeat(80)}\nb: c`,
  'many keys': 'a: b\n'.repeat(80),
  'a list at the indentation of its map': 'a:\n- b\n- c\n'.repeat(80),
  'lists one after the other': 'a: [b, {c: d}]\n'.repeat(80),
}

for (const [name, text] of Object.entries(FLAT)) {
  test(`does not take ${name} for nesting`, () => {
    assert.equal(offsetOfExcessNesting(text, 3), undefined)
  })
}

test('goes on with the levels around a block scalar', () => {
  assert.notEqual(offsetOfExcessNesting('a:\n  b:\n    c: |\n      x\n    d:\n      e: f', 3), undefined)
})

test('refuses deep texts of every kind twenty times in one process', () => {
  for (const unit of ['- ', '? ', ': ', '[', '{', 'a: ', '- ? ', '{a: ', '[{', '"a": ', '- - ', ': - ']) {
    const text = unit.repeat(Math.floor(32_768 / unit.length))
    for (let time = 0; time < 20; time += 1) {
      assert.equal(readTrustPolicy(text, { level: 'repository' }).ok, false)
    }
  }
  const staircase = indented(240, 'k:')
  for (let time = 0; time < 20; time += 1) {
    const result = readTrustPolicy(staircase, { level: 'repository' })
    assert.deepEqual(
      result.diagnostics.map(({ code }) => code),
      ['nesting_too_deep'],
    )
  }
})

test('stops the parser where malformed text hides its nesting from the check of the text', () => {
  for (const line of ['"b" :a: x\n', '*b a: x\n']) {
    const text = `a: a: x\n${line.repeat(1_000)}`
    assert.equal(offsetOfExcessNesting(text), undefined)
    for (let time = 0; time < 20; time += 1) {
      const { diagnostics } = readTrustPolicy(text, { level: 'repository' })
      assert.deepEqual(
        diagnostics.map(({ line: row, code }) => [row, code]),
        [[50, 'nesting_too_deep']],
      )
    }
  }
})

interface Tree {
  readonly depth: number
  readonly lines: readonly string[]
}

/** Well-formed block YAML with its depth. */
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Tree>(
      { depth: 0, lines: [' x # c: [ - ?'] },
      { depth: 2, lines: [' {k: [a, "] - b"], l: m}'] },
      { depth: 0, lines: [' |', '   - [ a: b', '      ? {'] },
    ),
    fc
      .record({
        isList: fc.boolean(),
        step: fc.integer({ min: 1, max: 3 }),
        parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      })
      .map(({ isList, step, parts }) => ({
        depth: 1 + Math.max(...parts.map(({ depth }) => depth)),
        lines: [
          '',
          ...parts.flatMap(({ lines: [first = '', ...rest] }, index) =>
            [`${isList ? '-' : `k${index}:`}${first}`, ...rest].map((line) => ' '.repeat(step) + line),
          ),
        ],
      })),
  ),
})).tree

test('measures well-formed documents exactly', () => {
  fc.assert(
    fc.property(tree, ({ depth, lines }) => {
      const text = `k:${lines.join('\n')}\n`
      assert.equal(offsetOfExcessNesting(text, depth + 1), undefined)
      assert.notEqual(offsetOfExcessNesting(text, depth), undefined)
    }),
  )
})
