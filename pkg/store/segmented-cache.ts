import { LRUCache } from 'lru-cache'

/**
 * A bounded cache in two parts, so that entries which nobody vouched for cannot push out those that
 * have served a grant: a new entry starts on probation and moves to the protected part by `protect`.
 * Each part evicts its own least recently used entries, by count and by bytes.
 */
export interface SegmentedCache<V extends object> {
  get(key: string): V | undefined
  /** Stores `value`; an entry that is protected stays so. A value larger than a whole part is removed at once. */
  set(key: string, value: V, bytes: number): void
  /** Moves an entry out of the reach of those on probation. */
  protect(key: string): void
  delete(key: string): void
  values(): Iterable<V>
  readonly size: number
}

export interface SegmentedCacheOptions<V extends object> {
  /** Of the protected part. */
  readonly maxEntries: number
  /** Of the protected part. */
  readonly maxBytes: number
  /** The size of the probation as a part of that, more than 0 and at most 1. Default: 1. */
  readonly probation?: number
  /** Called with each value that leaves the cache by eviction or replacement, or by `delete`. */
  readonly onRemove?: (value: V, key: string) => void
}

export function createSegmentedCache<V extends object>(options: SegmentedCacheOptions<V>): SegmentedCache<V> {
  interface Entry {
    readonly value: V
    readonly bytes: number
  }
  /** The value that is being moved or set: leaving its old place is not leaving the cache. */
  let placing: V | undefined
  const probationShare = options.probation ?? 1
  const createPart = (share: number): LRUCache<string, Entry> =>
    new LRUCache<string, Entry>({
      maxSize: Math.ceil(options.maxBytes * share),
      sizeCalculation: (entry) => Math.max(1, entry.bytes),
      dispose: ({ value }, key) => {
        if (value !== placing) options.onRemove?.(value, key)
      },
    })
  const probation = createPart(probationShare)
  const safe = createPart(1)
  const entriesOf = (part: LRUCache<string, Entry>): number =>
    Math.ceil(options.maxEntries * (part === safe ? 1 : probationShare))

  function place(part: LRUCache<string, Entry>, key: string, entry: Entry): void {
    placing = entry.value
    if (part === safe) probation.delete(key)
    part.set(key, entry)
    // By `max` the library would allocate for all of them at once, in every cache of every App.
    while (part.size > entriesOf(part)) part.pop()
    placing = undefined
    if (!part.has(key)) options.onRemove?.(entry.value, key)
  }

  return {
    get size() {
      return probation.size + safe.size
    },
    get: (key) => (safe.get(key) ?? probation.get(key))?.value,
    set(key, value, bytes) {
      place(safe.has(key) ? safe : probation, key, { value, bytes })
    },
    protect(key) {
      const entry = probation.get(key)
      if (entry !== undefined) place(safe, key, entry)
    },
    delete(key) {
      probation.delete(key)
      safe.delete(key)
    },
    *values() {
      for (const entry of safe.values()) yield entry.value
      for (const entry of probation.values()) yield entry.value
    },
  }
}
