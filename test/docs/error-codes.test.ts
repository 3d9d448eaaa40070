import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { codeSpansOf, readPage, sectionOf } from './support/page.ts'
import { rowsOf } from './support/table.ts'

/** Where the readers of documents say what is wrong. Lints and the comparison with octo-sts have tables of their own. */
function readerSources(): readonly string[] {
  const root = new URL('../../pkg/policy/', import.meta.url)
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/^(?:lint|portability|power)\b/.test(name))
    .map((name) => readPage(`pkg/policy/${name.replaceAll('\\', '/')}`))
}

/** The codes of errors, which only the sources have all of. */
function errorCodes(): readonly string[] {
  const codes = readerSources().flatMap((text) =>
    Array.from(
      text.matchAll(/(?:\.error|refused|refusedAtStart)\(\s*'(\w+)'|\bcode: '(\w+)'/g),
      ([, first, second]) => first ?? second ?? '',
    ),
  )
  const kinds = /readonly kind: ('syntax' \|[^\n]*)/.exec(
    readPage('pkg/policy/expression/expression-problem.ts'),
  )?.[1]
  const patterns = Array.from((kinds ?? '').matchAll(/'(\w+)'/g), ([, kind = '']) => `pattern_${kind}`)
  return [...new Set([...codes, ...patterns])].sort()
}

function codesIn(page: string, heading: string): readonly string[] {
  return rowsOf(sectionOf(readPage(page), heading)).flatMap(([cell = '']) => codeSpansOf(cell))
}

describe('the tables of errors', () => {
  it('have a row for each code of the readers, and for no other', () => {
    const documented = codesIn('docs/policies.md', '## What makes a policy invalid')
    assert.ok(errorCodes().length >= 40)
    const elsewhere = ['origin_mismatch']
    assert.deepEqual(
      [...documented].sort(),
      errorCodes().filter((code) => !elsewhere.includes(code)),
    )
  })

  it('have a row for each code of the check alone', () => {
    const review = ['installation-check', 'file-finding'].map((name) =>
      readPage(`pkg/webhook/review/${name}.ts`),
    )
    const own = Array.from(
      review
        .join()
        .matchAll(/'((?:permission|repository|unusable|unreachable|no_policy|issuer_list_removed)\w*)',/g),
      ([, code = '']) => code,
    )
    assert.deepEqual(
      [...codesIn('docs/webhook.md', '## What it says')].sort(),
      [...new Set([...own, 'origin_mismatch'])].sort(),
    )
  })
})
