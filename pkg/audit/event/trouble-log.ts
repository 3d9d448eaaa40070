import type { Logger } from '#pkg/telemetry'
import type { Delivery, DropCause } from './delivery.ts'

/** Between two lines about the same trouble, in milliseconds. */
const LINE_EVERY_MS = 60_000

/** Says in the log when events are in trouble, and when no more: a few lines a minute, however many events it is. */
export interface TroubleLog {
  /** An attempt has failed or was refused. */
  failed(delivery: Exclude<Delivery, { readonly kind: 'taken' }>): void
  dropped(cause: DropCause): void
  /** An event was taken. */
  taken(): void
}

export interface TroubleLogOptions {
  readonly logger: Logger
  /** The sink. */
  readonly name: string
  /** Events that wait. */
  readonly depth: () => number
  readonly now: () => number
}

export function createTroubleLog({ logger, name, depth, now }: TroubleLogOptions): TroubleLog {
  let isTroubled = false
  let lastLineAt = Number.NEGATIVE_INFINITY
  let failed = 0
  let dropped = 0

  /** Trouble that comes and goes faster than its lines may is silent, but counted in the next. */
  function tell(facts: Readonly<Record<string, unknown>>): void {
    const at = now()
    if (at - lastLineAt < LINE_EVERY_MS) return
    lastLineAt = at
    logger.warn(
      { sink: name, ...facts, failed, dropped, waiting: depth() },
      isTroubled ? 'events are still not delivered' : 'events are not delivered',
    )
    isTroubled = true
    failed = 0
    dropped = 0
  }

  return {
    failed(delivery) {
      failed += 1
      tell(factsOf(delivery))
    },
    dropped(cause) {
      dropped += 1
      tell({ cause })
    },
    taken() {
      if (!isTroubled) return
      isTroubled = false
      logger.info({ sink: name, failed, dropped, waiting: depth() }, 'events are delivered again')
      failed = 0
      dropped = 0
    },
  }
}

function factsOf(delivery: Exclude<Delivery, { readonly kind: 'taken' }>): Readonly<Record<string, unknown>> {
  if (delivery.kind === 'refused') return { problem: 'refused', status: delivery.status, err: delivery.cause }
  const { problem, status, cause } = delivery
  return { problem, status, err: cause }
}
