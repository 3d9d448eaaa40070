import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readProberConfig, readServiceConfig, readWebhookConfig } from '#pkg/config'
import { filesOf, MINIMAL, type Changes } from './support/environment.ts'

const SOURCES = { readFile: filesOf({}), findKeyProblem: () => undefined }

describe('one environment for all programs', () => {
  const environment: Changes = {
    ...MINIMAL,
    GITHUB_WEBHOOK_SECRET: 'hunter2',
    STS_WEBHOOK_SECRETS: '["old"]',
    STS_CHECKS: 'always',
    GITHUB_WEBHOOK_ORGANIZATION_FILTER: 'acme',
    STS_DENIAL_DETAIL: 'uniform',
    STS_POLICY_FRESHNESS: '10s',
    STS_TRUSTED_HOPS: '1',
    STS_REFLECTION: 'true',
    PROBER_IDENTITY: 'prober',
    AUTHORIZATION: 'Bearer hunter2',
    EVENT_INGRESS_URI: 'https://events.test',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:4318',
  }

  it('is valid for each, without a warning', () => {
    const results = [
      readServiceConfig(environment, SOURCES),
      readWebhookConfig(environment, SOURCES),
      readProberConfig(environment, SOURCES, { once: false }),
      readProberConfig(environment, SOURCES, { once: true }),
    ]
    for (const result of results) {
      assert.ok(result.ok, 'the environment is valid')
      assert.deepEqual(result.warnings, [])
    }
  })

  it('is judged by each only as far as it concerns it', () => {
    const webhook = { ...environment, STS_DENIAL_DETAIL: 'x', STS_MISS_BUDGET: '1', STS_ALLOWED_ORGS: 'acme' }
    assert.deepEqual(readWebhookConfig(webhook, SOURCES).warnings, [])
    assert.equal(readWebhookConfig(webhook, SOURCES).ok, true)
    const service = { ...environment, STS_CHECKS: 'x', GITHUB_WEBHOOK_SECRET: '', PROBER_SCOPE: 'x' }
    assert.equal(readServiceConfig(service, SOURCES).ok, true)
    const prober = { ...environment, STS_CHECKS: 'x', GITHUB_APP_IDS: '', KMS_KEYS: 'k', STS_EVENT_AUTH: 'x' }
    assert.equal(readProberConfig(prober, SOURCES, { once: false }).ok, true)
  })
})
