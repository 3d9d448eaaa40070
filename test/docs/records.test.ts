import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeSpansOf, fencesOf, readPage, sectionOf } from './support/page.ts'
import { DENIAL_RECORD, GRANT_RECORD } from './support/record-example.ts'
import { eventOf, logLineOf } from './support/record-output.ts'
import { rowsOf } from './support/table.ts'

const page = readPage('docs/records.md')
const fields = rowsOf(sectionOf(page, '## Field by field'))

function fenceOf(info: string): unknown {
  const fence = fencesOf(page).find((each) => each.info === `json ${info}`)
  return JSON.parse(fence?.text ?? '') as unknown
}

describe('docs/records.md', () => {
  it('shows the line of a record as it is in the log', async () => {
    assert.deepEqual(fenceOf('denial line'), await logLineOf(DENIAL_RECORD))
  })

  it('shows the event of a record as its receiver gets it', async (t) => {
    const { headers, data } = await eventOf(t, GRANT_RECORD)
    assert.deepEqual(fenceOf('grant event'), data)
    const shown = fenceOf('grant headers') as Readonly<Record<string, string>>
    const told = Object.entries(headers).filter(([name]) => name.startsWith('ce-') || name === 'content-type')
    assert.deepEqual({ ...Object.fromEntries(told), 'ce-id': shown['ce-id'] }, shown)
    assert.match(headers['ce-id']?.toString() ?? '', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('has a row for each column of the events, and for no other', () => {
    const schema = JSON.parse(readPage('iac/modules/recorder/exchange.schema.json')) as { name: string }[]
    const columns = fields.flatMap(([, event = '']) => codeSpansOf(event))
    assert.deepEqual([...new Set(columns)].sort(), schema.map(({ name }) => name).sort())
  })

  it('has a row for each field of a record', () => {
    const named = new Set(fields.flatMap(([log = '']) => codeSpansOf(log)).map((name) => name.split('.')[0]))
    const record = { ...GRANT_RECORD, ...DENIAL_RECORD, unverifiedIssuer: undefined }
    assert.deepEqual([...named].sort(), Object.keys(record).sort())
  })

  it('says of the outcomes that are no codes what they mean', () => {
    const outcomes = rowsOf(sectionOf(page, '## Outcomes that are no codes')).map(([outcome]) => outcome)
    assert.deepEqual(outcomes, ['`OK`', '`REVOKED`', '`NOT_REVOKED`', '`MINT_UNKNOWN`'])
  })

  it('gives the bounds of the queues', () => {
    const delivery = readPage('pkg/audit/event/background-delivery.ts')
    const bounds = sectionOf(page, '## Delivery')
    for (const entries of ['10,000', '2,000']) {
      assert.ok(bounds.includes(entries) && delivery.includes(entries.replace(',', '_')), entries)
    }
    for (const mebibytes of [16, 4]) {
      assert.ok(bounds.includes(`${mebibytes} MiB`), `${mebibytes}`)
      assert.ok(delivery.includes(`maxBytes: ${mebibytes} * 1024 * 1024`), `${mebibytes}`)
    }
  })
})
