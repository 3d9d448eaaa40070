import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorsOf, read, type Changes } from './support/environment.ts'

describe('a variable whose part is not built', () => {
  const errors: readonly (readonly [name: string, changes: Changes])[] = [
    ['KMS_KEYS', { KMS_KEYS: 'projects/p', KMS_PROVIDER: 'AWS', APP_SECRET_CERTIFICATE_ENV_VAR: undefined }],
    ['STS_KMS_VERIFY', { STS_KMS_VERIFY: 'true' }],
    ['APP_CONFIG_FILE', { APP_CONFIG_FILE: '/a.yaml' }],
    ['STS_ISSUER_PROXY', { STS_ISSUER_PROXY: 'http://p.test:1' }],
    ['STS_ALLOWED_ORGS', { STS_ALLOWED_ORGS: 'acme' }],
    ['STS_MAX_TOKEN_LIFETIME', { STS_MAX_TOKEN_LIFETIME: '10m' }],
    ['OCTOSTS_STICKY_STORE', { OCTOSTS_STICKY_STORE: 'firestore', STS_STRICT_CONFIG: 'true' }],
    ['KMS_PROVIDER', { KMS_PROVIDER: 'ibm' }],
  ]
  for (const [name, changes] of errors) {
    it(`is an error: ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(
        errorsOf(changes).map(({ variable }) => variable),
        [name],
      )
    })
  }

  const warnings: readonly (readonly [name: string, text: string])[] = [
    ['OTEL_LOGS_EXPORTER', 'otlp'],
    ['STS_MISS_BUDGET', '60'],
    ['STS_STORE', 'redis'],
    ['STS_REDIS_URL', 'hunter2'],
    ['OCTOSTS_QUOTA_FLOOR_HARD', '1500'],
    ['OCTOSTS_STICKY_STORE', 'firestore'],
  ]
  for (const [name, text] of warnings) {
    it(`is one warning: ${name}=${text}`, () => {
      const result = read({ [name]: text })
      assert.ok(result.ok, 'the environment is valid')
      assert.equal(result.warnings.length, 1)
      assert.equal(result.warnings[0]?.startsWith(name), true)
      assert.doesNotMatch(result.warnings.join(), /hunter2/)
    })
  }

  it('names redis where firestore falls back', () => {
    assert.match(read({ OCTOSTS_STICKY_STORE: 'firestore' }).warnings[0] ?? '', /redis/)
  })

  const silent: readonly Changes[] = [
    { KMS_PROVIDER: 'aws' },
    { OCTOSTS_STICKY_STORE_FIRESTORE_PROJECT: 'p', OCTOSTS_STICKY_STORE_FIRESTORE_COLLECTION: 'c' },
    { STS_KMS_VERIFY: 'false' },
    { OTEL_LOGS_EXPORTER: 'none' },
    { STS_STORE: 'memory' },
    { OCTOSTS_STICKY_STORE: 'memory', OCTOSTS_STICKY_STORE_FIRESTORE_TTL: '2h' },
    { OCTOSTS_STICKY_STORE: 'redis' },
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
