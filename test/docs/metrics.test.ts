import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { METRIC_CATALOGUE, prometheusNames } from '#pkg/telemetry'
import { codeSpansOf, fencesOf, readPage, sectionOf } from './support/page.ts'
import { rowsOf } from './support/table.ts'

const page = readPage('docs/metrics.md')

/** Names of Prometheus, without what a histogram adds. */
function seriesOf(definition: (typeof METRIC_CATALOGUE)[number]): string {
  const [name = ''] = prometheusNames(definition)
  return definition.kind === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name
}

const SERIES = new Set(METRIC_CATALOGUE.flatMap((each) => [seriesOf(each), ...prometheusNames(each)]))

/** Every word in `text` that looks like a series of this service. */
function seriesIn(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/\b(?:sts|http_server|http_client_request_duration|rpc)_\w+/g),
    ([name]) => name,
  )
}

describe('docs/metrics.md', () => {
  it('lists the metrics of the catalogue', () => {
    const rows = rowsOf(sectionOf(page, '## What is measured')).map(
      ([name = '', series = '', kind, unit = '', labels = '']) => ({
        name: codeSpansOf(name)[0],
        series: codeSpansOf(series)[0],
        kind,
        unit: codeSpansOf(unit)[0],
        labels: codeSpansOf(labels),
      }),
    )
    assert.deepEqual(
      rows,
      METRIC_CATALOGUE.map((each) => ({
        name: each.name,
        series: seriesOf(each),
        kind: each.kind,
        unit: each.unit,
        labels: Object.keys(each.labels),
      })),
    )
  })

  it('says of each what it tells and when to look', () => {
    const rows = rowsOf(sectionOf(page, '## What they tell'))
    assert.deepEqual(
      rows.map(([name = '']) => codeSpansOf(name)[0]),
      METRIC_CATALOGUE.map(({ name }) => name),
    )
    for (const [name, tells = '', when = ''] of rows) assert.ok(tells !== '' && when !== '', name)
  })

  it('has a row for each label that is not of OpenTelemetry', () => {
    const labels = METRIC_CATALOGUE.flatMap((each) => Object.keys(each.labels)).filter(
      (name) => !name.includes('.'),
    )
    const rows = rowsOf(sectionOf(page, '## Labels')).map(([label = '']) => codeSpansOf(label)[0])
    assert.deepEqual([...new Set(labels)].sort(), rows.sort())
  })

  it('gives the values of labels that are few', () => {
    const rows = new Map(
      rowsOf(sectionOf(page, '## Labels')).map(([label = '', values = '']) => [
        codeSpansOf(label)[0],
        codeSpansOf(values),
      ]),
    )
    const labels = [
      'level',
      'transport',
      'cache',
      'result',
      'operation',
      'status_class',
      'prober',
      'conclusion',
    ]
    for (const label of labels) {
      const bound = METRIC_CATALOGUE.find((each) => Object.hasOwn(each.labels, label))?.labels[label]
      assert.ok(bound !== undefined && 'values' in bound, label)
      assert.deepEqual([...(rows.get(label) ?? [])].sort(), [...bound.values].sort(), label)
    }
  })

  it('names the steps of an exchange as the spans are named', () => {
    const sources = readdirSync(new URL('../../pkg/exchange/', import.meta.url))
    const steps = sources.flatMap((name) =>
      Array.from(readPage(`pkg/exchange/${name}`).matchAll(/\.step\('(\w+)'/g), ([, step = '']) => step),
    )
    const [paragraph = ''] = sectionOf(page, '## Traces').trim().split('\n\n')
    const named = codeSpansOf(paragraph.replaceAll('\n', ' ')).filter((code) => /^[a-z_]+$/.test(code))
    assert.deepEqual([...named].sort(), [...new Set(steps)].sort())
  })

  it('names the attributes that spans have', () => {
    const sources = ['request-end', 'otel-tracer'].map((name) => readPage(`pkg/telemetry/otel/${name}.ts`))
    const set = sources.flatMap((text) =>
      Array.from(text.matchAll(/'((?:sts|http|rpc)\.[a-z_.]+)'/g), ([, name = '']) => name),
    )
    const named = rowsOf(sectionOf(page, '## Traces')).flatMap(([attributes = '']) => codeSpansOf(attributes))
    assert.deepEqual([...new Set(named)].sort(), [...new Set(set)].sort())
  })

  it('maps the metrics of octo-sts to some that there are', () => {
    const rows = rowsOf(sectionOf(page, "## Where octo-sts's metrics went")).map(([, here = '']) => here)
    const named = rows.flatMap(seriesIn)
    assert.ok(named.length > 8)
    assert.deepEqual(
      named.filter((name) => !SERIES.has(name)),
      [],
    )
  })
})

for (const path of ['docs/metrics.md', 'docs/runbooks.md', 'docs/probers.md']) {
  describe(`the queries in ${path}`, () => {
    // The names of octo-sts's metrics are not ours.
    const text = readPage(path).replace(/^## Where octo-sts's[^]*/m, '')
    const queries = fencesOf(text).filter(({ info }) => info === 'promql')

    it('ask for series that there are', () => {
      const named = [
        ...queries.flatMap((query) => seriesIn(query.text)),
        ...codeSpansOf(text).flatMap(seriesIn),
      ]
      assert.ok(named.length > 0)
      assert.deepEqual(
        named.filter((name) => !SERIES.has(name)),
        [],
      )
    })

    it('ask for labels that they have', () => {
      for (const { text: query } of queries) {
        for (const [, name = '', matchers = ''] of query.matchAll(/(\w+)\{([^}]*)\}/g)) {
          const definition = METRIC_CATALOGUE.find((each) => prometheusNames(each).includes(name))
          assert.ok(definition, name)
          for (const [, label = '', operator = '', value = ''] of matchers.matchAll(/(\w+)(=~?)"([^"]*)"/g)) {
            const bound = definition.labels[label]
            assert.ok(bound !== undefined, `${name}: ${label}`)
            const values = operator === '=~' ? value.split('|') : [value]
            if ('values' in bound) for (const each of values) assert.ok(bound.values.includes(each), each)
          }
        }
      }
    })
  })
}
