import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { COMMANDS } from '../../cmd/ghsts/commands.ts'
import { DOMAIN, startDeployment } from '../e2e/support/deployment.ts'
import { makeFolder, writeFileAt } from '../ghsts/support/files.ts'
import { runGhsts } from '../ghsts/support/ghsts.ts'
import { filesOf, readConsole, runConsole, writeFiles, type ConsoleEntry } from './support/console-block.ts'
import { anchorsOf, fencesOf, pagePaths, readPage, type Fence } from './support/page.ts'

/** The width of the screen that a `console terminal` block shows, in cells. */
const SCREEN_COLUMNS = 100

/** A temporary folder with all files of a page. */
function makePageFolder(t: TestContext, fences: readonly Fence[]): string {
  const folder = makeFolder(t)
  writeFiles(folder, filesOf(fences))
  return folder
}

/** What changes from one exchange to the next, as the page has it. */
function withSampleIds(text: string): string {
  return text
    .replace(/ghs_[\w.-]+/g, 'ghs_...')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '4b7e2c1a-93d5-4c8f-8a55-0d7c1b1f6e21')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2026-12-01T09:00:00Z')
    .replace(/\b[0-9a-f]{40}\b/g, '6d1f0c2b9a7e4853b1c0d2e3f4a5968778695a4b')
}

function commandsOf(entries: readonly ConsoleEntry[]): readonly string[] {
  return entries.map(({ command }) => command)
}

for (const path of pagePaths()) {
  const fences = fencesOf(readPage(path))
  const blocks = fences.filter(({ info }) => info.startsWith('console'))
  if (blocks.length === 0) continue

  describe(`the output in ${path}`, () => {
    for (const { info, text } of blocks) {
      const entries = readConsole(text)
      const name = commandsOf(entries).join('; ')
      if (info === 'console') {
        it(`is that of: ${name}`, async (t) => {
          const folder = makePageFolder(t, fences)
          assert.deepEqual(await runConsole(t, folder, commandsOf(entries)), entries)
        })
      } else if (info === 'console terminal') {
        it(`is that of: ${name}, on a terminal`, async (t) => {
          const folder = makePageFolder(t, fences)
          for (const { command, output } of entries) {
            const args = command.split(' ').slice(1)
            const absolute = args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg))
            const { stdout, stderr } = await runGhsts(absolute, { columns: SCREEN_COLUMNS })
            assert.equal((stdout + stderr).replaceAll(`${folder}/`, ''), output)
          }
        })
      } else {
        it(`is that of a service: ${name}`, async (t) => {
          assert.equal(info, 'console service')
          const folder = makePageFolder(t, fences)
          const { github, token, url } = await startDeployment(t)
          writeFileAt(folder, 'oidc-token.txt', await token())
          const commands = commandsOf(entries).map((command) => command.replaceAll(DOMAIN, url))
          const run = await runConsole(t, folder, commands, { GITHUB_BASE_URL: github.baseUrl })
          assert.deepEqual(
            run.map(({ output }) => withSampleIds(output)),
            entries.map(({ output }) => output),
          )
        })
      }
    }
  })

  describe(`the commands in ${path}`, () => {
    const shell = fences.filter(({ info }) => info === 'sh')
    for (const command of shell.flatMap(({ text }) => text.split('\n'))) {
      if (!command.startsWith('ghsts ')) continue
      it(`are no wrong usage: ${command}`, async (t) => {
        const folder = makePageFolder(t, fences)
        const [, status] = await runConsole(t, folder, [command, 'echo $?'])
        assert.notEqual(status?.output, '2\n')
      })
    }
  })
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] }>
  >
}

describe('a workflow in docs/command-line.md', () => {
  const fences = fencesOf(readPage('docs/command-line.md'))
  const workflows = fences
    .filter(({ info }) => info === 'yaml workflow')
    .map(({ text }) => parse(text) as Workflow)
  const stepsWith = (word: string): readonly string[] =>
    workflows.flatMap(({ jobs }) =>
      Object.values(jobs).flatMap(({ steps }) =>
        steps.flatMap(({ run }) => (run?.includes(word) === true ? [run] : [])),
      ),
    )

  it('lints what is in the repository, and fails for a mistake alone', async (t) => {
    const [step = ''] = stepsWith('ghsts policy lint')
    for (const [name, status] of [['triage', '0\n'] as const, ['labels', '1\n'] as const]) {
      const text = filesOf(fences).get(`acme/app/.github/chainguard/${name}.sts.yaml`) ?? ''
      const repository = makeFolder(t)
      writeFiles(repository, new Map([[`.github/chainguard/${name}.sts.yaml`, text]]))
      const entries = await runConsole(t, repository, [step, 'echo $?'], { GITHUB_REPOSITORY: 'acme/app' })
      assert.equal(entries[1]?.output, status)
    }
  })

  it('exchanges, uses and revokes', async (t) => {
    const [step = ''] = stepsWith('ghsts exchange')
    const folder = makePageFolder(t, fences)
    const { github, issuer, url } = await startDeployment(t)
    const text = (filesOf(fences).get('acme/app/.github/chainguard/triage.sts.yaml') ?? '')
      .replace('https://token.actions.githubusercontent.com', issuer.issuer)
      .replace('acme@4242/app@510001', 'acme@1/app@2')
    github.writeFile('acme/app', '.github/chainguard/triage.sts.yaml', text)
    writeFiles(folder, new Map([['bin/gh', '#!/bin/sh\ntest -n "$GH_TOKEN" && echo "gh $*"\n']]))
    const commands = ['set -e', step.replace(DOMAIN, `${url} --audience ${DOMAIN}`)]
    const [, run] = await runConsole(t, folder, commands, {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: github.baseUrl,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.issuer}/actions/token?repository=acme/app&ref=main`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-this-job',
    })
    assert.equal(
      withSampleIds(run?.output ?? ''),
      '::add-mask::ghs_...\ngh issue list --repo acme/app\nghsts: the token is revoked\n',
    )
  })

  it('asks for no more than it needs', () => {
    assert.deepEqual(
      workflows.map(({ permissions }) => permissions),
      [{ contents: 'read' }, { 'id-token': 'write' }],
    )
  })
})

describe('docs/command-line.md', () => {
  it('has a heading for each command', () => {
    const anchors = anchorsOf(readPage('docs/command-line.md'))
    for (const name of COMMANDS.keys()) assert.ok(anchors.has(`ghsts-${name.replace(' ', '-')}`), name)
  })
})

describe('the reader of console blocks', () => {
  it('separates commands, with the lines that they go on in, from output', () => {
    assert.deepEqual(readConsole('$ a \\\n  b\nc\nd\n$ e\n$ f\n'), [
      { command: 'a \\\n  b', output: 'c\nd\n' },
      { command: 'e', output: '' },
      { command: 'f', output: '' },
    ])
  })
})
