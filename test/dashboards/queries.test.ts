import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PANEL_GROUPS } from '../../scripts/dashboards/panels.ts'
import { ALERT_QUERIES, PANEL_QUERIES } from './support/dashboard-queries.ts'
import { labelsOf } from './support/metric-labels.ts'
import { readQuery } from './support/read-query.ts'

describe('the queries of panels and alerts', () => {
  for (const { title, expr } of [...PANEL_QUERIES, ...ALERT_QUERIES]) {
    it(`ask for series, labels and values that there are: ${title}`, () => {
      const { selectors, labels } = readQuery(expr)
      assert.ok(selectors.length > 0)
      for (const { name, matchers } of selectors) {
        const known = labelsOf(name)
        assert.ok(known, name)
        for (const label of labels) assert.ok(known.has(label), `${name}: ${label}`)
        for (const { label, operator, value } of matchers) {
          const bound = known.get(label)
          assert.ok(bound, `${name}: ${label}`)
          if (!('values' in bound)) continue
          const wanted = operator.endsWith('~') ? value.split('|') : [value]
          for (const each of wanted) {
            const pattern = new RegExp(`^(?:${each})$`)
            assert.ok(
              bound.values.some((one) => one === each || pattern.test(one)),
              `${name}: ${label}: ${each}`,
            )
          }
        }
      }
    })
  }

  it('leave no label of a legend without its value', () => {
    for (const { title, queries } of PANEL_GROUPS.flatMap(({ panels }) => panels)) {
      for (const { expr, legend } of queries) {
        const { labels } = readQuery(expr)
        const shown = Array.from(legend.matchAll(/\{\{(\w+)\}\}/g), ([, label = '']) => label)
        for (const label of shown) assert.ok(labels.includes(label), `${title}: ${label}`)
      }
    }
  })
})

describe('readQuery', () => {
  it('takes what is no word of PromQL for a series', () => {
    const { selectors, labels } = readQuery(
      'sum by (le, code) (rate(a_total{b=~"c|d",e!="f"}[5m])) or 0 * b unless on (g) (h offset 10m) > 5',
    )
    assert.deepEqual(labels, ['le', 'code', 'g'])
    assert.deepEqual(
      selectors.map(({ name }) => name),
      ['a_total', 'b', 'h'],
    )
    assert.deepEqual(selectors[0]?.matchers, [
      { label: 'b', operator: '=~', value: 'c|d' },
      { label: 'e', operator: '!=', value: 'f' },
    ])
  })
})
