import type { PendingEvent } from './pending-event.ts'

/** How one attempt to deliver an event ended. */
export type Delivery =
  | { readonly kind: 'taken' }
  /** The receiver will not take it another time either; without a status: no event could be made of it. */
  | { readonly kind: 'refused'; readonly status?: number; readonly cause?: unknown }
  | {
      readonly kind: 'failed'
      readonly problem: 'network' | 'timeout' | 'status' | 'identity_token' | 'aborted'
      readonly status?: number
      /** When the receiver wants to be asked again, in milliseconds from now. */
      readonly retryAfterMs?: number | undefined
      readonly cause?: unknown
    }

/** Sends an event once. Never rejects; `signal` ends it early, as `aborted`. */
export type SendEvent = (event: PendingEvent, signal: AbortSignal) => Promise<Delivery>

/** Why nobody will see an event. */
export type DropCause = 'full' | 'too_old' | 'refused' | 'late' | 'closed'
