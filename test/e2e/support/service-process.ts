import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const LOADER: readonly string[] =
  'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx']

/** A program of this project, as a process of its own. */
export interface Program {
  readonly child: ChildProcess
  /** Everything it has written so far, standard output and error together. */
  readonly output: () => string
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Resolves when the output matches. */
  readonly saw: (pattern: RegExp) => Promise<RegExpExecArray>
}

/** Starts a program from its sources; the test's end kills it. Only `env` is in its environment. */
export function startProgram(
  t: TestContext,
  main: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Program {
  return watchProgram(
    t,
    spawn(process.execPath, [...LOADER, main, ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Follows a process that has been started with its output piped; the test's end kills it. */
export function watchProgram(t: TestContext, child: ChildProcessByStdio<null, Readable, Readable>): Program {
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const watcher of watchers) watcher()
    })
  }
  const exit = once(child, 'close').then(([code, signal]) => {
    for (const watcher of watchers) watcher()
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {
    child,
    output: () => output,
    exit,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output)
          if (match !== null) {
            watchers.delete(look)
            resolve(match)
          } else if (child.exitCode !== null || child.signalCode !== null) {
            watchers.delete(look)
            reject(new Error(`it ended without writing ${String(pattern)}:\n${output}`))
          }
        }
        watchers.add(look)
        look()
      }),
  }
}
