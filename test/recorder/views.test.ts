import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const FOLDER = new URL('../../iac/modules/recorder/', import.meta.url)

interface Column {
  readonly name: string
  readonly type: string
  readonly fields?: readonly Column[]
}

/** `scope`, `actor.sub`: as a query names columns. */
function namesOf(columns: readonly Column[], prefix = ''): readonly string[] {
  return columns.flatMap(({ name, fields = [] }) => [prefix + name, ...namesOf(fields, `${prefix}${name}.`)])
}

const columns = new Set(
  namesOf(JSON.parse(readFileSync(new URL('exchange.schema.json', FOLDER), 'utf8')) as readonly Column[]),
)
const views = [
  ...readFileSync(new URL('table.tf', FOLDER), 'utf8').matchAll(/^ +(\w+) += <<-SQL\n([^]*?)^ +SQL$/gm),
]

/** Functions, keywords, and what a query itself names. */
function columnsIn(query: string): readonly string[] {
  const named = [...query.matchAll(/\bAS (\w+)/g)].map(([, name]) => name)
  return [...query.replace(/'[^']*'|`[^`]*`/g, '').matchAll(/\b[a-z][a-z_.]*\b/g)]
    .map(([name]) => name)
    .filter((name) => columns.has(name) || !named.includes(name))
}

describe('the views of the recorder', () => {
  it('are those of octo-sts, and one by reason', () => {
    assert.deepEqual(
      views.map(([, name]) => name),
      ['errors_by_installations', 'errors_by_subject', 'errors_by_reason'],
    )
  })

  for (const [, name = '', query = ''] of views) {
    it(`${name} asks for columns that the table has`, () => {
      const asked = columnsIn(query)
      assert.ok(asked.includes('code') && asked.includes('time'))
      assert.deepEqual(
        asked.filter((column) => !columns.has(column)),
        [],
      )
    })
  }
})
