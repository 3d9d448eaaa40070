import { LRUCache } from 'lru-cache'
import { storeError, type Lifetime, type SharedStore, type StoreOperation } from './shared-store.ts'
import { checkEntry, checkKey, checkValue } from './store-bounds.ts'
import { createSubscriberRegistry } from './subscriber-registry.ts'

const DEFAULT_MAX_ENTRIES = 10_000

export interface MemoryStoreOptions {
  /** Entries; beyond them the least recently used is dropped. Default: 10,000, which hold at most 40 MiB. */
  readonly maxEntries?: number | undefined
  /** Milliseconds; entries expire by it. Default: the system's clock. */
  readonly now?: (() => number) | undefined
}

/** A shared store for one instance: all is kept in this process and lost with it. */
export function createMemoryStore({
  maxEntries = DEFAULT_MAX_ENTRIES,
  now = Date.now,
}: MemoryStoreOptions = {}): SharedStore {
  interface Entry {
    readonly value: string
    readonly endsAt: number
  }
  const entries = new LRUCache<string, Entry>({ max: maxEntries })
  const subscribers = createSubscriberRegistry()
  let isClosed = false

  function find(key: string): string | undefined {
    const entry = entries.get(key)
    if (entry === undefined || now() < entry.endsAt) return entry?.value
    entries.delete(key)
    return undefined
  }

  /** What `work` gives, as a promise that what it throws rejects. */
  function run<T>(operation: StoreOperation, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (isClosed) throw storeError(operation, 'closed')
      resolve(work())
    })
  }

  function exchange(
    operation: StoreOperation,
    key: string,
    expected: string | undefined,
    value: string,
    lifetime: Lifetime,
  ): Promise<boolean> {
    return run(operation, () => {
      if (expected !== undefined) checkValue(operation, expected)
      checkEntry(operation, key, value, lifetime)
      if (find(key) !== expected) return false
      entries.set(key, { value, endsAt: now() + lifetime.ttlMs })
      return true
    })
  }

  return {
    get problem() {
      return isClosed ? 'closed' : undefined
    },
    get: (key) =>
      run('get', () => {
        checkKey('get', key)
        return find(key)
      }),
    set: (key, value, lifetime) =>
      run('set', () => {
        checkEntry('set', key, value, lifetime)
        entries.set(key, { value, endsAt: now() + lifetime.ttlMs })
      }),
    setIfAbsent: (key, value, lifetime) => exchange('set_if_absent', key, undefined, value, lifetime),
    compareAndSet: (key, expected, value, lifetime) =>
      exchange('compare_and_set', key, expected, value, lifetime),
    delete: (key) =>
      run('delete', () => {
        checkKey('delete', key)
        entries.delete(key)
      }),
    publish: (channel, message) =>
      run('publish', () => {
        checkKey('publish', channel)
        checkValue('publish', message)
        subscribers.tell(channel, (subscriber) => {
          subscriber.onMessage(message)
        })
      }),
    subscribe(channel, subscriber) {
      checkKey('subscribe', channel)
      if (isClosed) throw storeError('subscribe', 'closed')
      const remove = subscribers.add(channel, subscriber)
      return () => void remove()
    },
    close() {
      isClosed = true
      entries.clear()
      return Promise.resolve()
    },
  }
}
