import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** What Node needs to run TypeScript. */
export const SOURCE_LOADER: readonly string[] =
  'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx']

export interface Message {
  readonly kind: string
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Another process, and the messages between it and this one. */
export interface Child<In extends Message, Out extends Message> {
  readonly process: ChildProcess
  readonly exit: Promise<Exit>
  send(message: In): void
  on<K extends Out['kind']>(kind: K, listener: (message: Extract<Out, { kind: K }>) => void): void
  /** The next message of this kind; rejects when the process ends without one. */
  next<K extends Out['kind']>(kind: K): Promise<Extract<Out, { kind: K }>>
}

export interface ChildOptions {
  /** Arguments of Node and the program. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** File descriptor that takes standard output and error; default: those of this process. */
  readonly output?: number
}

export function startChild<In extends Message, Out extends Message>({
  args,
  env = {},
  output,
}: ChildOptions): Child<In, Out> {
  const stdio: StdioOptions = ['ignore', output ?? 'inherit', output ?? 'inherit', 'ipc']
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio,
  })
  const exit = once(child, 'exit').then(([code, signal]): Exit => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  const listeners = new Map<string, Set<(message: Out) => void>>()
  child.on('message', (message: Out) => {
    for (const listener of [...(listeners.get(message.kind) ?? [])]) listener(message)
  })

  function on<K extends Out['kind']>(
    kind: K,
    listener: (message: Extract<Out, { kind: K }>) => void,
  ): () => void {
    const all = listeners.get(kind) ?? new Set()
    listeners.set(kind, all)
    const take = (message: Out): void => {
      if (isKind(message, kind)) listener(message)
    }
    all.add(take)
    return () => all.delete(take)
  }

  return {
    process: child,
    exit,
    send(message) {
      if (child.connected) child.send(message)
    },
    on,
    next: (kind) =>
      new Promise((resolve, reject) => {
        const off = on(kind, (message) => {
          off()
          resolve(message)
        })
        void exit.then(({ code, signal }) => {
          reject(new Error(`a process ended with ${String(signal ?? code)} before it said ${kind}`))
        })
      }),
  }
}

function isKind<Out extends Message, K extends Out['kind']>(
  message: Out,
  kind: K,
): message is Extract<Out, { kind: K }> {
  return message.kind === kind
}
