import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TelemetryConfig } from '#pkg/config'
import { configOf, errorsOf, type Changes } from './support/environment.ts'

const COLLECTOR = 'http://collector.test:4318'

/** Prometheus, traces and metrics, in short. */
function exportersOf(changes: Changes): readonly unknown[] {
  const { prometheus, traces, metrics } = configOf(changes).telemetry
  return [prometheus?.port, traces, [...metrics]]
}

describe('the telemetry of a configuration', () => {
  const rows: readonly (readonly [
    changes: Changes,
    port: number | undefined,
    traces: TelemetryConfig['traces'],
    metrics: TelemetryConfig['metrics'],
  ])[] = [
    [{}, 2112, 'none', []],
    [{ METRICS: 'true', METRICS_PORT: '9090' }, 9090, 'none', []],
    [{ METRICS_PORT: '0' }, 0, 'none', []],
    [{ METRICS: 'false' }, undefined, 'none', []],
    [{ METRICS: '', METRICS_PORT: '' }, 2112, 'none', []],
    // A collector switches on what has no exporter of its own.
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }, 2112, 'otlp', ['otlp']],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: COLLECTOR }, 2112, 'otlp', []],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: COLLECTOR }, 2112, 'none', ['otlp']],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }, 2112, 'none', ['otlp']],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_METRICS_EXPORTER: 'none' }, 2112, 'otlp', []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, METRICS: 'false' }, undefined, 'none', []],
    // What is named counts, whatever METRICS says.
    [{ OTEL_TRACES_EXPORTER: 'otlp', METRICS: 'false' }, undefined, 'otlp', []],
    [{ OTEL_TRACES_EXPORTER: 'GCP' }, 2112, 'gcp', []],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 2112, 'console', []],
    [{ OTEL_METRICS_EXPORTER: 'otlp', METRICS: 'false' }, undefined, 'none', ['otlp']],
    [{ OTEL_METRICS_EXPORTER: 'prometheus', METRICS: 'false' }, 2112, 'none', []],
    [{ OTEL_METRICS_EXPORTER: 'Console, prometheus,otlp' }, 2112, 'none', ['console', 'otlp']],
    [{ OTEL_METRICS_EXPORTER: 'none' }, 2112, 'none', []],
    // One switch turns everything off.
    [
      {
        OTEL_SDK_DISABLED: 'True',
        OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
        OTEL_METRICS_EXPORTER: 'prometheus',
      },
      undefined,
      'none',
      [],
    ],
    [{ OTEL_SDK_DISABLED: 'false' }, 2112, 'none', []],
  ]
  for (const [changes, port, traces, metrics] of rows) {
    it(`follows ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(exportersOf(changes), [port, traces, metrics])
    })
  }

  it('is scraped where the program listens', () => {
    assert.equal(configOf({ STS_HOST: '127.0.0.1' }).telemetry.prometheus?.host, '127.0.0.1')
  })

  it('has the names that Cloud Run gives', () => {
    const { telemetry } = configOf({
      K_SERVICE: 'github-sts',
      K_REVISION: 'github-sts-00042-abc',
      GOOGLE_CLOUD_PROJECT: 'example.com:acme-sts',
    })
    assert.equal(telemetry.serviceName, 'github-sts')
    assert.equal(telemetry.revision, 'github-sts-00042-abc')
    assert.equal(telemetry.googleProject, 'example.com:acme-sts')
  })

  const rates: readonly (readonly [text: string, rate: number])[] = [
    ['0', 0],
    ['1', 1],
    ['1.0', 1],
    ['.5', 0.5],
    ['0.01', 0.01],
    ['1e-3', 0.001],
  ]
  for (const [text, rate] of rates) {
    it(`samples a share of ${text}`, () => {
      assert.equal(configOf({ OTEL_TRACE_SAMPLING_RATE: text }).telemetry.traceSamplingRate, rate)
    })
  }

  it('is never served on the public port', () => {
    const same = { PORT: '2112' }
    assert.deepEqual(
      errorsOf(same).map(({ variable }) => variable),
      ['PORT, METRICS_PORT'],
    )
    assert.deepEqual(errorsOf({ ...same, METRICS: 'false' }), [])
    assert.deepEqual(errorsOf({ ...same, OTEL_SDK_DISABLED: 'true' }), [])
    assert.deepEqual(errorsOf({ PORT: '0', METRICS_PORT: '0' }), [])
  })

  it('shows no password of a collector', () => {
    const [error] = errorsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://user:hunter2@collector.test' })
    assert.equal(error?.variable, 'OTEL_EXPORTER_OTLP_ENDPOINT')
    assert.doesNotMatch(JSON.stringify(error), /hunter2/)
  })
})
