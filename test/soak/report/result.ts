import type { Outcomes } from '../messages.ts'
import type { Exit } from '../processes/child.ts'
import type { RestingUsage, Usage } from '../processes/usage.ts'
import type { LogFindings } from './log.ts'

/** Times, in milliseconds. */
export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface GoodResult extends Latency {
  readonly name: string
  readonly sent: number
  readonly answered: number
  readonly problems: Readonly<Record<string, number>>
}

export interface HealthResult extends Latency {
  readonly name: string
  readonly checks: number
  readonly failed: number
}

export interface AttackResult {
  readonly name: string
  readonly rows: string
  readonly outcomes: Outcomes
  /** Of the outcomes, those that should not be. */
  readonly unexpected: Outcomes
}

/** All that a soak has found. */
export interface SoakResult {
  readonly minutes: number
  readonly seed: number
  readonly rate: number
  readonly node: string
  readonly good: readonly GoodResult[]
  /** Tokens of good exchanges, and those that GitHub says are not what the policy grants or came twice. */
  readonly tokens: { readonly received: number; readonly wrong: number; readonly repeated: number }
  readonly health: readonly HealthResult[]
  /** Of the service; undefined when it never told. */
  readonly loop: Latency | undefined
  readonly usage: {
    readonly start: RestingUsage
    readonly middle: Usage
    readonly end: RestingUsage
  }
  readonly attacks: readonly AttackResult[]
  readonly connectionsPeak: number
  readonly log: LogFindings
  /** While it was attacked; undefined: it lived. */
  readonly died: Exit | undefined
  /** After SIGTERM. */
  readonly exit: Exit
}

/** The part of sorted times that are at most this long. */
export function latencyOf(timesMs: readonly number[]): Latency {
  const sorted = Float64Array.from(timesMs).sort()
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}
