/** What the service has to be told of its GitHub, and the good clients of their issuer. */
export interface WorldFacts {
  readonly gitHubUrl: string
  readonly appId: number
  readonly privateKey: string
  readonly issuer: string
}

/** To the process that has GitHub and the good clients' issuer. */
export type WorldOrder =
  /** What goes wrong with reads of the good clients' owner from now on; undefined: nothing. */
  | { readonly kind: 'disturb'; readonly disturbance: number | undefined }
  /** Whether these tokens are what the good clients' policy grants. */
  | { readonly kind: 'judge'; readonly tokens: readonly string[] }

export type WorldReport =
  | { readonly kind: 'ready'; readonly facts: WorldFacts; readonly disturbances: number }
  | { readonly kind: 'judged'; readonly wrong: number }

/** Attempts of one attack, by what came back. */
export type Outcomes = Readonly<Record<string, number>>

/** To the process of the attackers. */
export type AttackOrder =
  | {
      readonly kind: 'attack'
      readonly port: number
      readonly domain: string
      readonly durationMs: number
      readonly seed: number
      readonly rate: number
      readonly only: readonly string[]
    }
  /** No new attempts; those under way are given up after a while. */
  | { readonly kind: 'stop' }

export type AttackReport =
  | { readonly kind: 'ready'; readonly hostileIssuer: string }
  | {
      readonly kind: 'done'
      /** By name of the attack. */
      readonly outcomes: Readonly<Record<string, Outcomes>>
      /** Most connections to the service that the attackers had at a time. */
      readonly connectionsPeak: number
    }

/** How late the event loop of the service has been since it was asked to `reset`. */
export interface LoopReport {
  readonly kind: 'loop'
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** To the service, for what is loaded into it beside its own program. */
export interface MonitorOrder {
  readonly kind: 'reset' | 'collect'
}

export type MonitorReport = LoopReport | { readonly kind: 'heap'; readonly bytes: number }
