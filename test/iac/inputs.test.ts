import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { planJson } from './support/plan.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { openWorkspace } from './support/terraform.ts'

import type { Plan } from './support/plan.ts'
import type { Workspace } from './support/terraform.ts'

const SECRETS: Readonly<Record<string, string>> = {
  AUTHORIZATION: 'correct-horse',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=correct-horse',
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=correct-horse',
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'authorization=correct-horse',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:correct-horse@collector.example.com',
  HTTPS_PROXY: 'http://user:correct-horse@proxy.example.com:3128',
  HTTP_PROXY: 'user:correct-horse@proxy.example.com:3128',
  https_proxy: 'user:correct-horse@proxy.example.com:3128',
  STS_ISSUER_PROXY: 'http://correct-horse@proxy.example.com',
  PROBER_TOKEN: 'correct-horse',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'correct-horse',
  AWS_SECRET_ACCESS_KEY: 'correct-horse',
  AZURE_CLIENT_SECRET: 'correct-horse',
  STS_WEBHOOK_SECRETS: '["correct-horse"]',
  STS_REDIS_URL: 'redis://redis.example.com',
  REDIS_PASSWORD: 'correct-horse',
  VENDOR_API_KEY: 'correct-horse',
  A_FILE: '-----BEGIN RSA PRIVATE KEY-----\ncorrect-horse',
}
const HARMLESS: Readonly<Record<string, string>> = {
  HTTPS_PROXY: 'http://proxy.example.com:3128',
  NO_PROXY: '.example.com,10.0.0.0/8',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/v1',
  PROBER_TOKEN_FILE: '/var/run/secrets/tokens/github-sts',
  STS_ALLOWED_ISSUERS: 'https://token.actions.githubusercontent.com,https://accounts.google.com',
  STS_MAX_TOKEN_LIFETIME: '1h',
  STS_TRUSTED_HOPS: '3',
}

const NETWORK = { network: 'n', subnet: 's' }
const COMMON = { project_id: 'acme-sts', domain: 'sts.example.com', notification_channels: [] }
const MODULES: Readonly<Record<string, object>> = {
  'github-sts': {
    ...COMMON,
    name: 'github-sts',
    regions: { 'europe-west1': NETWORK },
    github_apps: [{ app_id: 101, key_version: 1 }],
    webhook_secret_versions: ['1'],
  },
  prober: { ...COMMON, regions: { 'europe-west1': {} }, scope: 'acme/prober' },
}

describe('the inputs of modules', { skip: WITHOUT_TERRAFORM }, () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace(['iac'])
  })
  after(() => workspace.close())

  async function planWith(
    module: string,
    inputs: object,
  ): Promise<{ readonly status: number; readonly output: string; readonly plan: Plan }> {
    const configuration = {
      module: { it: { source: `../iac/modules/${module}`, ...MODULES[module], ...inputs } },
    }
    await mkdir(join(workspace.folder, 'root'), { recursive: true })
    await writeFile(join(workspace.folder, 'root', 'main.tf.json'), JSON.stringify(configuration))
    return planJson(workspace, 'root')
  }

  for (const module of Object.keys(MODULES)) {
    it(`${module} refuses every variable that is secret by its name or its value`, async () => {
      const { status, output } = await planWith(module, { env: { ...HARMLESS, ...SECRETS } })
      assert.equal(status, 1)
      const [, names = ''] = /Take ([\w,\s]+?)\s+out\s+of\s+env:\s+what\s+is\s+there/.exec(output) ?? []
      assert.deepEqual(names.split(/,\s+/), Object.keys(SECRETS).sort())
    })

    it(`${module} takes what is not secret, and a secret by its name`, async () => {
      const inputs = { env: HARMLESS, secret_env: { OTEL_EXPORTER_OTLP_HEADERS: { secret: 'headers' } } }
      const { status, output, plan } = await planWith(module, inputs)
      assert.equal(status, 0, output)
      const services = changesOf(plan, 'google_cloud_run_v2_service')
      assert.equal(services.length, 2)
      for (const service of services) {
        for (const value of [...Object.values(HARMLESS), 'headers']) assert.ok(service.includes(value), value)
      }
    })
  }

  it('are handed on by github-sts to its alerts', async () => {
    const { status, output, plan } = await planWith('github-sts', {
      kms_audit_logs: false,
      missing_identities: ['nobody-asks'],
      runbooks_url: 'https://runbooks.example.com/sts',
    })
    assert.equal(status, 0, output)
    assert.deepEqual(changesOf(plan, 'google_project_iam_audit_config'), [])
    assert.match(String(changesOf(plan, 'google_logging_metric')), /nobody-asks/)
    const alerts = changesOf(plan, 'google_monitoring_alert_policy')
    assert.ok(alerts.length > 5)
    for (const alert of alerts) assert.match(alert, /https:\/\/runbooks\.example\.com\/sts#/)
  })

  it('let both services of github-sts in without a grant to everybody', async () => {
    const { status, output, plan } = await planWith('github-sts', { invoker_iam_disabled: true })
    assert.equal(status, 0, output)
    assert.deepEqual(changesOf(plan, 'google_cloud_run_v2_service_iam_member'), [])
    const services = changesOf(plan, 'google_cloud_run_v2_service')
    assert.equal(services.length, 2)
    for (const service of services) assert.match(service, /"invoker_iam_disabled":true/)
  })
})

describe('the variables of the example', () => {
  it('name the release that the package is', async () => {
    const read = (path: string): Promise<string> =>
      readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
    const { version } = JSON.parse(await read('package.json')) as { readonly version: string }
    const [, release] =
      /^release += "(.+)"$/m.exec(await read('iac/env/example/terraform.tfvars.example')) ?? []
    assert.equal(release, version)
  })
})

/** What a plan makes of a type, each as JSON. */
function changesOf(plan: Plan, type: string): readonly string[] {
  return plan.resource_changes
    .filter((one) => one.type === type)
    .map(({ change }) => JSON.stringify(change.after))
}
