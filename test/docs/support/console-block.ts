import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { LOADER, MAIN } from '../../ghsts/support/ghsts.ts'
import type { Fence } from './page.ts'

/** A command of a console block, and what it prints there: both streams, as a terminal shows them. */
export interface ConsoleEntry {
  readonly command: string
  readonly output: string
}

/** What separates the output of two commands; no command prints it. */
const SEPARATOR = '\u001e'

/** Reads `$ command` lines, each with the lines behind a `\` at its end and the output that follows. */
export function readConsole(block: string): readonly ConsoleEntry[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((entry) => {
      const [, command = '', output = ''] = /^((?:[^\n]*\\\n)*[^\n]*)\n([^]*)$/.exec(entry) ?? []
      return { command, output }
    })
}

/** The files that the fences of a page are: `yaml` with its path as a comment, or `json NAME`. */
export function filesOf(fences: readonly Fence[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { info, text: content } of fences) {
    const [, name] = /^# (\S+\.yaml)\n/.exec(content) ?? /^json (\S+\.json)$/.exec(info) ?? []
    if (name !== undefined) files.set(name, content)
  }
  return files
}

/** Writes the files into a folder, with their own folders; and `bin/ghsts`, which runs the sources. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const program = `#!/bin/sh\nexec '${process.execPath}' ${LOADER.join(' ')} '${MAIN}' "$@"\n`
  for (const [path, content] of [...files, ['bin/ghsts', program] as const]) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode: 0o755 })
  }
}

/** Runs commands one after another in one shell, in a folder that `writeFiles` has filled. */
export async function runConsole(
  t: TestContext,
  folder: string,
  commands: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly ConsoleEntry[]> {
  // The status of a command is what the next one sees in `$?`.
  const script = commands.map((command) => `${command}\nstatus=$?; printf '\\036'; (exit $status)\n`).join('')
  const stdout = await runShell(t, folder, `exec 2>&1\n${script}`, env)
  const outputs = stdout.split(SEPARATOR)
  return commands.map((command, at) => ({ command, output: outputs[at] ?? '' }))
}

/** What a script writes to standard output. The test's end kills it. */
export async function runShell(
  t: TestContext,
  folder: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')])
  return stdout
}
