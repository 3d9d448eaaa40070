import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { CODE_OF_REASON } from '#pkg/errors'
import { codeSpansOf, fencesOf, linksOf, readPage, sectionOf } from './support/page.ts'
import { DENIAL_RECORD, GRANT_RECORD } from './support/record-example.ts'
import { rowsOf } from './support/table.ts'

const page = readPage('docs/runbooks.md')
const PARTS = ['Means', 'Who is hurt', 'Look first', 'Do', 'Ends']

function sourcesIn(folder: string): readonly string[] {
  const names = readdirSync(new URL(`../../${folder}/`, import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  })
  return names.filter((name) => name.endsWith('.ts')).map((name) => readPage(`${folder}/${name}`))
}

const sources = [...sourcesIn('cmd'), ...sourcesIn('pkg')].join('\n')

describe('docs/runbooks.md', () => {
  const alerts = rowsOf(page.slice(0, page.indexOf('\n## '))).map(([alert = '']) => linksOf(alert)[0])
  const sections = Array.from(page.matchAll(/^## (.+)$/gm), ([, heading = '']) => heading)

  it('has a section for each alert, and an alert for each section', () => {
    const anchors = sections.map((heading) => `#${heading.toLowerCase().replaceAll(' ', '-')}`)
    assert.deepEqual([...alerts].sort(), anchors.sort())
  })

  for (const heading of sections) {
    it(`says everything about: ${heading}`, () => {
      const parts = Array.from(
        sectionOf(page, `## ${heading}`).matchAll(/^\*\*([^*.]+)\.?\*\*/gm),
        ([, part]) => part,
      )
      assert.deepEqual(parts, PARTS)
    })
  }

  for (const path of ['docs/runbooks.md', 'docs/metrics.md', 'docs/probers.md', 'docs/records.md']) {
    it(`quotes lines of the log that there are, in ${path}`, () => {
      const text = readPage(path)
      const queries = fencesOf(text).flatMap((fence) => (fence.info === 'text' ? [fence.text] : []))
      const said = [...queries, ...codeSpansOf(text)].join('\n')
      for (const [, all = ''] of said.matchAll(/jsonPayload\.message=(.+)/g)) {
        const messages = Array.from(all.matchAll(/"([^"]+)"/g), ([, message = '']) => message)
        assert.ok(messages.length > 0)
        for (const message of messages) assert.ok(sources.includes(`'${message}'`), message)
      }
    })

    it(`asks for fields of a record that there are, in ${path}`, () => {
      const known = new Set(Object.keys({ ...GRANT_RECORD, ...DENIAL_RECORD }))
      for (const [, field = ''] of readPage(path).matchAll(/\brecord\.(\w+)/g)) {
        assert.ok(known.has(field), field)
      }
      for (const [, reason = ''] of readPage(path).matchAll(/record\.reason="(\w+)"/g)) {
        assert.ok(Object.hasOwn(CODE_OF_REASON, reason), reason)
      }
    })
  }

  it('has a row for each cause of a drop', () => {
    const [, union = ''] = /export type DropCause = (.+)/.exec(readPage('pkg/audit/event/delivery.ts')) ?? []
    const causes = Array.from(union.matchAll(/'(\w+)'/g), ([, cause = '']) => cause)
    const rows = rowsOf(sectionOf(page, '## Events are dropped')).map(([cause = '']) => codeSpansOf(cause)[0])
    assert.deepEqual(rows.sort(), causes.sort())
  })
})
