import type { Readable, Writable } from 'node:stream'

/** 0: fine. 1: the answer is no. 2: wrong usage, and nothing was done. */
export type ExitStatus = 0 | 1 | 2

/** What a command talks to: its process, or a test's stand-in. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** For results alone, so that it can be piped. `columns` is the width of its screen, if it is one. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** For whatever is said about them. */
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether what is written to `stdout` may be coloured. */
  readonly color: boolean
}

/** One command of `ghsts`. */
export interface Command {
  /** What it does, in a few words: a line of the list of commands. */
  readonly summary: string
  /** All of `--help`, with its last newline. */
  readonly help: string
  /** Does it. Throws UsageError for arguments that it does not understand; any other throw is a defect. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitStatus>
}
