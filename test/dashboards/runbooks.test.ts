import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALERTS, RUNBOOKS_URL } from '../../scripts/dashboards/alerts.ts'
import { FAULT_CODES } from '../../scripts/dashboards/fault-codes.ts'
import { anchorsOf, readPage } from '../docs/support/page.ts'

const page = readPage('docs/runbooks.md')

describe('the alerts', () => {
  it('lead to a section of the runbooks each, and leave none out', () => {
    const sections = Array.from(page.matchAll(/^## (.+)$/gm), ([, heading = '']) => heading)
    const anchors = sections.map((heading) => heading.toLowerCase().replaceAll(' ', '-'))
    assert.deepEqual([...new Set(ALERTS.map(({ runbook }) => runbook))].sort(), anchors.sort())
    for (const { runbook } of ALERTS) assert.ok(anchorsOf(page).has(runbook), runbook)
  })

  it('have names of their own, and lead to the page of this project', () => {
    assert.equal(new Set(ALERTS.map(({ id }) => id)).size, ALERTS.length)
    assert.equal(new Set(ALERTS.map(({ title }) => title)).size, ALERTS.length)
    assert.match(RUNBOOKS_URL, /\/docs\/runbooks\.md$/)
  })

  it('are decided by a metric or a line of the log, all but the one of the audit log', () => {
    const others = ALERTS.filter(({ metric, log }) => metric === undefined && log === undefined)
    assert.deepEqual(
      others.map(({ id }) => id),
      ['anomalous-kms-access'],
    )
  })

  it('count the same codes as faults as the runbook of them', () => {
    assert.ok(page.includes(`{code=~"${FAULT_CODES}"}`))
  })
})
