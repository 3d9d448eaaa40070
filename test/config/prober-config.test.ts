import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generate } from 'selfsigned'
import { readProberConfig, renderConfigErrors, type ProberConfig, type ProberConfigResult } from '#pkg/config'
import { filesOf, type Changes } from './support/environment.ts'

/** The least that a prober runs on with. */
const MINIMAL_PROBER: Changes = {
  PORT: '8080',
  STS_DOMAIN: 'sts.example.com',
  PROBER_IDENTITY: 'prober',
  AUTHORIZATION: 'Bearer hunter2',
}
const SINGLE_RUN: Changes = { PORT: undefined, AUTHORIZATION: undefined }

function read(
  changes: Changes,
  once = false,
  files: Readonly<Record<string, string>> = {},
): ProberConfigResult {
  return readProberConfig({ ...MINIMAL_PROBER, ...changes }, { readFile: filesOf(files) }, { once })
}

function configOf(changes: Changes, once = false): ProberConfig {
  const result = read(changes, once)
  assert.deepEqual(result.ok ? [] : result.errors, [])
  assert.ok(result.ok)
  return result.config
}

function variablesOf(result: ProberConfigResult): readonly string[] {
  return result.ok ? [] : result.errors.map(({ variable }) => variable)
}

describe('readProberConfig', () => {
  it('fills in every default', () => {
    const result = read({})
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.warnings, [])
    assert.deepEqual(result.config, {
      logLevel: 'info',
      listener: { host: undefined, port: 8080, drainDelayMs: 0 },
      service: { url: 'https://sts.example.com', domain: 'sts.example.com' },
      identity: 'prober',
      scope: 'octo-sts/prober',
      intervalMs: 60_000,
      gitHubBaseUrl: 'https://api.github.com',
      proxy: undefined,
      certificateAuthorities: undefined,
      authorization: 'Bearer hunter2',
      token: { kind: 'google', metadataHost: undefined },
      telemetry: {
        prometheus: { host: undefined, port: 2112 },
        traces: 'none',
        metrics: [],
        traceSamplingRate: 0.1,
        serviceName: undefined,
        revision: undefined,
        googleProject: undefined,
      },
    })
  })

  const rows: readonly (readonly [
    changes: Changes,
    of: (config: ProberConfig) => unknown,
    value: unknown,
  ])[] = [
    [{ PORT: '0', STS_HOST: '::1' }, ({ listener }) => [listener.port, listener.host], [0, '::1']],
    [{ STS_URL: 'https://canary.test/sts/' }, ({ service }) => service.url, 'https://canary.test/sts'],
    [{ STS_URL: 'http://127.0.0.1:8080' }, ({ service }) => service.url, 'http://127.0.0.1:8080'],
    [{ STS_URL: 'https://canary.test' }, ({ service }) => service.domain, 'sts.example.com'],
    [{ STS_DOMAIN: 'sts.test:8443' }, ({ service }) => service.url, 'https://sts.test:8443'],
    [{ PROBER_SCOPE: 'Acme/app' }, ({ scope }) => scope, 'Acme/app'],
    [{ PROBER_INTERVAL: '1s' }, ({ intervalMs }) => intervalMs, 1_000],
    [{ GITHUB_BASE_URL: 'https://h.test/api/v3/' }, (c) => c.gitHubBaseUrl, 'https://h.test/api/v3'],
    [{ HTTPS_PROXY: 'p.test:1', NO_PROXY: 'a' }, (c) => c.proxy, { url: 'http://p.test:1/', noProxy: 'a' }],
    [{ STS_LOG_LEVEL: 'debug' }, ({ logLevel }) => logLevel, 'debug'],
    [{ STS_DRAIN_DELAY: '2s' }, ({ listener }) => listener.drainDelayMs, 2_000],
    [
      { AUTHORIZATION: undefined, PROBER_ALLOW_ANONYMOUS: 'true' },
      ({ authorization }) => authorization,
      undefined,
    ],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, ({ telemetry }) => telemetry.traces, 'otlp'],
  ]
  for (const [changes, of, value] of rows) {
    it(`reads ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(of(configOf(changes)), value)
    })
  }

  const refused: readonly (readonly [changes: Changes, variable: string])[] = [
    [{ PORT: undefined }, 'PORT'],
    [{ STS_DOMAIN: undefined }, 'STS_DOMAIN'],
    [{ STS_DOMAIN: 'a%b' }, 'STS_DOMAIN'],
    [{ PROBER_IDENTITY: undefined }, 'PROBER_IDENTITY'],
    [{ PROBER_IDENTITY: '' }, 'PROBER_IDENTITY'],
    [{ PROBER_IDENTITY: '../prober' }, 'PROBER_IDENTITY'],
    [{ PROBER_SCOPE: 'acme' }, 'PROBER_SCOPE'],
    [{ PROBER_SCOPE: 'acme/a/b' }, 'PROBER_SCOPE'],
    [{ PROBER_INTERVAL: '0s' }, 'PROBER_INTERVAL'],
    [{ PROBER_INTERVAL: '25h' }, 'PROBER_INTERVAL'],
    [{ STS_URL: 'http://sts.test' }, 'STS_URL'],
    [{ STS_URL: 'https://sts.test?a' }, 'STS_URL'],
    [{ STS_URL: 'https://hunter2@sts.test' }, 'STS_URL'],
    [{ PROBER_TOKEN_URL: 'http://issuer.test/token' }, 'PROBER_TOKEN_URL'],
    [{ PROBER_TOKEN_URL: 'https://u:hunter2@issuer.test' }, 'PROBER_TOKEN_URL'],
    [{ PROBER_TOKEN_URL: 'https://issuer.test/#a' }, 'PROBER_TOKEN_URL'],
    [{ PROBER_TOKEN_FILE: '-----BEGIN hunter2' }, 'PROBER_TOKEN_FILE'],
    [{ PROBER_TOKEN_FILE: '/t', PROBER_TOKEN_URL: 'https://i.test' }, 'PROBER_TOKEN_FILE, PROBER_TOKEN_URL'],
    [{ ACTIONS_ID_TOKEN_REQUEST_URL: 'https://a.test' }, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    [{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hunter2' }, 'ACTIONS_ID_TOKEN_REQUEST_URL'],
    [{ AUTHORIZATION: undefined }, 'AUTHORIZATION, PROBER_ALLOW_ANONYMOUS'],
    [{ PROBER_ALLOW_ANONYMOUS: 'true' }, 'AUTHORIZATION, PROBER_ALLOW_ANONYMOUS'],
    [{ AUTHORIZATION: 'Bearer hunter2\n', PROBER_ALLOW_ANONYMOUS: undefined }, 'AUTHORIZATION'],
    [{ AUTHORIZATION: ' hunter2' }, 'AUTHORIZATION'],
    [{ AUTHORIZATION: `hunter2${'x'.repeat(1_024)}` }, 'AUTHORIZATION'],
    [{ SSL_CERT_FILE: '/missing.pem' }, 'SSL_CERT_FILE'],
    [{ METRICS_PORT: '8080' }, 'PORT, METRICS_PORT'],
  ]
  for (const [changes, variable] of refused) {
    it(`refuses ${JSON.stringify(changes).slice(0, 80)}`, () => {
      const result = read(changes)
      assert.ok(variablesOf(result).includes(variable), variablesOf(result).join(' '))
      assert.ok(!result.ok)
      assert.doesNotMatch(renderConfigErrors(result.errors) + result.warnings.join(), /hunter2/)
    })
  }

  it('says everything that is wrong at once', () => {
    const result = readProberConfig({ PROBER_SCOPE: 'x' }, { readFile: filesOf({}) }, { once: false })
    assert.deepEqual(variablesOf(result), [
      'PORT',
      'STS_DOMAIN',
      'PROBER_IDENTITY',
      'PROBER_SCOPE',
      'AUTHORIZATION, PROBER_ALLOW_ANONYMOUS',
    ])
  })

  it('reads certificate authorities from their file', async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'ca.test' }])
    const result = read({ SSL_CERT_FILE: '/ca.pem' }, false, { '/ca.pem': cert })
    assert.ok(result.ok, 'the environment is valid')
    assert.match(result.config.certificateAuthorities ?? '', /BEGIN CERTIFICATE/)
  })

  it('warns of what is not built, and of misspelt names', () => {
    const result = read({ OTEL_LOGS_EXPORTER: 'otlp', PROBER_TOKEN_FLIE: '/t' })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(
      result.warnings.map((warning) => warning.split(' ', 1)[0]),
      ['OTEL_LOGS_EXPORTER', 'PROBER_TOKEN_FLIE'],
    )
    assert.match(result.warnings[1] ?? '', /PROBER_TOKEN_FILE\?$/)
  })

  it('freezes what it gives', () => {
    const config = configOf({})
    for (const part of [config, config.listener, config.service, config.token, config.telemetry]) {
      assert.ok(Object.isFrozen(part))
    }
  })
})

describe('a prober that runs once', () => {
  it('needs neither a port nor an authorization', () => {
    const config = configOf(SINGLE_RUN, true)
    assert.equal(config.listener.port, 0)
    assert.equal(config.authorization, undefined)
  })

  it('is not scraped, and still sends what it measures', () => {
    const { telemetry } = configOf({ ...SINGLE_RUN, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c.test:4318' }, true)
    assert.equal(telemetry.prometheus, undefined)
    assert.deepEqual([telemetry.traces, telemetry.metrics], ['otlp', ['otlp']])
  })

  it('checks what it is given all the same', () => {
    assert.deepEqual(variablesOf(read({ ...SINGLE_RUN, PORT: 'x', STS_DOMAIN: undefined }, true)), [
      'PORT',
      'STS_DOMAIN',
    ])
  })
})

describe('the token of a prober', () => {
  const ACTIONS: Changes = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://run.test/token?api-version=2.0',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hunter2',
  }
  const rows: readonly (readonly [changes: Changes, token: ProberConfig['token']])[] = [
    [{}, { kind: 'google', metadataHost: undefined }],
    [{ GCE_METADATA_HOST: '127.0.0.1:8086' }, { kind: 'google', metadataHost: '127.0.0.1:8086' }],
    [
      ACTIONS,
      { kind: 'actions', requestUrl: 'https://run.test/token?api-version=2.0', requestToken: 'hunter2' },
    ],
    [
      { ...ACTIONS, PROBER_TOKEN_FILE: '/t' },
      { kind: 'file', path: '/t' },
    ],
    [
      { ...ACTIONS, PROBER_TOKEN_URL: 'http://127.0.0.1:1/token?repository=a/b' },
      { kind: 'issuer', url: 'http://127.0.0.1:1/token?repository=a/b' },
    ],
    [
      { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://run.test', PROBER_TOKEN_FILE: '/t' },
      { kind: 'file', path: '/t' },
    ],
  ]
  for (const [changes, token] of rows) {
    it(`comes from ${token.kind}, given ${Object.keys(changes).join(', ') || 'nothing'}`, () => {
      assert.deepEqual(configOf(changes).token, token)
    })
  }
})
