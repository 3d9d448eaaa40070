import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { narrowQuery } from '../../scripts/dashboards/narrow-query.ts'
import { ALERT_QUERIES, PANEL_QUERIES } from './support/dashboard-queries.ts'
import { readQuery } from './support/read-query.ts'

describe('narrowQuery', () => {
  const rows: readonly (readonly [expr: string, narrowed: string])[] = [
    ['sts_webhook_queue_depth', 'sts_webhook_queue_depth{job="a"}'],
    ['rate(sts_denial_count_total[5m])', 'rate(sts_denial_count_total{job="a"}[5m])'],
    ['sts_denial_count_total{reason="x"}', 'sts_denial_count_total{reason="x",job="a"}'],
    ['sum by (http_route) (up)', 'sum by (http_route) (up)'],
  ]
  for (const [expr, narrowed] of rows) {
    it(`makes ${narrowed}`, () => {
      assert.equal(narrowQuery(expr, 'job="a"'), narrowed)
    })
  }

  for (const { title, expr } of [...PANEL_QUERIES, ...ALERT_QUERIES]) {
    it(`leaves no series of another deployment in: ${title}`, () => {
      const { selectors } = readQuery(narrowQuery(expr, 'job="a"'))
      assert.ok(selectors.length > 0)
      for (const { name, matchers } of selectors) {
        assert.ok(
          matchers.some(({ label }) => label === 'job'),
          name,
        )
      }
    })
  }
})
