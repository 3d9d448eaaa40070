import { spawnSync } from 'node:child_process'
import { PassThrough, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ExitStatus } from '../../../cmd/ghsts/command.ts'
import { run } from '../../../cmd/ghsts/run.ts'

export const MAIN = fileURLToPath(new URL('../../../cmd/ghsts/main.ts', import.meta.url))

/** What node needs to run the sources, from any folder. */
export const LOADER: readonly string[] =
  'typescript' in process.features && process.features.typescript
    ? []
    : ['--import', import.meta.resolve('tsx')]

export interface TerminalOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly color?: boolean
  /** The width of its screen; without it standard output is none. */
  readonly columns?: number
}

export interface Outcome<Status> {
  readonly status: Status
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process, with a terminal in memory. */
export async function runGhsts(
  args: readonly string[],
  { input = '', env = {}, color = false, columns }: TerminalOptions = {},
): Promise<Outcome<ExitStatus>> {
  const written = { stdout: '', stderr: '' }
  const collect = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString()
        done()
      },
    })
  const stdout = collect('stdout')
  const screen = columns === undefined ? stdout : Object.assign(stdout, { isTTY: true, columns })
  const stdin = new PassThrough()
  stdin.end(input)
  const status = await run(args, { stdin, stdout: screen, stderr: collect('stderr'), env, color })
  return { status, ...written }
}

/** Runs a command as a process of its own, from the sources, with its output piped. */
export function spawnGhsts(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string; readonly env?: Record<string, string> } = {},
): Outcome<number | null> {
  const { cwd, input = '', env = {} } = options
  const { status, stdout, stderr } = spawnSync(process.execPath, [...LOADER, MAIN, ...args], {
    cwd,
    input,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}
