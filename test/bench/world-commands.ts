import type { WorldShape } from './world-layout.ts'

/** What the benchmark asks of the process that has GitHub and the issuers, and what it answers. */
export interface WorldCommands {
  /** Starts everything. */
  readonly populate: { readonly argument: WorldShape; readonly answer: WorldDescription }
  /** Signs tokens that live for hours; no two are the same. */
  readonly sign: {
    readonly argument: { readonly issuer: number; readonly subject: string; readonly count: number }
    readonly answer: readonly string[]
  }
  /** Holds back every answer of GitHub for so many milliseconds from now on. */
  readonly latency: { readonly argument: number; readonly answer: undefined }
  readonly forgetCalls: { readonly argument: undefined; readonly answer: undefined }
  /** The calls to GitHub since the last `forgetCalls`. */
  readonly countCalls: { readonly argument: undefined; readonly answer: CallCount }
}

export interface WorldDescription {
  readonly gitHubUrl: string
  /** PEM. */
  readonly certificate: string
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  /** Of the first owner. */
  readonly installationId: number
  /** The first issuer's public keys, as a JSON Web Key Set. */
  readonly keySet: string
}

export interface CallCount {
  readonly calls: number
  /** Calls that waited for each other. */
  readonly sequential: number
  /** The operations of the longest chain, in order. */
  readonly chain: readonly string[]
}

/** A command on its way. */
export interface WorldRequest<Kind extends keyof WorldCommands = keyof WorldCommands> {
  readonly id: number
  readonly kind: Kind
  readonly argument: WorldCommands[Kind]['argument']
}

/** The answer to the command of the same id. */
export type WorldReply =
  | { readonly id: number; readonly answer: WorldCommands[keyof WorldCommands]['answer'] }
  | { readonly id: number; readonly error: string }
