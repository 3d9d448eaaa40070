import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { STRICT_LINT_CODES } from '../../pkg/policy/lint/lint.ts'
import { codeSpansOf, readPage, sectionOf } from './support/page.ts'
import { rowsOf } from './support/table.ts'

/** Warnings that are no lints: of the readers, and of the command line. */
const OTHER_WARNINGS = ['duplicate_repository', 'uncatalogued_permission', 'unreachable_file']

/** The codes of lints: a type alone, which only its source can tell. */
function lintCodes(): readonly string[] {
  const [, union = ''] =
    /export type LintCode =([^]*?)\n\n/.exec(readPage('pkg/policy/lint/lint-rule.ts')) ?? []
  return Array.from(union.matchAll(/'(\w+)'/g), ([, code = '']) => code)
}

describe('the table of lints in docs/policies.md', () => {
  const rows = rowsOf(sectionOf(readPage('docs/policies.md'), '## What lint finds'))
  const codeOf = ([cell = '']: readonly string[]): string => codeSpansOf(cell)[0] ?? ''

  it('has a row for each code, and for no other', () => {
    assert.ok(lintCodes().length >= 15)
    assert.deepEqual(rows.map(codeOf).sort(), [...lintCodes(), ...OTHER_WARNINGS].sort())
  })

  it('marks those that a strict service refuses', () => {
    const marked = rows.filter(([cell = '']) => cell.endsWith('\\*')).map(codeOf)
    assert.deepEqual(marked.sort(), [...STRICT_LINT_CODES].sort())
  })

  it('names the warnings that are no lints as their sources do', () => {
    for (const code of OTHER_WARNINGS.slice(0, 2)) {
      const sources = ['pkg/policy/policy-values.ts', 'pkg/policy/permissions-reader.ts']
      assert.ok(
        sources.some((source) => readPage(source).includes(`findings.warn('${code}'`)),
        code,
      )
    }
    assert.ok(readPage('cmd/ghsts/lint/lint-file.ts').includes("'unreachable_file'"))
  })
})
