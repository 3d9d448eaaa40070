import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorsOf, read, type Changes } from './support/environment.ts'

describe('a variable whose part is not built', () => {
  it('is an error where ignoring it would let in more than was asked for', () => {
    assert.deepEqual(
      errorsOf({ STS_ISSUER_PROXY: 'http://p.test:1' }).map(({ variable }) => variable),
      ['STS_ISSUER_PROXY'],
    )
  })

  it('is one warning where the operator would miss it', () => {
    const result = read({ OTEL_LOGS_EXPORTER: 'otlp' })
    assert.ok(result.ok, 'the environment is valid')
    assert.equal(result.warnings.length, 1)
    assert.match(result.warnings[0] ?? '', /^OTEL_LOGS_EXPORTER /)
  })

  const silent: readonly Changes[] = [
    { OCTOSTS_STICKY_STORE_FIRESTORE_PROJECT: 'p', OCTOSTS_STICKY_STORE_FIRESTORE_COLLECTION: 'c' },
    { OTEL_LOGS_EXPORTER: 'none' },
  ]
  for (const changes of silent) {
    it(`says nothing when it asks for nothing: ${JSON.stringify(changes)}`, () => {
      const result = read(changes)
      assert.ok(result.ok, 'the environment is valid')
      assert.deepEqual(result.warnings, [])
    })
  }
})

/**
 * What OpenTelemetry reads by itself.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
const STANDARD_OTEL_VARIABLES: Changes = Object.fromEntries(
  [
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_SERVICE_NAME',
    'OTEL_LOG_LEVEL',
    'OTEL_PROPAGATORS',
    'OTEL_TRACES_SAMPLER',
    'OTEL_TRACES_SAMPLER_ARG',
    'OTEL_BSP_SCHEDULE_DELAY',
    'OTEL_BSP_MAX_QUEUE_SIZE',
    'OTEL_METRIC_EXPORT_INTERVAL',
    'OTEL_METRIC_EXPORT_TIMEOUT',
    'OTEL_METRICS_EXEMPLAR_FILTER',
    'OTEL_EXPORTER_PROMETHEUS_HOST',
    'OTEL_EXPORTER_PROMETHEUS_PORT',
    ...['', '_TRACES', '_METRICS', '_LOGS'].flatMap((signal) => [
      `OTEL_EXPORTER_OTLP${signal}_PROTOCOL`,
      `OTEL_EXPORTER_OTLP${signal}_HEADERS`,
      `OTEL_EXPORTER_OTLP${signal}_TIMEOUT`,
      `OTEL_EXPORTER_OTLP${signal}_COMPRESSION`,
      `OTEL_EXPORTER_OTLP${signal}_CERTIFICATE`,
      `OTEL_EXPORTER_OTLP${signal}_CLIENT_KEY`,
      `OTEL_EXPORTER_OTLP${signal}_CLIENT_CERTIFICATE`,
    ]),
    'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  ].map((name) => [name, 'hunter2']),
)

describe('an unknown variable', () => {
  const rows: readonly (readonly [changes: Changes, warning: RegExp | undefined])[] = [
    [{ STS_ALLOWED_ISSUER: 'https://a.test' }, /^STS_ALLOWED_ISSUER .*STS_ALLOWED_ISSUERS\?$/],
    [{ STS_ALOWED_ISSUERS: 'https://a.test' }, /STS_ALLOWED_ISSUERS\?$/],
    [{ sts_strict_policies: 'true' }, /STS_STRICT_POLICIES\?$/],
    [{ STS_SOMETHING_ELSE: 'x' }, /^STS_SOMETHING_ELSE is unknown/],
    [{ OCTOSTS_SOMETHING: 'x' }, /^OCTOSTS_SOMETHING is unknown/],
    [{ PROBER_SOMETHING: 'x' }, /^PROBER_SOMETHING is unknown/],
    [{ OTEL_TRACE_EXPORTER: 'gcp' }, /OTEL_TRACES_EXPORTER\?$/],
    [{ EVENT_INGRESS_URL: 'https://e.test' }, /EVENT_INGRESS_URI\?$/],
    [{ ORG_POLICY_REPOS: 'x' }, /ORG_POLICY_REPO\?$/],
    [{ STS_SERVICE_HOST: '10.0.0.1', STS_SERVICE_PORT: '80', STS_PORT: 'tcp://10.0.0.1:80' }, undefined],
    [{ STS_PORT_80_TCP: 'x', STS_PORT_80_TCP_ADDR: 'x', STS_SERVICE_PORT_HTTP: '80' }, undefined],
    [{ PROBER_SERVICE_HOST: '10.0.0.1', PROBER_PORT_80_TCP_PORT: '80' }, undefined],
    [STANDARD_OTEL_VARIABLES, undefined],
    [{ PATH: '/bin', HOME: '/', HOSTNAME: 'a', LANG: 'C', K_SERVICE: 'a', POST: 'x' }, undefined],
    [{ STS_CHECKS: 'always', GITHUB_WEBHOOK_SECRET: 'a,b', PROBER_IDENTITY: 'p' }, undefined],
    [{ https_proxy: 'p.test:1', no_proxy: 'a' }, undefined],
  ]
  for (const [changes, warning] of rows) {
    it(`${warning === undefined ? 'is no matter' : 'is pointed out'}: ${Object.keys(changes).join(', ')}`, () => {
      const result = read(changes)
      assert.ok(result.ok, 'the environment is valid')
      assert.equal(result.warnings.length, warning === undefined ? 0 : 1)
      if (warning !== undefined) assert.match(result.warnings[0] ?? '', warning)
    })
  }

  it('is reported without its value', () => {
    assert.doesNotMatch(read({ STS_PASSWORD: 'hunter2' }).warnings.join(), /hunter2/)
  })
})
