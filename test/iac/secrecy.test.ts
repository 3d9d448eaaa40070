import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { planJson } from './support/plan.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { openWorkspace } from './support/terraform.ts'

import type { Plan } from './support/plan.ts'
import type { Workspace } from './support/terraform.ts'

const EXAMPLE = 'iac/env/example'

/** Types whose state has a secret in it by nature. */
const SECRET_TYPES = /^(random_|tls_|google_service_account_key$|google_storage_hmac_key$)/
const SECRET_TEXT = /-----BEGIN|\bgh[a-z]_\w{20,}|\bgithub_pat_\w|\beyJ[\w-]{10,}\.|:\/\/[^/\s"]*:[^/\s"]*@/
/** What a secret's value is called in the provider, or in our own variables. */
const SECRET_NAME = /(^|_)(secret_data|secret_data_wo|password|private_key|auth_string|token|authorization)$/i
/** Files that Secret Manager only hands to Cloud Run: ids of Apps with names of keys, what is scraped, a certificate. */
const FILES = /\.google_secret_manager_secret_version\.(app-config|metrics|redis-ca)\[0\]\.secret_data$/
/** A certificate is public. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----/g

describe('a plan of the example', { skip: WITHOUT_TERRAFORM }, () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace(['iac'])
  })
  after(() => workspace.close())

  const organizations = [
    { app_id: 101, key_version: 1, org_name: 'acme' },
    { app_id: 102, key_version: 1, org_name: '*' },
  ]
  const cases = {
    'as it is': [],
    'with shared state': ['-var=shared_state=true'],
    'with pools of organizations': [`-var=github_apps=${JSON.stringify(organizations)}`],
  }
  for (const [name, args] of Object.entries(cases)) {
    it(`holds nothing secret, ${name}`, async () => {
      const { status, output, plan } = await planJson(
        workspace,
        EXAMPLE,
        '-var-file=terraform.tfvars.example',
        ...args,
      )
      assert.equal(status, 0, output)
      assert.ok(plan.resource_changes.length > 20, String(plan.resource_changes.length))
      assert.deepEqual(findSecrets(plan), [])
    })
  }

  it('gives no output of its own that has to be kept secret', async () => {
    const { plan } = await planJson(workspace, EXAMPLE, '-var-file=terraform.tfvars.example')
    assert.doesNotMatch(JSON.stringify(plan.output_changes), /"(before|after)_sensitive":true/)
  })
})

describe('the search for secrets in a plan', () => {
  const cases: readonly (readonly [type: string, after: unknown])[] = [
    ['google_service_account_key', {}],
    ['random_password', { length: 64 }],
    ['google_secret_manager_secret_version', { secret_data: 'value' }],
    ['google_monitoring_uptime_check_config', { http_check: [{ auth_info: [{ password: 'value' }] }] }],
    ['google_monitoring_uptime_check_config', { http_check: [{ headers: { Authorization: 'value' } }] }],
    [
      'google_cloud_run_v2_service',
      { template: [{ containers: [{ env: [{ name: 'PROBER_TOKEN', value: 'value' }] }] }] },
    ],
    [
      'google_cloud_run_v2_service',
      { template: [{ containers: [{ args: ['-----BEGIN RSA PRIVATE KEY-----'] }] }] },
    ],
    [
      'google_cloud_run_v2_service',
      {
        template: [{ containers: [{ env: [{ name: 'STS_REDIS_URL', value: 'rediss://user:pass@host' }] }] }],
      },
    ],
  ]
  for (const [type, value] of cases) {
    it(`finds it in ${type}: ${JSON.stringify(value)}`, () => {
      const change = { address: `${type}.it`, type, change: { actions: ['create'], after: value } }
      const plan = { resource_changes: [change], planned_values: { outputs: {} } }
      assert.notDeepEqual(findSecrets(plan), [])
    })
  }
})

function findSecrets({ resource_changes, output_changes, planned_values }: Plan): readonly string[] {
  return [
    ...resource_changes.flatMap(({ address, type, change }) => [
      ...(SECRET_TYPES.test(type) ? [address] : []),
      ...findIn(change.after, address),
    ]),
    ...findIn(output_changes, 'outputs'),
    ...findIn(planned_values.outputs, 'outputs'),
  ]
}

function findIn(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return SECRET_TEXT.test(value.replace(CERTIFICATE, '')) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  const variable = 'name' in value && 'value' in value ? [[String(value.name), value.value] as const] : []
  return [...variable, ...Object.entries(value)].flatMap(([name, inner]: readonly [string, unknown]) => {
    const place = `${path}.${name}`
    const isNamed = typeof inner === 'string' && inner !== '' && SECRET_NAME.test(name) && !FILES.test(place)
    return [...(isNamed ? [place] : []), ...findIn(inner, place)]
  })
}
