import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'

import { octoStsRows, typesOf, writeState } from './support/octo-sts-state.ts'
import { applyJson } from './support/plan.ts'
import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { configureSwitch } from './support/switched.ts'
import { openWorkspace } from './support/terraform.ts'

const APPS = [
  { app_id: 801323, key_version: 1, org_name: 'acme' },
  { app_id: 801324, key_version: 1, org_name: '*' },
]
const README = new URL('../../iac/README.md', import.meta.url)

/** What octo-sts's module makes anew, beside what it had. */
const MADE_ANEW = [
  'random_password.webhook-secret',
  'module.webhook-secret.google_secret_manager_secret_version.data',
  'google_project_service.firestore[0]',
  'google_firestore_database.sticky[0]',
  'google_firestore_field.sticky_ttl[0]',
  'google_project_iam_member.firestore_user[0]',
  'module.this.google_project_iam_member.profiler-writer[0]',
  'module.webhook.google_project_iam_member.metrics-writer[0]',
  'module.webhook.google_project_iam_member.trace-writer[0]',
  'module.webhook.google_project_iam_member.profiler-writer[0]',
]
/** What a plan of octo-sts's module destroys, because it does not know it. */
const GIVEN_UP =
  /^(google_service_account\.webhook|google_secret_manager_secret_iam_member\.app-config-webhook-accessor\[0\])$|^module\.dashboard\.google_monitoring_|^module\.(this|webhook)\.google_secret_manager_secret\w*\.metrics\[0\]$|^module\.webhook\.google_project_iam_member\.telemetry/

describe('a state on its way back, by the commands of the page', { skip: WITHOUT_TERRAFORM }, () => {
  const known = octoStsRows(
    APPS.map(({ app_id }) => app_id),
    'organizations',
  )
  const octoSts = known.map(([address]) => address).filter((address) => !address.includes('data.'))
  let there: readonly string[]
  before(async () => {
    const workspace = await openWorkspace(['iac'], { stateTypes: typesOf(known), withStateProviders: true })
    try {
      const root = join(workspace.folder, 'root')
      await mkdir(root)
      await writeFile(join(root, 'terraform.tfstate'), writeState(known, workspace.schemas))
      await writeFile(
        join(root, 'main.tf.json'),
        JSON.stringify(configureSwitch(APPS, { unserved_apps: [999] })),
      )
      await applyJson(workspace, 'root', '-refresh=false')
      for (const command of await readCommands()) {
        const { status, stderr } = await workspace.run('root', ...command.split(' '))
        assert.equal(status, 0, `${command}\n${stderr}`)
      }
      const { stdout } = await workspace.run('root', 'state', 'list')
      there = stdout
        .trim()
        .split('\n')
        .map((address) => address.replace(/^module\.app\./, ''))
        .filter((address) => !address.includes('data.'))
    } finally {
      await workspace.close()
    }
  })

  it('has all that octo-sts does not make anew where octo-sts looks for it', () => {
    assert.deepEqual(octoSts.filter((address) => !there.includes(address)).sort(), [...MADE_ANEW].sort())
  })

  it('has nothing else but what may be destroyed', () => {
    const others = there.filter((address) => !octoSts.includes(address))
    assert.ok(others.length > 10, others.join())
    assert.deepEqual(
      others.filter((address) => !GIVEN_UP.test(address)),
      [],
    )
  })
})

/** The arguments of every terraform state mv and state rm under "The way back", as a shell reads them. */
async function readCommands(): Promise<readonly string[]> {
  const [, section = ''] = (await readFile(README, 'utf8')).split(/^## The way back.*$/m)
  const [steps = ''] = section.split(/^## /m)
  const script = Array.from(steps.matchAll(/^ *```sh\n([^]*?)^ *```$/gm), ([, text = '']) => text).join('')
  const listed = execFileSync('bash', [
    '-c',
    `terraform() { echo "$*"; }; ${script.replace('> before.tfstate', '')}`,
  ])
  const commands = listed
    .toString()
    .split('\n')
    .filter((command) => /^state (mv|rm) /.test(command))
  assert.equal(commands.length, 10)
  return commands
}
