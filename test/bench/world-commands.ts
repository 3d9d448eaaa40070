import type { RoundAnswers } from './delivery-round.ts'
import type { EventCosts, Webhook } from './event-calls.ts'
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
  /** Delivers to a webhook from now on, once it has made the calls that it makes at its start. */
  readonly connectWebhook: {
    readonly argument: { readonly webhook: Webhook; readonly callsAtStart: number }
    readonly answer: undefined
  }
  /** Pushes a change of each of these policies at once, each to a branch of its own, and waits for all answers. */
  readonly pushChanges: {
    readonly argument: { readonly policies: readonly number[] }
    readonly answer: RoundAnswers
  }
  /** Has the event of `EVENT_SITUATIONS` with this name happen, whatever the webhook knows before. */
  readonly countEvent: { readonly argument: { readonly name: string }; readonly answer: EventCosts }
}

export interface WorldDescription {
  readonly gitHubUrl: string
  /** PEM. */
  readonly certificate: string
  /** The first one. */
  readonly appId: number
  readonly appIds: readonly number[]
  /** PEM. */
  readonly privateKey: string
  /** Of the first App and owner. */
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
