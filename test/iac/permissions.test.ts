import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { applyJson } from './support/plan.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { openWorkspace } from './support/terraform.ts'

import type { Applied } from './support/plan.ts'

const EXAMPLE = 'iac/env/example'
const iac = fileURLToPath(new URL('../../iac/', import.meta.url))

/** With it every grant that the modules can make is made. */
const EVERYTHING = {
  module: {
    'github-sts': {
      'private-services': { 'eventing-ingress': { name: 'broker' } },
      secret_env: { HTTPS_PROXY: { secret: 'proxy' } },
      shared_state: { tls: true },
    },
    prober: { secret_env: { HTTPS_PROXY: { secret: 'proxy' } } },
  },
}
const ORGANIZATION = [{ app_id: 101, key_version: 1, org_name: 'acme' }]

/** Who may do what with what. Our own accounts are named without their project. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  // Cloud Run cannot check the tokens of callers, so the two services behind the load balancer do it.
  allUsers: ['run.invoker github-sts', 'run.invoker github-sts-webhook'],
  'github-sts': [
    'cloudkms.signer projects/acme-sts/locations/global/keyRings/github-sts',
    'cloudtrace.agent project',
    'monitoring.metricWriter project',
    'run.invoker broker',
    'secretmanager.secretAccessor github-sts-app-config',
    'secretmanager.secretAccessor github-sts-metrics-config',
    'secretmanager.secretAccessor github-sts-redis-ca',
    'secretmanager.secretAccessor proxy',
  ],
  'github-sts-webhook': [
    'cloudkms.signer projects/acme-sts/locations/global/keyRings/github-sts',
    'cloudtrace.agent project',
    'monitoring.metricWriter project',
    'secretmanager.secretAccessor github-sts-app-config',
    'secretmanager.secretAccessor github-sts-redis-ca',
    'secretmanager.secretAccessor github-sts-webhook-metrics-config',
    'secretmanager.secretAccessor projects/acme-sts/secrets/github-sts-webhook-secret',
    'secretmanager.secretAccessor proxy',
  ],
  'github-sts-prober': [
    'cloudtrace.agent project',
    'monitoring.metricWriter project',
    'secretmanager.secretAccessor github-sts-prober-metrics-config',
    'secretmanager.secretAccessor proxy',
  ],
  'github-sts-prober-negative': [
    'cloudtrace.agent project',
    'monitoring.metricWriter project',
    'secretmanager.secretAccessor github-sts-prober-negative-metrics-config',
    'secretmanager.secretAccessor proxy',
  ],
  // Uptime checks.
  'serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com': [
    'run.invoker github-sts-prober',
    'run.invoker github-sts-prober-negative',
  ],
  // From the log into the topic, and from there into the table.
  'serviceAccount:github-sts-recorder@gcp-sa-logging.iam.gserviceaccount.com': [
    'pubsub.publisher github-sts-recorder',
  ],
  'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com': [
    'bigquery.dataEditor exchanges',
    'bigquery.metadataViewer exchanges',
    'pubsub.publisher github-sts-recorder-unwritten',
    'pubsub.subscriber github-sts-recorder-log',
  ],
}

/** What each Cloud Run service takes requests from, and the account that it runs as. */
const SERVICES: Readonly<Record<string, readonly [ingress: string, account: string]>> = {
  'github-sts': ['INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'github-sts'],
  'github-sts-webhook': ['INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'github-sts-webhook'],
  'github-sts-prober': ['INGRESS_TRAFFIC_ALL', 'github-sts-prober'],
  'github-sts-prober-negative': ['INGRESS_TRAFFIC_ALL', 'github-sts-prober-negative'],
}

describe('the example with everything that it can have', { skip: WITHOUT_TERRAFORM }, () => {
  let resources: readonly Applied[]
  before(async () => {
    const workspace = await openWorkspace(['iac'])
    try {
      await writeFile(join(workspace.folder, EXAMPLE, 'more_override.tf.json'), JSON.stringify(EVERYTHING))
      resources = await applyJson(
        workspace,
        EXAMPLE,
        '-var-file=terraform.tfvars.example',
        `-var=github_apps=${JSON.stringify(ORGANIZATION)}`,
      )
    } finally {
      await workspace.close()
    }
  })

  it('grants what is listed here, and nothing else', () => {
    const found: Record<string, string[]> = {}
    for (const { type, values } of resources.filter(({ type }) => isGrant(type))) {
      assert.match(type, /_iam_(member|binding)$/)
      for (const member of [values['member'] ?? values['members']].flat().map(String)) {
        ;(found[shorten(member)] ??= []).push(`${shorten(String(values['role']))} ${targetOf(values)}`)
      }
    }
    const sorted = Object.entries(found).map(([member, grants]) => [member, grants.sort()])
    assert.deepEqual(Object.fromEntries(sorted), GRANTS)
  })

  it('makes every grant that there is in a module, so that none is missing in the list', async () => {
    const made = new Set(
      resources.map(({ address }) => /(google_\w+\.[\w-]+)(?:\[.+\])?$/.exec(address)?.[1]),
    )
    const written = (await readConfiguration()).matchAll(/^resource "(google_\w+)" "([\w-]+)"/gm)
    const grants = Array.from(written, ([, type = '', name = '']) => ({ type, address: `${type}.${name}` }))
    assert.deepEqual(
      grants.filter(({ type, address }) => isGrant(type) && !made.has(address)),
      [],
    )
  })

  it('lets requests in from where it has to, under an account of its own', () => {
    const services = resources.filter(({ type }) => type === 'google_cloud_run_v2_service')
    assert.deepEqual(
      Object.fromEntries(
        services.map(({ values }) => [values['name'], [values['ingress'], shorten(accountOf(values))]]),
      ),
      SERVICES,
    )
    assert.deepEqual(
      services.filter(({ values }) => values['invoker_iam_disabled'] !== false),
      [],
    )
  })
})

describe('what cannot be made again', () => {
  it('is protected from every plan', async () => {
    const blocks = Array.from(
      (await readConfiguration()).matchAll(/^resource "(\w+)" "([\w-]+)" \{\n([^]*?)^\}/gm),
      ([, type = '', name = '', body = '']) => ({ address: `${type}.${name}`, body }),
    ).filter(({ address }) => /^google_kms_(?!.*_iam_)|^google_secret_manager_secret\.webhook$/.test(address))
    assert.deepEqual(blocks.map(({ address }) => address).sort(), [
      'google_kms_crypto_key.app-key',
      'google_kms_crypto_key.app-keys',
      'google_kms_key_ring.app-keyring',
      'google_secret_manager_secret.webhook',
    ])
    for (const { address, body } of blocks) {
      assert.match(body, /^ {2}lifecycle \{\n {4}prevent_destroy = true\n {2}\}$/m, address)
    }
  })
})

/** Also a policy, which replaces what others granted, and is not to be there. */
function isGrant(type: string): boolean {
  return /_iam_|_access$|_acl$/.test(type) && type !== 'google_project_iam_audit_config'
}

function shorten(name: string): string {
  return name
    .replace(/^(?:serviceAccount:)?([\w-]+)@acme-sts\.iam\.gserviceaccount\.com$/, '$1')
    .replace('roles/', '')
}

function targetOf(values: Applied['values']): string {
  const names = ['key_ring_id', 'secret_id', 'topic', 'subscription', 'table_id', 'name']
  return names.map((name) => values[name]).find((value) => typeof value === 'string') ?? 'project'
}

function accountOf(values: Applied['values']): string {
  const [template] = values['template'] as readonly { readonly service_account: string }[]
  return template?.service_account ?? ''
}

async function readConfiguration(): Promise<string> {
  const names = await readdir(iac, { recursive: true })
  const files = names.filter((name) => name.endsWith('.tf') && !name.includes('.terraform'))
  return (await Promise.all(files.map((name) => readFile(join(iac, name), 'utf8')))).join('\n')
}
