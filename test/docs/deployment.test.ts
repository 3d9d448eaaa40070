import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { CHART, runHelm, skip as WITHOUT_HELM } from '../helm/support/chart.ts'
import { planJson, type Plan } from '../iac/support/plan.ts'
import { WITHOUT_TERRAFORM } from '../iac/support/requirement.ts'
import { openWorkspace, type Workspace } from '../iac/support/terraform.ts'
import { codeSpansOf, fencesOf, readPage, type Fence } from './support/page.ts'

const EXAMPLE = 'iac/env/example'
const CLOUD_RUN = readPage('docs/deploy-cloud-run.md')
const KUBERNETES = readPage('docs/deploy-kubernetes.md')
const COMPOSE = readPage('docs/deploy-compose.md')
const MIGRATION = readPage('docs/migrating-from-octo-sts.md')
const PAGES = [CLOUD_RUN, KUBERNETES, COMPOSE, MIGRATION, readPage('iac/README.md')]

/** The service of Google Cloud behind resources whose type begins so; '' for none. */
const SERVICES: Readonly<Record<string, string>> = {
  google_artifact_registry: 'artifactregistry',
  google_bigquery: 'bigquery',
  google_certificate_manager: 'certificatemanager',
  google_client: '',
  google_cloud_run: 'run',
  google_compute: 'compute',
  google_dns: 'dns',
  google_kms: 'cloudkms',
  google_logging: 'logging',
  google_memorystore: 'memorystore',
  google_monitoring: 'monitoring',
  google_network_connectivity: 'networkconnectivity',
  google_project: 'cloudresourcemanager',
  google_pubsub: 'pubsub',
  google_secret_manager: 'secretmanager',
  google_service_account: 'iam',
}

/** What a command names, and the resource and attribute that have that name. */
const NAMED: readonly (readonly [option: RegExp, type: string, attribute: string])[] = [
  [/--keyring (\S+)/g, 'google_kms_key_ring', 'name'],
  [/--key (\S+)/g, 'google_kms_crypto_key', 'name'],
  [/secrets versions add (\S+)/g, 'google_secret_manager_secret', 'secret_id'],
  [/certificates describe (\S+)/g, 'google_certificate_manager_certificate', 'name'],
  [/--zone (\S+)/g, 'google_dns_managed_zone', 'name'],
  [/services logs read (\S+)/g, 'google_cloud_run_v2_service', 'name'],
  [/resource\.labels\.service_name="([^"]+)"/g, 'google_cloud_run_v2_service', 'name'],
]

function fences(page: string, info: string): readonly string[] {
  return fencesOf(page).flatMap((fence: Fence) => (fence.info === info ? [fence.text] : []))
}

function captures(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, name = '']) => name)
}

function configurationIn(folder: string): string {
  const names = readdirSync(new URL(`../../${folder}`, import.meta.url)).filter((name) =>
    name.endsWith('.tf'),
  )
  return names.map((name) => readPage(`${folder}/${name}`)).join('\n')
}

/** The names of all blocks of a kind in the files of a folder. */
function blocksIn(folder: string, kind: string): readonly string[] {
  return captures(configurationIn(folder), new RegExp(`^${kind} "([^"]+)"`, 'gm'))
}

/** The names of all attributes that variables of a folder have. */
function attributesIn(folder: string): readonly string[] {
  return captures(configurationIn(folder), /^ {4}(\w+) += (?:optional\(|string$|number$|bool$)/gm)
}

function terraformFiles(): readonly string[] {
  const names = readdirSync(new URL('../../iac/', import.meta.url), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.tf') && !name.includes('.terraform'))
}

describe('Terraform in the pages', () => {
  const snippets = PAGES.flatMap((page) => fences(page, 'hcl'))
  const modules = readdirSync(new URL('../../iac/modules/', import.meta.url))
  const known = new Set(
    [EXAMPLE, ...modules.map((name) => `iac/modules/${name}`)].flatMap((folder) => [
      ...blocksIn(folder, 'variable'),
      ...attributesIn(folder),
    ]),
  )

  it('is there', () => {
    assert.equal(snippets.length, 5)
  })

  for (const text of snippets) {
    const name = text.split('\n')[0] ?? ''
    it(`is formatted: ${name}`, { skip: WITHOUT_TERRAFORM }, () => {
      const { status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', '-'], {
        input: text,
        encoding: 'utf8',
      })
      assert.equal(status, 0, stdout + stderr)
    })

    it(`sets variables that there are: ${name}`, () => {
      const [, module] = /source += "[^"]*\/modules\/([\w-]+)/.exec(text) ?? []
      const folder = module === undefined ? EXAMPLE : `iac/modules/${module}`
      const set = captures(text, module === undefined ? /^([\w-]+) +=/gm : /^ {2}([\w-]+) +=/gm)
      const variables = ['source', ...blocksIn(folder, 'variable')]
      assert.ok(set.length > 0)
      assert.deepEqual(
        set.filter((variable) => !variables.includes(variable)),
        [],
      )
    })
  }

  it('names inputs and outputs that there are in the text', () => {
    const assigned = PAGES.flatMap(codeSpansOf).flatMap((code) => captures(code, /^([a-z][\w-]+) = /g))
    assert.ok(assigned.length >= 5, assigned.join())
    assert.deepEqual(
      assigned.filter((name) => !known.has(name)),
      [],
    )
    const outputs = captures(CLOUD_RUN, /terraform output (?:-raw )?(\w+)|the output `/gi).filter(Boolean)
    const mentioned = captures(CLOUD_RUN, /output `(\w+)`/gi)
    const there = blocksIn(EXAMPLE, 'output')
    assert.deepEqual([outputs.length, mentioned.length], [1, 2])
    for (const name of [...outputs, ...mentioned]) assert.ok(there.includes(name), name)
  })

  it('moves back what the module has moved, to where it was', () => {
    const moves = Array.from(
      readPage('iac/modules/github-sts/migration.tf').matchAll(/from = (\S+)\n +to +=\s(\S+)/g),
      ([, from = '', to = '']) => `module.app.${to} \\\n  module.app.${from}\n`,
    )
    const commands = captures(MIGRATION, /^terraform state mv (.+\n.+\n)/gm)
    assert.equal(commands.length, 2)
    for (const command of commands) assert.ok(moves.includes(command), command)
  })

  it('has every service switched on that a resource needs', () => {
    const text = terraformFiles()
      .map((name) => readPage(`iac/${name}`))
      .join('\n')
    const types = new Set(captures(text, /^(?:resource|data) "(google_\w+)"/gm))
    const needed = [...types].map((type) => {
      const prefix = Object.keys(SERVICES).find((start) => type.startsWith(start))
      assert.ok(prefix !== undefined, `${type} belongs to no service here`)
      return SERVICES[prefix] ?? ''
    })
    const enabled = captures(CLOUD_RUN, /\b(\w+)\.googleapis\.com(?= |$)/gm)
    assert.deepEqual([...new Set(enabled)].sort(), [...new Set(needed)].filter((name) => name !== '').sort())
  })
})

describe('the walk to Cloud Run', { skip: WITHOUT_TERRAFORM }, () => {
  let workspace: Workspace
  let first: Plan
  let second: Plan
  before(async () => {
    workspace = await openWorkspace(['iac'])
    const [variables = '', changed = ''] = fences(CLOUD_RUN, 'hcl').filter((text) =>
      text.startsWith('# terraform.tfvars'),
    )
    await writeFile(join(workspace.folder, EXAMPLE, 'first.tfvars'), variables)
    await writeFile(join(workspace.folder, EXAMPLE, 'changed.tfvars'), changed)
    first = await planWith('-var-file=first.tfvars')
    second = await planWith('-var-file=first.tfvars', '-var-file=changed.tfvars')
  })
  after(() => workspace.close())

  async function planWith(...args: readonly string[]): Promise<Plan> {
    const { status, output, plan } = await planJson(workspace, EXAMPLE, ...args)
    assert.equal(status, 0, output)
    return plan
  }

  function namesOf({ resource_changes }: Plan, type: string, attribute: string): readonly string[] {
    return resource_changes.flatMap(({ type: its, change: { after } }) =>
      its === type && typeof after === 'object' && after !== null
        ? String(Object.entries(after).find(([name]) => name === attribute)?.[1])
        : [],
    )
  }

  it('makes keys at the first apply, and lets nothing run', () => {
    assert.deepEqual(namesOf(first, 'google_cloud_run_v2_service', 'name'), [])
    assert.ok(namesOf(first, 'google_kms_crypto_key', 'name').includes('app-signing-key-12345'))
    assert.deepEqual(namesOf(first, 'google_dns_managed_zone', 'dns_name'), ['sts.example.com.'])
  })

  it('makes all programs at the second', () => {
    assert.deepEqual([...namesOf(second, 'google_cloud_run_v2_service', 'name')].sort(), [
      'github-sts',
      'github-sts-prober',
      'github-sts-prober-negative',
      'github-sts-webhook',
    ])
  })

  it('names in its commands what was made', () => {
    const commands = fences(CLOUD_RUN, 'sh').join('\n')
    for (const [option, type, attribute] of NAMED) {
      const named = captures(commands, option)
      const made = namesOf(second, type, attribute)
      assert.ok(named.length > 0, String(option))
      for (const name of named) assert.ok(made.includes(name), `${type}: ${name}`)
    }
  })
})

describe('the chart in its page', () => {
  const [values = ''] = fences(KUBERNETES, 'yaml')
  const defaults = parse(readPage('iac/helm/github-sts/values.yaml')) as Readonly<Record<string, unknown>>

  it('takes the values', { skip: WITHOUT_HELM }, () => {
    const options = ['--values', '-', '--kube-version', '1.31.0', '--namespace', 'github-sts']
    const { status, stdout, stderr } = runHelm(['template', 'sts', CHART, ...options], values)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^ {2}name: sts-github-sts-app$/m)
  })

  it('has every value that is named', () => {
    const named = codeSpansOf(KUBERNETES).filter(
      (code) => Object.hasOwn(defaults, code.split('.')[0] ?? '') && !code.endsWith('.pem'),
    )
    assert.ok(named.length > 10)
    for (const path of named) {
      // What is below settings is a variable.
      if (path.startsWith('settings.')) continue
      let value: unknown = defaults
      for (const key of path.split('.')) {
        assert.ok(typeof value === 'object' && value !== null && key in value, path)
        value = Object.entries(value).find(([name]) => name === key)?.[1]
      }
    }
  })
})

describe('the page of one machine', () => {
  const compose = readPage('iac/compose.yaml')

  it('sets variables that Compose reads, and ports that are published', () => {
    const variables = captures(fences(COMPOSE, 'ini').join(''), /^(\w+)=/gm)
    assert.equal(variables.length, 3)
    for (const name of variables) assert.ok(compose.includes('${' + name), name)
    const ports = captures(
      fences(COMPOSE, 'text').join('') + fences(COMPOSE, 'sh').join(''),
      /127\.0\.0\.1:(\d+)/g,
    )
    assert.deepEqual([...new Set(ports)].sort(), ['8080', '8081'])
    for (const port of ports) assert.ok(compose.includes(`127.0.0.1:${port}:8080`), port)
  })

  it('puts secrets where Compose looks for them', () => {
    const files = captures(fences(COMPOSE, 'sh').join(''), /(secrets\/[\w.]+)/g)
    assert.deepEqual(files, ['secrets/app.pem', 'secrets/webhook.env'])
    for (const file of files) assert.ok(compose.includes(file), file)
  })
})

describe('the pages of deployment', () => {
  it('name the release that the package is', () => {
    const { version } = JSON.parse(readPage('package.json')) as { readonly version: string }
    const named = PAGES.flatMap((page) =>
      captures(page, /(?:--branch v|ref=v|tags\/v|github-sts-\w+:|release += "|VERSION=)([\d.]+\d)/g),
    )
    assert.ok(named.length > 8)
    assert.deepEqual([...new Set(named)], [version])
  })

  it('verify images as the workflow signs them', () => {
    assert.match(readPage('.github/workflows/release.yaml'), /cosign sign/)
    assert.match(CLOUD_RUN, /\/\.github\/workflows\/release\.yaml@refs\/tags\/v/)
  })
})
