import { connect, type Socket } from 'node:net'
import { CUT, GRANTED, HELD, NOT_CONNECTED, NOT_CUT, type Arena } from '../attacks/attack.ts'
import { sleep } from '../pace.ts'
import { wordFor } from './ask.ts'

/** A connection of which an attacker writes every byte. */
export interface RawConnection {
  readonly socket: Socket
  received(): Buffer
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<void>
}

/** While the service does not accept, the system makes connections wait. */
const CONNECT_MAX_MS = 5_000

/** What is kept of what the service says. */
const RECEIVED_MAX_BYTES = 256 * 1024

/** Connects to the service; undefined when that fails. Ends with the arena at the latest. */
export async function dial(arena: Arena): Promise<RawConnection | undefined> {
  if (arena.over.aborted) return undefined
  const socket = connect({ port: arena.port, host: '127.0.0.1' })
  const chunks: Buffer[] = []
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= RECEIVED_MAX_BYTES) chunks.push(chunk)
  })
  socket.on('error', () => {
    // Followed by close.
  })
  const end = (): void => {
    socket.resetAndDestroy()
  }
  arena.over.addEventListener('abort', end, { once: true })
  let isOpen = false
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      if (isOpen) arena.connections.now -= 1
      arena.over.removeEventListener('abort', end)
      resolve()
    })
  })
  // What the service closes is over for an attacker too.
  socket.once('end', end)
  const opened = new Promise<true>((resolve) =>
    socket.once('connect', () => {
      isOpen = true
      arena.connections.now += 1
      arena.connections.peak = Math.max(arena.connections.peak, arena.connections.now)
      resolve(true)
    }),
  )
  const timer = setTimeout(() => {
    if (!isOpen) end()
  }, CONNECT_MAX_MS)
  const ok = await Promise.race([opened, closed.then(() => false)])
  clearTimeout(timer)
  return ok ? { socket, received: () => Buffer.concat(chunks), closed } : undefined
}

/**
 * Writes `first`, then `next` every `intervalMs` as long as the connection lives, at most `maxMs`. Resolves with
 * the answer of HTTP/1.1 or `cut`, when the service has ended it; else with `not cut`.
 */
export async function writeUntilCut(
  arena: Arena,
  parts: {
    readonly first: Buffer | string
    readonly next?: (round: number) => Buffer | string
    readonly intervalMs?: number
    readonly maxMs: number
  },
): Promise<string> {
  const { first, next, intervalMs = 1_000, maxMs } = parts
  const connection = await dial(arena)
  if (connection === undefined) return arena.over.aborted ? HELD : NOT_CONNECTED
  const { socket, closed } = connection
  const done = new AbortController()
  const isOpen = (): boolean => !done.signal.aborted
  void closed.then(() => {
    done.abort()
  })
  if (first.length > 0) socket.write(first)
  const startedAt = performance.now()
  for (let round = 0; isOpen(); round++) {
    const left = startedAt + maxMs - performance.now()
    if (left <= 0) break
    await sleep(next === undefined ? left : Math.min(left, intervalMs), done.signal)
    // Who does not read must not make the attackers hold what they would send.
    if (isOpen() && next !== undefined && socket.writableLength === 0) socket.write(next(round))
  }
  const isCut = !isOpen()
  socket.resetAndDestroy()
  await closed
  if (arena.over.aborted && performance.now() - startedAt < maxMs) return HELD
  return isCut ? wordOf(connection.received()) : NOT_CUT
}

/** Writes a whole request of HTTP/1.1 and waits for the end of the connection. */
export function rawRequest(arena: Arena, text: string | Buffer, maxMs = 20_000): Promise<string> {
  return writeUntilCut(arena, { first: text, maxMs })
}

function wordOf(received: Buffer): string {
  const text = received.toString('latin1')
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1]
  if (status !== undefined) return wordFor(Number(status), text)
  return text.includes('ghs_') ? GRANTED : CUT
}
