#!/usr/bin/env node
import { writeSync } from 'node:fs'
import { run } from './run.ts'
import { mayColor } from './terminal/color.ts'

/** A defect: one line without its message, which may quote what must not be shown. */
function endOnDefect(err: unknown): void {
  const name = err instanceof Error && /^\w+$/.test(err.name) ? err.name : typeof err
  try {
    writeSync(2, `ghsts: unexpected failure (${name}): this is a defect of ghsts\n`)
  } catch {
    // Nobody reads it.
  }
  process.exit(2)
}
process.on('uncaughtException', endOnDefect)
process.on('unhandledRejection', endOnDefect)

/** `ghsts ... | head -1`: the reader has what it wants. An answer that was not given yet is no yes. */
function endOnBrokenPipe(err: NodeJS.ErrnoException): void {
  if (err.code === 'EPIPE') process.exit(process.exitCode ?? 1)
  endOnDefect(err)
}
process.stdout.on('error', endOnBrokenPipe)
process.stderr.on('error', endOnBrokenPipe)

const { stdin, stdout, stderr, env } = process
const color = mayColor(env, stdout.isTTY)
// Not `exit`, which would cut off what a pipe has not taken yet.
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env, color })
