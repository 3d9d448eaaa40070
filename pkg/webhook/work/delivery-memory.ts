import { createSegmentedCache } from '#pkg/store'

/** A delivery is worked once in this time, however often it is delivered. */
const REMEMBERED_MS = 3_600_000

const DELIVERIES_MAX = 50_000
const DELIVERY_BYTES = 256

/** The ids of deliveries whose work succeeded: a refused or failed one is worked again. */
export interface DeliveryMemory {
  add(id: string): void
  has(id: string): boolean
}

export function createDeliveryMemory(now: () => number): DeliveryMemory {
  const done = createSegmentedCache<{ readonly until: number }>({
    maxEntries: DELIVERIES_MAX,
    maxBytes: DELIVERIES_MAX * DELIVERY_BYTES,
  })
  return {
    add(id) {
      done.set(id, { until: now() + REMEMBERED_MS }, DELIVERY_BYTES)
    },
    has(id) {
      const known = done.get(id)
      return known !== undefined && now() < known.until
    },
  }
}
