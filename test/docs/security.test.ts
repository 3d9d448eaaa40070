import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readPage, sectionOf } from './support/page.ts'

/** A line of the tables of tests. */
interface Line {
  /** Empty where it adds a test to the row above. */
  readonly row: string
  readonly state: string
  readonly test: string
}

/** The rows that have to be there, by their letter. */
const ROWS = { S: 17, J: 16, P: 3, R: 4, X: 7, Q: 7, W: 9, G: 6, N: 7, D: 10 }

const TEST = /^\[([\w/-]+)\] `([^`]+)`$/
const NONE = '—'

const section = sectionOf(readPage('docs/security.md'), '## Where each promise is tested')
const lines: readonly Line[] = Array.from(
  section.matchAll(/^\| *(\w*) *\|[^|\n]*\| *([^|\n]*?) *\| *([^|\n]*?) *\|$/gm),
  ([, row = '', state = '', test = '']) => ({ row, state, test }),
).filter(({ row }) => row !== 'Row')

/** The file of a label: `AREA/FILE`, or `modules/MODULE/FILE` for tests of a Terraform module. */
function fileOf(label: string): string {
  const [, module, file] = /^modules\/([\w-]+)\/([\w-]+)$/.exec(label) ?? []
  return module === undefined || file === undefined
    ? `test/${label}.test.ts`
    : `iac/modules/${module}/tests/${file}.tftest.hcl`
}

/** Whether a file has a test or a suite whose name is `name`, or begins with it where the rest is filled in. */
function hasTest(text: string, name: string): boolean {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (new RegExp(`^run "${pattern}" \\{$`, 'm').test(text)) return true
  return new RegExp(
    `\\b(?:test|it|describe|fuzz)\\(\\s*(?:'${pattern}'|"${pattern}"|\`${pattern}\\s*(?:\\$\\{|\`))`,
  ).test(text)
}

describe('the tables of tests in docs/security.md', () => {
  it('have every row', () => {
    const expected = Object.entries(ROWS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    )
    assert.deepEqual(
      lines.flatMap(({ row }) => (row === '' ? [] : [row])),
      expected,
    )
  })

  it('say of each row how far it is tested, and name a test where it is', () => {
    for (const { row, state, test } of lines) {
      assert.match(state, row === '' ? /^$/ : /^(?:tested|partly|not yet)$/, row)
      assert.equal(test === NONE, state === 'not yet', `${row}: ${test}`)
    }
  })

  for (const { test } of lines.filter((line) => line.test !== NONE)) {
    it(`name a test that is there: ${test}`, () => {
      const [, file = '', name = ''] = TEST.exec(test) ?? []
      const path = fileOf(file)
      assert.ok(existsSync(new URL(`../../${path}`, import.meta.url)), path)
      assert.ok(hasTest(readPage(path), name), name)
      assert.ok(readPage('docs/security.md').includes(`\n[${file}]: ../${path}\n`), `${file} has no link`)
    })
  }
})

describe('hasTest', () => {
  it('takes a whole name, or what stands before a value', () => {
    assert.ok(hasTest(`test('a b', `, 'a b'))
    assert.ok(hasTest('describe(`a b ${c}`', 'a b'))
    assert.ok(hasTest('it(\n  "a (b)", ', 'a (b)'))
    assert.ok(hasTest('run "a_b" {\n', 'a_b'))
  })

  it('takes neither a part of a name nor a comment', () => {
    assert.ok(!hasTest(`test('a b c', `, 'a b'))
    assert.ok(!hasTest('run "a_b_c" {\n', 'a_b'))
    assert.ok(!hasTest('// a b', 'a b'))
  })
})
