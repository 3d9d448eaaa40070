import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { LOADER, MAIN, type Outcome } from './ghsts.ts'

/** Starts a command as a process of its own, with its streams piped; the test's end kills it. */
export function startGhsts(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [...LOADER, MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  })
  // A process that has ended takes no more input; how it ended is what a test looks at.
  child.stdin.on('error', () => undefined)
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Gives a process the rest of its input, and waits for its end. */
export async function finish(
  child: ChildProcessWithoutNullStreams,
  input: string | Uint8Array = '',
): Promise<Outcome<number | null>> {
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { status: child.exitCode, stdout, stderr }
}
