import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Operation } from '#pkg/github'
import { METRIC_CATALOGUE, prometheusNames } from '#pkg/telemetry'
import { tellEverything } from '../support/every-metric.ts'
import { runTelemetry } from '../support/running-telemetry.ts'
import { readSeries } from '../support/scraped-series.ts'

const NOW_MS = 1_700_000_000_000

describe('METRIC_CATALOGUE', () => {
  it('is what a scrape shows: names, kinds, units, descriptions and labels', async (test) => {
    const { telemetry } = await runTelemetry(test, { now: () => NOW_MS })
    tellEverything(telemetry.metrics)
    const text = (await telemetry.scrape()) ?? ''
    const series = readSeries(text).filter(({ name }) => name !== 'target_info')

    const names = new Set(METRIC_CATALOGUE.flatMap((definition) => prometheusNames(definition)))
    assert.deepEqual(new Set(series.map(({ name }) => name)), names)
    for (const definition of METRIC_CATALOGUE) {
      const { kind, unit, description, labels, boundaries = [] } = definition
      const [first = ''] = prometheusNames(definition)
      const name = kind === 'histogram' ? first.replace(/_count$/, '') : first
      assert.ok(text.includes(`# TYPE ${name} ${kind}\n`), name)
      assert.ok(text.includes(`# HELP ${name} ${description}\n`), name)
      assert.ok(text.includes(`# UNIT ${name} ${unit}\n`), name)
      const expected = Object.keys(labels).map((label) => label.replaceAll('.', '_'))
      const found = series.find((one) => one.name === first)
      assert.deepEqual(Object.keys(found?.labels ?? {}), expected, name)
      const buckets = new Set(
        series.filter((one) => one.name === `${name}_bucket`).map(({ labels: { le } }) => le),
      )
      const bounds = boundaries.length === 0 ? [] : [...boundaries.map(String), '+Inf']
      assert.deepEqual([...buckets], bounds, name)
    }
  })

  const values: readonly (readonly [name: string, labels: object, value: number])[] = [
    ['sts_exchange_count_total', { code: 'OK', level: 'repository', transport: 'grpc' }, 1],
    ['sts_exchange_duration_sum', { code: 'OK', level: 'repository', transport: 'grpc' }, 0.012],
    ['sts_denial_count_total', { reason: 'subject_mismatch' }, 1],
    ['sts_cache_lookup_count_total', { cache: 'trust_policy', result: 'stale' }, 1],
    ['sts_github_call_count_total', { operation: 'mint_token', status_class: '2xx', app: '7' }, 1],
    ['sts_github_rate_limit_remaining', { app: '7', installation: '42' }, 4_990],
    ['sts_github_rate_limit_limit', { app: '7', installation: '42' }, 5_000],
    ['sts_issuer_fetch_count_total', { outcome: 'ok' }, 1],
    ['sts_event_dropped_count_total', { sink: 'events' }, 1],
    ['sts_audit_failure_count_total', { sink: 'events' }, 1],
    ['sts_webhook_delivery_count_total', { event: 'push' }, 1],
    ['sts_store_problem', { problem: 'unreachable' }, 1],
    ['sts_webhook_queue_depth', {}, 3],
    ['sts_check_run_count_total', { conclusion: 'success' }, 1],
    ['sts_prober_run_count_total', { prober: 'prober', step: 'run', outcome: 'passed' }, 1],
    ['sts_prober_run_duration_sum', { prober: 'prober', step: 'run', outcome: 'passed' }, 0.012],
    ['sts_prober_last_success_time', { prober: 'prober' }, NOW_MS / 1_000],
    [
      'http_server_request_duration_sum',
      { http_route: '/sts/exchange', http_response_status_code: '200' },
      0.012,
    ],
    [
      'rpc_server_duration_sum',
      { rpc_system: 'grpc', rpc_method: 'Exchange', rpc_grpc_status_code: '0' },
      12,
    ],
    [
      'http_client_request_duration_sum',
      { http_request_method: 'POST', http_response_status_code: '201' },
      0.012,
    ],
  ]
  it('has the values that were told, in its units', async (test) => {
    const { telemetry } = await runTelemetry(test, { now: () => NOW_MS })
    tellEverything(telemetry.metrics)
    const series = readSeries((await telemetry.scrape()) ?? '')
    for (const [name, labels, value] of values) {
      const found = series.filter((one) => one.name === name && sameLabels(one.labels, labels))
      assert.deepEqual(
        found.map((one) => one.value),
        [value],
        name,
      )
    }
  })

  it('knows every operation on GitHub', async (test) => {
    const operations: Readonly<Record<Operation, true>> = {
      check_key: true,
      compare_commits: true,
      create_check_run: true,
      find_installation: true,
      list_deliveries: true,
      list_folder: true,
      mint_probe_token: true,
      mint_read_token: true,
      mint_review_token: true,
      mint_token: true,
      read_file: true,
      redeliver: true,
      revoke_token: true,
      update_check_run: true,
    }
    const names = Object.keys(operations)
    const { telemetry } = await runTelemetry(test)
    for (const operation of names) {
      telemetry.metrics.gitHubCalled({ operation, status: 200, app: '7', method: 'GET', durationMs: 1 })
    }
    const series = readSeries((await telemetry.scrape()) ?? '')
    const calls = series.filter(({ name }) => name === 'sts_github_call_count_total')
    assert.deepEqual(
      calls.map(({ labels }) => labels['operation']),
      names,
    )
  })

  it('adds up from scrape to scrape', async (test) => {
    const { telemetry } = await runTelemetry(test)
    const count = async (): Promise<number | undefined> => {
      const series = readSeries((await telemetry.scrape()) ?? '')
      return series.find(({ name }) => name === 'sts_webhook_delivery_count_total')?.value
    }
    telemetry.metrics.deliveryReceived('push')
    assert.equal(await count(), 1)
    assert.equal(await count(), 1)
    telemetry.metrics.deliveryReceived('push')
    telemetry.metrics.deliveryReceived('push')
    assert.equal(await count(), 3)
  })

  it('leaves out the status of a call that was not answered', async (test) => {
    const { telemetry } = await runTelemetry(test)
    const call = { operation: 'mint_token', app: '7', method: 'POST', durationMs: 1 }
    telemetry.metrics.gitHubCalled({ ...call, status: undefined })
    const series = readSeries((await telemetry.scrape()) ?? '')
    const client = series.find(({ name }) => name === 'http_client_request_duration_count')
    const calls = series.find(({ name }) => name === 'sts_github_call_count_total')
    assert.deepEqual(client?.labels, { http_request_method: 'POST' })
    assert.equal(calls?.labels['status_class'], 'none')
  })
})

function sameLabels(labels: object, expected: object): boolean {
  return JSON.stringify(labels) === JSON.stringify(expected)
}
