import { connect } from 'node:net'
import type { Dial, ResolveHost } from '#pkg/oidc'

/**
 * An internet of the test's own: names, public addresses behind them, and servers on loopback behind
 * those. Counts what is asked of it.
 */
export interface TestNetwork {
  readonly resolve: ResolveHost
  readonly dial: Dial
  /** Gives `hostname` these addresses. */
  name(hostname: string, ...addresses: readonly string[]): void
  /** Puts the server on a loopback port behind an address, on whatever port it is asked. */
  serve(address: string, port: number): void
  /** Host names asked for, in order. */
  readonly lookups: readonly string[]
  /** Addresses dialled, in order. */
  readonly dialled: readonly string[]
}

/** A port of loopback where nothing listens. */
const CLOSED_PORT = 1

export function createTestNetwork(): TestNetwork {
  const names = new Map<string, readonly string[]>()
  const ports = new Map<string, number>()
  const lookups: string[] = []
  const dialled: string[] = []
  return {
    lookups,
    dialled,
    name: (hostname, ...addresses) => names.set(hostname, addresses),
    serve: (address, port) => ports.set(address, port),
    resolve: (hostname) => {
      lookups.push(hostname)
      return Promise.resolve(names.get(hostname) ?? [])
    },
    dial: (address) => {
      dialled.push(address)
      return connect({ host: '127.0.0.1', port: ports.get(address) ?? CLOSED_PORT })
    },
  }
}
