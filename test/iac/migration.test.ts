import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import {
  octoStsRows,
  PROJECT,
  REGION,
  typesOf,
  WEBHOOK_SECRET,
  writeState,
} from './support/octo-sts-state.ts'
import { actionsOf, planJson } from './support/plan.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { configureSwitch } from './support/switched.ts'
import { openWorkspace } from './support/terraform.ts'

import type { Apps } from './support/switched.ts'
import type { Plan } from './support/plan.ts'

const ONE_APP: Apps = [{ app_id: 801323, key_version: 1 }]
const TWO_APPS: Apps = [...ONE_APP, { app_id: 801324, key_version: 1 }]
const POOLS: Apps = [
  { app_id: 801323, key_version: 1, org_name: 'acme' },
  { app_id: 801324, key_version: 1, org_name: '*' },
]

/** What must still be managed where it was, or at the address that it is moved to. */
const KEPT = [
  'google_kms_key_ring.app-keyring',
  'google_kms_crypto_key.app-key',
  'google_kms_crypto_key.app-keys["801323"]',
  'google_kms_key_ring_iam_binding.signer-members',
  'google_service_account.octo-sts',
  `module.this.google_cloud_run_v2_service.this["${REGION}"]`,
  `module.webhook.google_cloud_run_v2_service.this["${REGION}"]`,
  `module.this.google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated["${REGION}"]`,
  `module.webhook.google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated["${REGION}"]`,
  `module.sts-emits-events["${REGION}"].google_cloud_run_v2_service_iam_member.authorize-calls`,
  'module.webhook-secret.google_secret_manager_secret.this',
  'module.webhook-secret.google_secret_manager_secret_iam_binding.authorize-access',
  'google_monitoring_alert_policy.github-rate-limit',
  'google_monitoring_alert_policy.anomalous-kms-access',
  'google_monitoring_alert_policy.trust-policy-not-found',
  'google_logging_metric.trust-policy-not-found',
]
const KEPT_WITH_POOLS = [
  ...KEPT,
  'google_kms_crypto_key.app-keys["801324"]',
  'google_secret_manager_secret.app-config[0]',
  'google_secret_manager_secret_iam_member.app-config-accessor[0]',
]

describe("a plan from octo-sts's state", { skip: WITHOUT_TERRAFORM }, () => {
  const cases = [
    { name: 'with App ids', mode: 'ids', apps: ONE_APP, kept: KEPT },
    { name: 'with pools of organizations', mode: 'organizations', apps: POOLS, kept: KEPT_WITH_POOLS },
  ] as const
  for (const { name, mode, apps, kept } of cases) {
    it(`destroys nothing, and goes on with what is there, ${name}`, async () => {
      const { plan } = await planFrom(mode, apps, apps)
      assert.deepEqual(actionsOf(plan, 'delete'), [])
      const goesOn = new Set(
        plan.resource_changes
          .filter(({ change }) => ['no-op', 'update'].includes(change.actions.join()))
          .map(({ address, previous_address: previous = address }) => previous),
      )
      assert.deepEqual(
        kept.filter((address) => !goesOn.has(`module.app.${address}`)),
        [],
      )
    })
  }

  it('leaves the outputs as they were, and lets the webhook secret out of the state', async () => {
    const { plan } = await planFrom('ids', ONE_APP, ONE_APP)
    assert.deepEqual(plan.planned_values.outputs['names']?.value, ['octo-sts', 'octo-sts-webhook'])
    assert.ok(!JSON.stringify([plan.planned_values, plan.output_changes]).includes(WEBHOOK_SECRET))
    assert.deepEqual(
      actionsOf(plan, 'forget').filter((address) => /random_password|_version\.data/.test(address)),
      [
        'module.app.module.webhook-secret.google_secret_manager_secret_version.data',
        'module.app.random_password.webhook-secret',
      ],
    )
  })

  it('says so where something would be destroyed', async () => {
    const { plan } = await planFrom('ids', ONE_APP, ONE_APP, [
      ['google_pubsub_topic.forgotten', { project: PROJECT, name: 'forgotten' }],
    ])
    assert.deepEqual(actionsOf(plan, 'delete'), ['module.app.google_pubsub_topic.forgotten'])
  })

  it('fails where the key of an App that is not named any more would be destroyed', async () => {
    const { output, status } = await planFrom('ids', TWO_APPS, ONE_APP)
    assert.equal(status, 1)
    assert.match(output, /Instance cannot be destroyed/)
    assert.match(output, /app-keys\["801324"\]/)
  })

  it('fails where another name would replace the key ring', async () => {
    const { output, status } = await planFrom('ids', ONE_APP, ONE_APP, [], 'other')
    assert.equal(status, 1)
    assert.match(output, /Instance cannot be destroyed[^]*google_kms_key_ring\.app-keyring/)
  })
})

async function planFrom(
  mode: 'ids' | 'organizations',
  appsBefore: Apps,
  appsAfter: Apps,
  more: ReturnType<typeof octoStsRows> = [],
  name = 'octo-sts',
): Promise<{ readonly status: number; readonly output: string; readonly plan: Plan }> {
  const rows = [
    ...octoStsRows(
      appsBefore.map(({ app_id }) => app_id),
      mode,
    ),
    ...more,
  ]
  const workspace = await openWorkspace(['iac'], { stateTypes: typesOf(rows), withStateProviders: true })
  try {
    const folder = join(workspace.folder, 'root')
    await mkdir(folder)
    await writeFile(join(folder, 'terraform.tfstate'), writeState(rows, workspace.schemas))
    await writeFile(join(folder, 'main.tf.json'), JSON.stringify(configureSwitch(appsAfter, { name })))
    return await planJson(workspace, 'root', '-refresh=false')
  } finally {
    await workspace.close()
  }
}
