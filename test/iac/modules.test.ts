import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { WITHOUT_TERRAFORM } from './support/requirement.ts'
import { listModules, openWorkspace } from './support/terraform.ts'

import type { Workspace } from './support/terraform.ts'

const modules = await listModules()

describe('the Terraform configuration', { skip: WITHOUT_TERRAFORM }, () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace(['iac'])
  })
  after(() => workspace.close())

  it('is there', () => {
    assert.ok(modules.includes('iac/modules/github-sts'), modules.join(' '))
  })

  it('is formatted as terraform fmt does', async () => {
    const { status, stdout, stderr } = await workspace.run('iac', 'fmt', '-check', '-diff', '-recursive')
    assert.equal(status, 0, stdout + stderr)
  })

  for (const folder of modules) {
    it(`${folder} needs no provider but google, and validates against its schema`, async () => {
      await initialize(workspace, folder)
      const { status, stdout } = await workspace.run(folder, 'validate', '-json')
      const { valid, diagnostics } = JSON.parse(stdout) as { valid: boolean; diagnostics: readonly unknown[] }
      assert.deepEqual({ status, valid, diagnostics }, { status: 0, valid: true, diagnostics: [] })
    })

    it(`${folder} passes its own tests`, async (context) => {
      const expected = await countRuns(join(workspace.folder, folder, 'tests'))
      if (expected === 0) {
        context.diagnostic('none')
        return
      }
      await initialize(workspace, folder)
      const { status, stdout } = await workspace.run(folder, 'test', '-json')
      const failures = messages(stdout).filter(({ '@level': level }) => level === 'error')
      const summary = messages(stdout).find(({ type }) => type === 'test_summary')?.test_summary
      assert.equal(status, 0, JSON.stringify(failures, undefined, 2))
      assert.deepEqual(
        { passed: summary?.passed, skipped: summary?.skipped },
        { passed: expected, skipped: 0 },
      )
    })
  }

  it('has tests of its logic', async () => {
    for (const name of ['github-sts', 'settings', 'dashboard']) {
      assert.ok((await countRuns(join(workspace.folder, 'iac/modules', name, 'tests'))) > 0, name)
    }
  })
})

async function initialize(workspace: Workspace, folder: string): Promise<void> {
  if (existsSync(join(workspace.folder, folder, '.terraform'))) return
  const { status, stdout, stderr } = await workspace.run(
    folder,
    'init',
    '-backend=false',
    '-input=false',
    '-no-color',
  )
  assert.equal(status, 0, stdout + stderr)
}

async function countRuns(folder: string): Promise<number> {
  const files = await readdir(folder).catch(() => [])
  const texts = files
    .filter((file) => file.endsWith('.tftest.hcl'))
    .map((file) => readFile(join(folder, file), 'utf8'))
  return (await Promise.all(texts)).join('\n').match(/^run "/gm)?.length ?? 0
}

interface Message {
  readonly '@level': string
  readonly type: string
  readonly test_summary?: { readonly passed: number; readonly skipped: number }
}

function messages(stdout: string): readonly Message[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Message)
}
