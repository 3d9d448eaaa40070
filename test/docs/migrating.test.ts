import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VARIABLES } from '#pkg/config'
import { MESSAGES, type ErrorCode } from '#pkg/errors'
import { grpcStatusOf } from '#pkg/wire'
import { OCTO_STS_DIFFERENCES } from '../../pkg/policy/portability/octo-sts-difference.ts'
import { codeSpansOf, readPage, sectionOf } from './support/page.ts'
import { rowsOf } from './support/table.ts'

const page = readPage('docs/migrating-from-octo-sts.md')

describe('docs/migrating-from-octo-sts.md', () => {
  it('has a row for each difference that is told, with its severity, and for no other', () => {
    const rows = rowsOf(sectionOf(page, '### Codes')).map(([code = '', severity]) => [
      codeSpansOf(code)[0],
      severity,
    ])
    const differences = Object.entries(OCTO_STS_DIFFERENCES).map(([code, { severity }]) => [code, severity])
    assert.deepEqual(rows.sort(), differences.sort())
  })

  it('has each error code, with the status that it has', () => {
    const rows = rowsOf(sectionOf(page, '## Errors')).map(([, code = '', status = '']) => [
      codeSpansOf(code)[0] ?? '',
      codeSpansOf(status)[0] ?? '',
    ])
    for (const [code = '', status] of rows) {
      assert.ok(Object.hasOwn(MESSAGES, code), code)
      assert.equal(status, grpcStatusOf(code as ErrorCode), code)
    }
    assert.deepEqual([...new Set(rows.map(([code]) => code))].sort(), Object.keys(MESSAGES).sort())
  })

  it('says of each variable of octo-sts what becomes of it', () => {
    const statuses: Readonly<Record<string, readonly string[]>> = {
      'read as before': ['read'],
      'no effect': ['not built: nothing'],
    }
    const rows = rowsOf(sectionOf(page, '## Environment'))
    assert.deepEqual(
      rows.map(([what]) => what),
      Object.keys(statuses),
    )
    assert.deepEqual(
      VARIABLES.filter(({ octoSts, status }) => octoSts && !Object.values(statuses).flat().includes(status)),
      [],
    )
    for (const [what = '', names = ''] of rows) {
      const wanted = VARIABLES.filter(
        ({ octoSts, status }) => octoSts && statuses[what]?.includes(status) === true,
      )
      assert.deepEqual([...codeSpansOf(names)].sort(), wanted.map(({ name }) => name).sort(), what)
    }
  })
})
