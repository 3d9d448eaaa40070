import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** What the server does with one command: the bytes to send, or nothing. */
export type Behaviour = (command: readonly string[], socket: Socket) => string | undefined

/** A server that speaks as much of the protocol as it is told to. */
export interface FakeRedis {
  readonly url: string
  readonly port: number
  /** What it does from now on. */
  behave(behaviour: Behaviour): void
  /** All commands so far, by name. */
  readonly commands: readonly string[]
  /** Connections that were made so far. */
  readonly connections: () => number
}

/** As a server does that has nothing to say against it. */
export const obedient: Behaviour = ([name, ...args]) => {
  switch (name) {
    case 'get':
      return '$-1\r\n'
    case 'del':
    case 'publish':
      return ':0\r\n'
    case 'ping':
      return '*2\r\n$4\r\npong\r\n$0\r\n\r\n'
    case 'subscribe':
      return args.map((channel, i) => `*3\r\n$9\r\nsubscribe\r\n${bulk(channel)}:${i + 1}\r\n`).join('')
    default:
      return '+OK\r\n'
  }
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`
}

export async function startFakeRedis(t: TestContext, behaviour: Behaviour = obedient): Promise<FakeRedis> {
  const sockets = new Set<Socket>()
  const commands: string[] = []
  let current = behaviour
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
      for (let read = readCommand(text); read !== undefined; read = readCommand(text)) {
        text = text.slice(read.length)
        commands.push(read.words[0] ?? '')
        const reply = current(read.words, socket)
        if (reply !== undefined && !socket.destroyed) socket.write(reply)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    behave(next) {
      current = next
    },
    commands,
    connections: () => connections,
  }
}

/** The first command of `text`, an array of bulk strings in ASCII, and its length. */
function readCommand(
  text: string,
): { readonly words: readonly string[]; readonly length: number } | undefined {
  let at = 0
  const line = (): number | undefined => {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    const number = Number(text.slice(at + 1, end))
    at = end + 2
    return number
  }
  const count = line()
  if (count === undefined) return undefined
  const words: string[] = []
  while (words.length < count) {
    const length = line()
    if (length === undefined || text.length < at + length + 2) return undefined
    words.push(text.slice(at, at + length))
    at += length + 2
  }
  return { words, length: at }
}
