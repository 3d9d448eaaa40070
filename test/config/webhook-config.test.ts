import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  readWebhookConfig,
  renderConfigErrors,
  type WebhookConfig,
  type WebhookConfigResult,
} from '#pkg/config'
import { filesOf, KEY_PROBLEM, PEM, type Changes } from './support/environment.ts'

/** The least that the webhook starts with. */
const MINIMAL_WEBHOOK: Changes = {
  PORT: '8080',
  GITHUB_APP_IDS: '12345',
  APP_SECRET_CERTIFICATE_ENV_VAR: PEM,
  GITHUB_WEBHOOK_SECRET: 'hunter2',
}
const SOURCES = {
  readFile: filesOf({ '/app.pem': PEM }),
  findKeyProblem: (pem: string) => (pem === PEM ? undefined : KEY_PROBLEM),
}

function read(changes: Changes): WebhookConfigResult {
  return readWebhookConfig({ ...MINIMAL_WEBHOOK, ...changes }, SOURCES)
}

function configOf(changes: Changes): WebhookConfig {
  const result = read(changes)
  assert.ok(result.ok, 'the environment is valid')
  return result.config
}

describe('readWebhookConfig', () => {
  it('fills in every default, and needs no domain', () => {
    const result = read({})
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.warnings, [])
    assert.deepEqual(result.config, {
      logLevel: 'info',
      listener: { host: undefined, port: 8080, drainDelayMs: 0 },
      github: {
        baseUrl: 'https://api.github.com',
        pools: [{ owner: '*', apps: [{ id: '12345', key: { kind: 'pem', pem: PEM } }] }],
        verifyKeyService: false,
        proxy: undefined,
        certificateAuthorities: undefined,
      },
      store: { shared: 'memory', redis: undefined },
      webhook: {
        secrets: ['hunter2'],
        secretNames: undefined,
        organizations: undefined,
        checks: 'changed',
      },
      policies: {
        orgPolicyRepo: '.github',
        strict: false,
        allowOrgPermissionsInRepoPolicies: false,
        allowLoopbackIssuers: false,
      },
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
    of: (config: WebhookConfig) => unknown,
    value: unknown,
  ])[] = [
    [{ GITHUB_WEBHOOK_SECRET: 'a,b' }, (config) => config.webhook.secrets, ['a,b']],
    [{ GITHUB_WEBHOOK_SECRET: ' é"{}$x' }, (config) => config.webhook.secrets, [' é"{}$x']],
    [{ STS_WEBHOOK_SECRETS: '["old","o,l\\u0064"]' }, (c) => c.webhook.secrets, ['hunter2', 'old', 'o,ld']],
    [{ STS_WEBHOOK_SECRETS: '["hunter2","a","a"]' }, (c) => c.webhook.secrets, ['hunter2', 'a']],
    [{ STS_WEBHOOK_SECRETS: '[]' }, (config) => config.webhook.secrets, ['hunter2']],
    [{ STS_WEBHOOK_SECRETS: '' }, (config) => config.webhook.secrets, ['hunter2']],
    [
      { GITHUB_WEBHOOK_ORGANIZATION_FILTER: 'Acme, acme-labs,ACME,, ' },
      (config) => config.webhook.organizations,
      new Set(['acme', 'acme-labs']),
    ],
    [{ GITHUB_WEBHOOK_ORGANIZATION_FILTER: '' }, (config) => config.webhook.organizations, undefined],
    [{ STS_CHECKS: 'always' }, (config) => config.webhook.checks, 'always'],
    [{ STS_CHECKS: 'changed' }, (config) => config.webhook.checks, 'changed'],
    [{ PORT: '0', STS_HOST: '::1' }, ({ listener }) => [listener.port, listener.host], [0, '::1']],
    [{ STS_DRAIN_DELAY: '5s' }, (config) => config.listener.drainDelayMs, 5_000],
    [{ STS_LOG_LEVEL: 'debug' }, (config) => config.logLevel, 'debug'],
    [{ GITHUB_BASE_URL: 'https://h.test/api/v3/' }, (c) => c.github.baseUrl, 'https://h.test/api/v3'],
    [
      { APP_SECRET_CERTIFICATE_ENV_VAR: '', APP_SECRET_CERTIFICATE_FILE: '/app.pem' },
      (config) => config.github.pools[0]?.apps[0]?.key,
      { kind: 'pem', pem: PEM },
    ],
    [{ https_proxy: 'p.test:1' }, (config) => config.github.proxy?.url, 'http://p.test:1/'],
    [{ ORG_POLICY_REPO: 'policies' }, (config) => config.policies.orgPolicyRepo, 'policies'],
    [{ STS_STRICT_POLICIES: '1' }, (config) => config.policies.strict, true],
    [
      { STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES: 't' },
      (config) => config.policies.allowOrgPermissionsInRepoPolicies,
      true,
    ],
    [{ STS_ALLOW_LOOPBACK_ISSUERS: 'T' }, (config) => config.policies.allowLoopbackIssuers, true],
  ]
  for (const [changes, of, value] of rows) {
    it(`reads ${JSON.stringify(changes).slice(0, 80)}`, () => {
      assert.deepEqual(of(configOf(changes)), value)
    })
  }

  const refused: readonly (readonly [variable: string, text: string | undefined])[] = [
    ['PORT', undefined],
    ['GITHUB_APP_IDS', undefined],
    ['GITHUB_WEBHOOK_SECRET', undefined],
    ['GITHUB_WEBHOOK_SECRET', ''],
    ['GITHUB_WEBHOOK_SECRET', ' \n'],
    ['GITHUB_WEBHOOK_SECRET', 'hunter2\ufffd'],
    ['GITHUB_WEBHOOK_SECRET', 'hunter2'.repeat(147)],
    ['STS_WEBHOOK_SECRETS', 'hunter2'],
    ['STS_WEBHOOK_SECRETS', '"hunter2"'],
    ['STS_WEBHOOK_SECRETS', '{"0":"hunter2"}'],
    ['STS_WEBHOOK_SECRETS', '["hunter2",""]'],
    ['STS_WEBHOOK_SECRETS', '["hunter2","\\t"]'],
    ['STS_WEBHOOK_SECRETS', '["hunter2\\ud800"]'],
    ['STS_WEBHOOK_SECRETS', '["hunter2",2]'],
    ['STS_WEBHOOK_SECRETS', '["hunter2",null]'],
    ['STS_WEBHOOK_SECRETS', JSON.stringify(Array.from({ length: 9 }, (_, index) => `hunter2${index}`))],
    ['STS_WEBHOOK_SECRETS', `["hunter2"${' '.repeat(100_000)}]`],
    ['GITHUB_WEBHOOK_ORGANIZATION_FILTER', ' , '],
    ['GITHUB_WEBHOOK_ORGANIZATION_FILTER', '*'],
    ['GITHUB_WEBHOOK_ORGANIZATION_FILTER', 'acme/app'],
    ['GITHUB_WEBHOOK_SECRET', 'projects/hunter2/secrets/s/versions/1'],
    ['GITHUB_WEBHOOK_SECRET', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hunter2-AbCdEf'],
    ['GITHUB_WEBHOOK_SECRET', 'https://v.vault.azure.net/secrets/hunter2'],
    ['STS_CHECKS', 'never'],
    ['STS_REDIS_URL', 'hunter2'],
    ['STS_CHECKS', 'true'],
    ['ORG_POLICY_REPO', ''],
    ['KMS_KEYS', 'projects/p'],
    ['APP_CONFIG_FILE', '/pools.yaml'],
  ]
  for (const [variable, text] of refused) {
    it(`refuses ${variable} that holds ${JSON.stringify(text ?? null).slice(0, 60)}`, () => {
      const result = read({ [variable]: text })
      assert.ok(!result.ok, 'the environment is refused')
      assert.ok(result.errors.some((error) => error.variable.includes(variable)))
      const said = renderConfigErrors(result.errors) + result.warnings.join()
      assert.doesNotMatch(said, /hunter2|ud800/)
    })
  }

  it('does not start on further secrets alone', () => {
    const result = read({ GITHUB_WEBHOOK_SECRET: undefined, STS_WEBHOOK_SECRETS: '["a"]' })
    assert.ok(!result.ok, 'the environment is refused')
  })

  it('says everything that is wrong at once', () => {
    const result = readWebhookConfig({ STS_CHECKS: 'x', STS_WEBHOOK_SECRETS: '[""]' }, SOURCES)
    assert.ok(!result.ok, 'the environment is refused')
    assert.deepEqual(
      result.errors.map(({ variable }) => variable),
      [
        'PORT',
        'GITHUB_WEBHOOK_SECRET',
        'STS_WEBHOOK_SECRETS',
        'STS_CHECKS',
        'GITHUB_APP_IDS',
        'APP_SECRET_CERTIFICATE_FILE, APP_SECRET_CERTIFICATE_ENV_VAR, KMS_KEYS',
      ],
    )
  })

  it('warns of white space around the secret, without the secret', () => {
    for (const secret of ['hunter2\n', ' hunter2']) {
      const result = read({ GITHUB_WEBHOOK_SECRET: secret })
      assert.ok(result.ok, 'the environment is valid')
      assert.deepEqual(result.config.webhook.secrets, [secret])
      assert.equal(result.warnings.length, 1)
      assert.match(result.warnings[0] ?? '', /^GITHUB_WEBHOOK_SECRET /)
      assert.doesNotMatch(result.warnings[0] ?? '', /hunter2/)
    }
  })

  it('warns of what concerns it and is not built, and of unknown names', () => {
    const result = read({ OTEL_LOGS_EXPORTER: 'otlp', STS_WEBHOOK_SECRET: 'hunter2' })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(
      result.warnings.map((warning) => warning.split(' ', 1)[0]),
      ['OTEL_LOGS_EXPORTER', 'STS_WEBHOOK_SECRET'],
    )
    assert.match(result.warnings[1] ?? '', /STS_WEBHOOK_SECRETS\?$/)
    assert.doesNotMatch(result.warnings.join(), /hunter2/)
  })

  it('freezes what it gives', () => {
    const config = configOf({})
    for (const part of [config, config.webhook, config.github, config.policies])
      assert.ok(Object.isFrozen(part))
    assert.ok(Object.isFrozen(config.webhook.secrets))
  })
})
