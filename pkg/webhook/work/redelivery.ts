import { toStsError, type StsError } from '#pkg/errors'
import type { DeliveryListing, HookDelivery } from '#pkg/github'
import { WORKED_EVENTS } from '../event/read-event.ts'

/** Between looks at the deliveries. */
const INTERVAL_MS = 300_000

/** How far the first look goes back: GitHub redelivers what is up to three days old, and a check is wanted soon. */
const FIRST_LOOK_MS = 24 * 3_600_000

/** Later looks go back beyond the one before, for deliveries that were under way then. */
const OVERLAP_MS = 600_000

/** Deliveries that were redelivered and are remembered, so that none is twice. */
const REMEMBERED_MAX = 10_000

export interface RedeliveryOptions {
  /** The App's side of GitHub. */
  readonly app: {
    listDeliveries(options: {
      readonly sinceMs: number
      readonly signal: AbortSignal
    }): Promise<DeliveryListing>
    redeliver(id: string, options: { readonly signal: AbortSignal }): Promise<void>
  }
  readonly now: () => number
  readonly observer?: RedeliveryObserver | undefined
  /** Default: 300,000. */
  readonly intervalMs?: number
}

export interface RedeliveryObserver {
  redelivered?(delivery: HookDelivery): void
  failed?(error: StsError): void
}

/** Finds the deliveries that failed, which GitHub does not send again by itself, and has each sent once more. */
export interface Redelivery {
  /** Looks once. Never rejects; gives how many were redelivered. */
  look(signal: AbortSignal): Promise<number>
  /** Looks now and every five minutes. */
  start(): void
  stop(): void
}

export function createRedelivery({
  app,
  now,
  observer,
  intervalMs = INTERVAL_MS,
}: RedeliveryOptions): Redelivery {
  const remembered = new Set<string>()
  const stopping = new AbortController()
  let lookedAt: number | undefined
  let timer: NodeJS.Timeout | undefined

  function remember(guid: string): void {
    remembered.add(guid)
    const [oldest] = remembered
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
  }

  /** One that GitHub will not send again must not stand in the way of the others. */
  async function redeliver(delivery: HookDelivery, signal: AbortSignal): Promise<boolean> {
    try {
      await app.redeliver(delivery.id, { signal })
    } catch (thrown) {
      const error = toStsError(thrown)
      if (error.reason !== 'github_refused') throw error
      observer?.failed?.(error)
      remember(delivery.guid)
      return false
    }
    remember(delivery.guid)
    observer?.redelivered?.(delivery)
    return true
  }

  async function look(signal: AbortSignal): Promise<number> {
    const time = now()
    const sinceMs = lookedAt === undefined ? time - FIRST_LOOK_MS : lookedAt - OVERLAP_MS
    let count = 0
    try {
      const { deliveries, complete } = await app.listDeliveries({ sinceMs, signal })
      for (const delivery of findFailed(deliveries)) {
        if (remembered.has(delivery.guid)) continue
        if (await redeliver(delivery, signal)) count += 1
      }
      // Only now, and not past what was not listed: what this look has not got to is looked at again.
      if (complete) lookedAt = time
    } catch (thrown) {
      if (!signal.aborted) observer?.failed?.(toStsError(thrown))
    }
    return count
  }

  async function lookAgain(): Promise<void> {
    await look(stopping.signal)
    if (!stopping.signal.aborted) timer = setTimeout(() => void lookAgain(), intervalMs).unref()
  }

  return {
    look,
    start() {
      void lookAgain()
    },
    stop() {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}

/** The newest attempt of each delivery that never succeeded and was never redelivered, oldest first. */
function findFailed(deliveries: readonly HookDelivery[]): readonly HookDelivery[] {
  const settled = new Set(
    deliveries.filter((one) => one.redelivery || hasSucceeded(one)).map(({ guid }) => guid),
  )
  const failed = new Map<string, HookDelivery>()
  for (const one of deliveries) {
    if (!settled.has(one.guid) && WORKED_EVENTS.has(one.event) && !failed.has(one.guid))
      failed.set(one.guid, one)
  }
  return [...failed.values()].sort((a, b) => a.deliveredAt - b.deliveredAt)
}

function hasSucceeded({ statusCode }: HookDelivery): boolean {
  return statusCode >= 200 && statusCode < 300
}
