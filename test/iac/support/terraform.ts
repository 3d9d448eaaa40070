import { spawn, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { RANDOM_SCHEMAS } from './random-provider.ts'
import { readSchemas } from './provider-package.ts'
import { serveProvider } from './stub-provider.ts'

import type { Block } from './provider-schema.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const TYPE_PATTERN = /\b(resource|data)\s+"(google_\w+)"/g

const GOOGLE_VERSION = '6.50.0'
const RANDOM_VERSION = '3.7.2'

export interface Result {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface WorkspaceOptions {
  /** Types that a state has and the configuration does not name. */
  readonly stateTypes?: readonly string[]
  /** Adds the providers random and google-beta, for a state that was made with them. */
  readonly withStateProviders?: boolean
}

/** A temporary copy of configuration, in which Terraform runs without any network. */
export interface Workspace {
  readonly folder: string
  /** What the provider google has, by type. */
  readonly schemas: ReadonlyMap<string, Block>
  /**
   * Runs Terraform in a folder of the copy. `init` finds the provider google in one version, the one whose schema is checked,
   * and no other provider; what comes after it talks to the stub.
   */
  run(folder: string, ...args: readonly string[]): Promise<Result>
  close(): Promise<void>
}

export const hasTerraform = spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0

/** The folders under `folder` that hold configuration of their own, relative to the repository. */
export async function listModules(folder = 'iac'): Promise<readonly string[]> {
  const files = await listFiles(join(root, folder), '.tf')
  return [...new Set(files.map((file) => relative(root, dirname(file))))].sort()
}

/** Opens a workspace with a copy of `folders`, each at its path in the repository. */
export async function openWorkspace(
  folders: readonly string[],
  { stateTypes = [], withStateProviders = false }: WorkspaceOptions = {},
): Promise<Workspace> {
  const schemas = await readSchemas(new Set([...stateTypes, ...(await listTypes(folders))]))
  const google = await serveProvider(schemas)
  const random = await serveProvider(RANDOM_SCHEMAS)
  const copy = await mkdtemp(join(tmpdir(), 'iac-'))
  for (const folder of folders) {
    await cp(join(root, folder), join(copy, folder), {
      recursive: true,
      filter: (file) => !/[/\\](\.terraform|terraform\.tfstate)/.test(file),
    })
  }
  const versions = {
    google: GOOGLE_VERSION,
    ...(withStateProviders ? { 'google-beta': GOOGLE_VERSION, random: RANDOM_VERSION } : {}),
  }
  const env = {
    PATH: process.env['PATH'],
    HOME: copy,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: await writeMirror(copy, versions),
  }
  const providers = {
    'registry.terraform.io/hashicorp/google': google.reattach,
    'registry.terraform.io/hashicorp/google-beta': google.reattach,
    'registry.terraform.io/hashicorp/random': random.reattach,
  }
  return {
    folder: copy,
    schemas,
    run: (folder, ...args) =>
      runTerraform(join(copy, folder), args, {
        ...env,
        ...(args[0] === 'init' ? {} : { TF_REATTACH_PROVIDERS: JSON.stringify(providers) }),
      }),
    async close() {
      google.close()
      random.close()
      await rm(copy, { recursive: true, force: true })
    },
  }
}

/** A folder in which `init` finds providers, as files that are never started. */
async function writeMirror(folder: string, versions: Readonly<Record<string, string>>): Promise<string> {
  const mirror = join(folder, 'mirror')
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`
  for (const [name, version] of Object.entries(versions)) {
    const place = join(mirror, 'registry.terraform.io', 'hashicorp', name, version, platform)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, `terraform-provider-${name}_v${version}`), '', { mode: 0o755 })
  }
  const file = join(folder, 'terraform.rc')
  await writeFile(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  )
  return file
}

async function listTypes(folders: readonly string[]): Promise<readonly string[]> {
  const types: string[] = []
  for (const folder of folders) {
    for (const ending of ['.tf', '.hcl']) {
      for (const file of await listFiles(join(root, folder), ending)) {
        for (const [, kind, name = ''] of (await readFile(file, 'utf8')).matchAll(TYPE_PATTERN)) {
          types.push(kind === 'data' ? `data.${name}` : name)
        }
      }
    }
  }
  return types
}

async function listFiles(folder: string, ending: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('.terraform/'))
}

function runTerraform(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn('terraform', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (status) => {
      resolve({ status: status ?? 1, stdout, stderr })
    })
  })
}

/** By hand: `node --import tsx test/iac/support/terraform.ts <validate|test|plan> <folder> [arguments]` */
async function main([command = '', folder = '', ...args]: readonly string[]): Promise<number> {
  const workspace = await openWorkspace([...new Set(['iac', folder])])
  try {
    for (const step of [
      ['init', '-input=false', '-no-color'],
      [command, '-no-color', ...args],
    ]) {
      const { status, stdout, stderr } = await workspace.run(folder, ...step)
      if (status !== 0 || step[0] !== 'init') console.log(stdout + stderr)
      if (status !== 0) return status
    }
    return 0
  } finally {
    await workspace.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2))
