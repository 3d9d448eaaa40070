import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ExchangeRecord } from '#pkg/audit'
import { exchangeDataOf } from '../../pkg/audit/event/exchange-data.ts'
import { anyRecord, DENIED, GRANTED } from '../audit/support/records.ts'
import { COLUMNS, problemsOf } from '../audit/support/table-schema.ts'

interface Message {
  readonly data: string
  readonly attributes?: Readonly<Record<string, string>>
}

const MODULE = new URL('../../iac/modules/recorder/to-row.mjs', import.meta.url)
const { toRow } = (await import(MODULE.href)) as { readonly toRow: (message: Message) => Message | null }

function rowOf(record: ExchangeRecord): Record<string, unknown> {
  const entry = { severity: 'INFO', jsonPayload: { message: `exchange ${record.outcome}`, record } }
  const row = toRow({ data: JSON.stringify(entry) })
  return JSON.parse(row?.data ?? '{}') as Record<string, unknown>
}

/** An empty list is no value in the table, and an error is there or not: its words are the event's alone. */
function withoutEmpty(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (part === undefined || part === null || (Array.isArray(part) && part.length === 0)) return undefined
      return key === 'error' ? 'there' : part
    }),
  )
}

describe('the row of a record in the log', () => {
  const cases: readonly (readonly [string, ExchangeRecord])[] = [
    ['of a grant', GRANTED],
    ['of a denial', DENIED],
    [
      'of a grant for all repositories',
      { ...GRANTED, scope: 'acme', grant: { permissions: {}, repositories: 'all' } },
    ],
    [
      'of an issuer that a list only audits',
      { ...GRANTED, issuerList: { source: 'present', mode: 'audit', allowed: false, stale: false } },
    ],
    ['of a token that lives for ever', { ...GRANTED, actor: { iss: 'i', sub: 's', exp: 1e300, claims: [] } }],
  ]
  for (const [name, record] of cases) {
    test(`${name} is what the event says`, () => {
      assert.deepEqual(withoutEmpty(rowOf(record)), withoutEmpty(exchangeDataOf(record)))
    })
  }

  test('fits the table, whatever the record holds', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        assert.deepEqual(problemsOf(rowOf(record), COLUMNS), [])
      }),
    )
  })

  test('has an error unless a token was given', () => {
    assert.equal(rowOf(GRANTED)['error'], undefined)
    assert.equal(rowOf(DENIED)['error'], 'rpc error: code = TOKEN_MALFORMED')
  })

  test('is not there for other lines of the log', () => {
    assert.equal(toRow({ data: JSON.stringify({ jsonPayload: { message: 'listening' } }) }), null)
    assert.equal(toRow({ data: JSON.stringify({ textPayload: 'listening' }) }), null)
  })
})
