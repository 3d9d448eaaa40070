import type { Dispatcher } from 'undici'
import type { MetadataServer } from '#pkg/google'
import type { Logger } from '#pkg/telemetry'
import type { Outcome } from '../record.ts'
import type { Sink } from '../sink.ts'
import { createAwaitedDelivery } from './awaited-delivery.ts'
import { createBackgroundDelivery } from './background-delivery.ts'
import { SYSTEM_CLOCK, type Clock } from './clock.ts'
import type { DropCause } from './delivery.ts'
import { createEventAuthorization } from './event-authorization.ts'
import { createEventSender } from './event-sender.ts'
import { createPendingEvent } from './pending-event.ts'
import { createTroubleLog } from './trouble-log.ts'

/** What these tell is of a token that there is, or may be. */
const ABOUT_A_TOKEN: ReadonlySet<Outcome> = new Set([
  'OK',
  'REVOKED',
  'NOT_REVOKED',
  'MINT_UNKNOWN',
  'AUDIT_UNAVAILABLE',
])

export interface EventSinkOptions {
  /** What the log and `onDrop` call it. Default: `events`. */
  readonly name?: string | undefined
  /** The receiver (`EVENT_INGRESS_URI`), byte for byte: it is the audience of the token too. */
  readonly target: string
  /** The name under which this service is known: the events' source. */
  readonly domain: string
  /** Whether a grant's record counts as accepted only when the receiver has taken its event. */
  readonly mode: 'required' | 'best_effort'
  /** How the receiver is told who sends. Undefined: by a Google ID token where a metadata server answers. */
  readonly auth: 'google' | 'none' | undefined
  /** Asked for https targets alone, unless `auth` is `none`. */
  readonly metadata: MetadataServer
  /** Connects to the receiver, through a proxy perhaps. Whoever made it closes it, after the sink. */
  readonly dispatcher: Dispatcher
  readonly logger: Logger
  /** Told of every event that nobody will see. Must neither throw nor wait. */
  readonly onDrop: (sink: string, cause: DropCause) => void
  /** Default: the system's. */
  readonly clock?: Clock | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

/** Sends each record as a CloudEvent. */
export interface EventSink extends Sink {
  /** Events that are not delivered yet. */
  readonly depth: number
  /**
   * Takes no more records, delivers what it can within `graceMs` milliseconds and drops the rest, which is counted.
   * Never rejects.
   */
  close(graceMs: number): Promise<void>
}

/**
 * Records as events over HTTP, for octo-sts's brokers and recorders and others. Opens and loads nothing before the
 * first record.
 *
 * `accept` rejects only in the mode `required`, for an `OK` whose event was not taken in time: StsError `audit_refused`.
 * Everything else is queued, within bounds, and sent until it is taken, refused or too old.
 */
export function createEventSink(options: EventSinkOptions): EventSink {
  const { name = 'events', target, domain, mode, dispatcher, logger } = options
  const { clock = SYSTEM_CLOCK, random = Math.random } = options
  const now = (): number => clock.now()
  const authorize = createEventAuthorization({ target, auth: options.auth, metadata: options.metadata, now })
  const send = createEventSender({ target, authorize, dispatcher, now })
  const trouble = createTroubleLog({ logger, name, depth: () => background.depth + awaited.depth, now })
  const onDrop = (cause: DropCause): void => {
    trouble.dropped(cause)
    options.onDrop(name, cause)
  }
  const background = createBackgroundDelivery({ send, clock, random, trouble, onDrop })
  const awaited = createAwaitedDelivery({ send, clock, random, trouble, onDrop })

  return {
    get depth() {
      return background.depth + awaited.depth
    },
    accept(record) {
      if (mode === 'required' && record.outcome === 'OK') {
        return awaited.deliver(createPendingEvent(record, domain))
      }
      const kind = ABOUT_A_TOKEN.has(record.outcome) ? 'grant' : 'denial'
      background.offer(kind, () => createPendingEvent(record, domain))
      return Promise.resolve()
    },
    async close(graceMs) {
      awaited.close()
      await background.close(graceMs)
    },
  }
}
