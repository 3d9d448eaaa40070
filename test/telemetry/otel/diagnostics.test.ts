import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDiagnostics, DIAGNOSTIC_PAUSE_MS } from '../../../pkg/telemetry/otel/diagnostics.ts'
import { captureLog } from '../support/log-lines.ts'

const REFUSED = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })

describe('createDiagnostics', () => {
  it('tells of failures once an hour, with the number of those it did not tell', () => {
    let now = 0
    const { logger, lines } = captureLog()
    const { exportFailed } = createDiagnostics(logger, () => now)
    for (let count = 0; count < 100; count += 1) exportFailed(REFUSED)
    assert.equal(lines.length, 1)
    now = DIAGNOSTIC_PAUSE_MS
    exportFailed(REFUSED)
    assert.deepEqual(
      lines.map((line) => 'untold' in line && line.untold),
      [0, 99],
    )
    assert.equal(JSON.stringify(lines).includes('ECONNREFUSED'), true)
    assert.equal(JSON.stringify(lines).includes('diagnostics.test.ts'), false)
  })

  it('tells each complaint once an hour, few of them, and none that follow from a failure', () => {
    let now = 0
    const { logger, lines } = captureLog()
    const diagnostics = createDiagnostics(logger, () => now)
    for (let count = 0; count < 10; count += 1) diagnostics.logger.warn(`dropped ${count}`)
    assert.equal(lines.length, 1)
    for (const letter of 'abcdefghij') diagnostics.logger.error(letter)
    assert.equal(lines.length, 5)
    now = DIAGNOSTIC_PAUSE_MS
    diagnostics.logger.warn('dropped 1')
    assert.equal(lines.length, 6)
    diagnostics.exportFailed(REFUSED)
    diagnostics.logger.warn('another')
    assert.equal(lines.length, 7)
  })

  it('hides secrets and cuts what is long', () => {
    const { logger, lines } = captureLog()
    const diagnostics = createDiagnostics(logger, () => 0)
    diagnostics.logger.error(`Bearer abcdefghijklmnop ${'x'.repeat(10_000)}`)
    diagnostics.exportFailed({ data: 'what a receiver answered' })
    createDiagnostics(logger, () => 0).exportFailed(
      Object.assign(new Error('what a receiver answered'), { name: 'OTLPExporterError', code: 403 }),
    )
    assert.match(JSON.stringify(lines), /OTLPExporterError \(403\)/)
    const text = JSON.stringify(lines)
    assert.ok(text.length < 1_000)
    assert.doesNotMatch(text, /abcdefghijklmnop|receiver answered/)
  })
})
