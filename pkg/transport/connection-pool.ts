import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { followConnection, type Connection } from './connection.ts'
import type { HttpLimits } from './limits.ts'
import type { TransportObserver } from './observer.ts'

/** All open connections, bounded in number. */
export interface ConnectionPool {
  /** Takes in a new connection, closing another one if there is no room; undefined: refused and destroyed. */
  admit(socket: Socket): Connection | undefined
  /** Undefined once the socket is closed. */
  connectionOf(socket: Duplex): Connection | undefined
  /** Says goodbye on every connection; those without a request are closed at once. */
  closeGently(): void
  destroyAll(): void
  /** Resolves when the last connection is closed. */
  emptied(): Promise<void>
}

export interface ConnectionPoolOptions {
  readonly limits: HttpLimits
  readonly observer: TransportObserver
  readonly now: () => number
}

export function createConnectionPool({ limits, observer, now }: ConnectionPoolOptions): ConnectionPool {
  const connections = new Map<Duplex, Connection>()
  // Who goes when there is no room: first those who have asked for nothing yet, then those who have been
  // quiet for longest, and nobody who waits for an answer.
  const newcomers = new Set<Socket>()
  const idle = new Set<Socket>()
  let onEmpty: (() => void)[] = []

  function makeRoom(): boolean {
    if (connections.size < limits.connections) return true
    observer.cut?.('connections_full')
    const [victim] = newcomers.size > 0 ? newcomers : idle
    if (victim === undefined) return false
    forget(victim)
    victim.destroy()
    return true
  }

  function forget(socket: Socket): void {
    newcomers.delete(socket)
    idle.delete(socket)
    if (!connections.delete(socket) || connections.size > 0) return
    const waiting = onEmpty
    onEmpty = []
    for (const resolve of waiting) resolve()
  }

  return {
    admit(socket) {
      if (!makeRoom()) {
        socket.destroy()
        return undefined
      }
      const connection = followConnection({
        socket,
        limits,
        observer,
        now,
        onState(state) {
          newcomers.delete(socket)
          if (state === 'idle') idle.add(socket)
          else idle.delete(socket)
        },
      })
      connections.set(socket, connection)
      newcomers.add(socket)
      socket.once('close', () => {
        forget(socket)
      })
      return connection
    },
    connectionOf: (socket) => connections.get(socket),
    closeGently() {
      for (const connection of [...connections.values()]) connection.closeGently()
    },
    destroyAll() {
      for (const socket of [...connections.keys()]) socket.destroy()
    },
    async emptied() {
      if (connections.size > 0) await new Promise<void>((resolve) => onEmpty.push(resolve))
    },
  }
}
