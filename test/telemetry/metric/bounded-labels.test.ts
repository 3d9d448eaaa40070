import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metrics } from '#pkg/telemetry'
import { createBoundedLabel } from '../../../pkg/telemetry/metric/bounded-label.ts'
import { createLabelSets, LABEL_SETS_MAX } from '../../../pkg/telemetry/metric/label-sets.ts'
import { METRICS } from '../../../pkg/telemetry/metric/catalogue.ts'
import { runTelemetry } from '../support/running-telemetry.ts'
import { readSeries } from '../support/scraped-series.ts'

const NAMES = 10_000

/** Calls every method with a name that nobody configured, as a defect of a caller might. */
function tellHostile(metrics: Metrics, name: string, count: number): void {
  const hostile = name as never
  const durationMs = count
  metrics.exchangeEnded({ code: hostile, reason: hostile, level: hostile, transport: hostile, durationMs })
  metrics.cacheLookedUp(hostile, hostile)
  metrics.gitHubCalled({ operation: name, status: count, app: name, method: name, durationMs })
  metrics.rateLimitSeen({ app: name, installation: count, remaining: count, limit: NaN })
  metrics.rateLimitSeen({ app: name, installation: hostile, remaining: 1, limit: 1 })
  metrics.rateLimitSeen({ app: name, installation: count, remaining: 1, limit: 1 })
  metrics.issuerFetched(hostile)
  metrics.requestServed({ transport: 'http', route: name, status: count, durationMs })
  metrics.requestServed({ transport: 'grpc', route: name, status: count, durationMs: -1 })
  metrics.requestServed({ transport: 'grpc', route: name, status: count, durationMs: NaN })
  metrics.requestServed({ transport: 'grpc', route: name, status: count, durationMs })
  metrics.eventDropped(name)
  metrics.auditFailed(name)
  metrics.deliveryReceived(name)
  metrics.checkRunCompleted(hostile)
  metrics.proberStepEnded({ prober: hostile, step: name, outcome: hostile, durationMs })
}

describe('the labels of metrics', () => {
  it('stay few and clean whatever the callers pass', async (test) => {
    const { telemetry } = await runTelemetry(test)
    for (let count = 1; count <= NAMES; count += 1) {
      tellHostile(telemetry.metrics, `EVIL"\\\n${count}{}`, count)
      if (count % 1_000 === 0) await telemetry.scrape()
    }
    const text = (await telemetry.scrape()) ?? ''
    assert.equal(text.includes('EVIL'), false)
    const perName = new Map<string, number>()
    for (const { name, labels } of readSeries(text)) {
      if (labels['le'] === undefined) perName.set(name, (perName.get(name) ?? 0) + 1)
    }
    const most = { remaining: 0, others: 0 }
    for (const [name, count] of perName) {
      if (name.startsWith('sts_github_rate_limit')) most.remaining = Math.max(most.remaining, count)
      else most.others = Math.max(most.others, count)
    }
    assert.equal(most.remaining, 1_000)
    // 40 statuses and none.
    assert.ok(most.others <= 41, `${most.others} series`)
  })

  it('tell only so many apps apart', async (test) => {
    const { telemetry } = await runTelemetry(test)
    for (let app = 1; app <= NAMES; app += 1) {
      const call = { operation: 'read_file', status: 200, method: 'GET', durationMs: 1 }
      telemetry.metrics.gitHubCalled({ ...call, app: String(app) })
    }
    const series = readSeries((await telemetry.scrape()) ?? '')
    const calls = series.filter(({ name }) => name === 'sts_github_call_count_total')
    assert.equal(calls.length, 65)
    assert.equal(calls.find(({ labels }) => labels['app'] === 'other')?.value, NAMES - 64)
  })
})

describe('createBoundedLabel', () => {
  it('knows the values of a closed label, and calls all else other', () => {
    const label = createBoundedLabel({ values: ['a', 'b'] })
    assert.deepEqual(['a', 'b', 'c', '', 'A', 'a '].map(label), [
      'a',
      'b',
      'other',
      'other',
      'other',
      'other',
    ])
  })

  it('admits values of an open label by their form, up to its bound, and keeps them', () => {
    const label = createBoundedLabel({ pattern: /^[a-z]$/, max: 2 })
    assert.deepEqual(['1', 'a', 'b', 'c', 'a', 'b'].map(label), ['other', 'a', 'b', 'other', 'a', 'b'])
  })
})

describe('createLabelSets', () => {
  it('gives the same for the same labels', () => {
    const sets = createLabelSets(METRICS.cacheLookupCount, (labels) => ({ labels }))
    assert.equal(sets('trust_policy', 'hit'), sets('trust_policy', 'hit'))
    assert.notEqual(sets('trust_policy', 'hit'), sets('trust_policy', 'miss'))
    assert.deepEqual(sets('trust_policy', 'hit').labels, { cache: 'trust_policy', result: 'hit' })
    assert.equal(sets('x', 'hit'), sets('y', 'hit'))
  })

  it('makes no more than its bound, and one for all that come later', () => {
    const made: object[] = []
    const open = { pattern: /^[0-9]+$/, max: NAMES }
    const sets = createLabelSets({ labels: { a: open, b: open } }, (labels) => {
      made.push(labels)
      return labels
    })
    for (let count = 0; count < NAMES; count += 1) sets(String(count), String(count))
    assert.equal(made.length, LABEL_SETS_MAX + 1)
    assert.deepEqual(sets('9998', '9998'), { a: 'other', b: 'other' })
    assert.deepEqual(sets('7', '7'), { a: '7', b: '7' })
  })
})
