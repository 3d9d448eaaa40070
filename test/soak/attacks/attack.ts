import type { Agent } from 'node:http'
import type { HostileIssuers } from '../attackers/hostile-issuers.ts'

/** Where an attack takes place. */
export interface Arena {
  /** The service's. */
  readonly port: number
  /** The audience that the service asks for. */
  readonly domain: string
  readonly issuers: HostileIssuers
  /** Kept connections for whole requests. */
  readonly agent: Agent
  /** Aborts when everything is over: who still holds a connection lets it go. */
  readonly over: AbortSignal
  /** Follows the number of connections that are open. */
  readonly connections: { now: number; peak: number }
}

/**
 * One kind of attack. An attempt is what one attacker does once; it resolves with what came back, in a word
 * or two, and never rejects.
 */
export interface Attack {
  readonly name: string
  /** The rows of the security requirements that it tries, for the table. */
  readonly rows: string
  /** For `--list`. */
  readonly what: string
  readonly perSecond: number
  /** Attempts in one turn; default: as many as there is time for. */
  readonly atMost?: number
  /** Attempts at a time; default 200. */
  readonly atOnce?: number
  /** What may come back; anything else is a finding. */
  readonly answers: readonly string[]
  attempt(arena: Arena, n: number): Promise<string>
}

/** The attempt was under way when all was over: says nothing. */
export const HELD = 'held to the end'
/** The service ended the connection or the stream. */
export const CUT = 'cut'
/** The service has not ended the connection in the time that it should have. */
export const NOT_CUT = 'not cut'
export const NOT_CONNECTED = 'not connected'
/** No answer in time. */
export const NO_ANSWER = 'no answer'
/** A token was handed out. */
export const GRANTED = 'granted'

/** The item whose turn it is. */
export function turnOf<T>(items: readonly T[], n: number): T {
  const item = items[n % items.length]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}
