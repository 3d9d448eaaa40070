import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { SharedStore } from '#pkg/store'

/** What the store said is believed this long without asking again: so long another replica's choice may go unseen. */
const BELIEVED_MS = 5_000

/** A route that is used is renewed once this part of its lifetime has passed; it is not believed for longer either. */
const RENEWED_AFTER = 1 / 4

/** Of more routes, those that were used last are remembered beside the store. */
const ROUTES_MAX = 10_000

/** Whose requests go to one and the same App: only the App that made a check run may change it. */
export interface RouteSubject {
  readonly scope: string
  readonly identity: string
  /** `sub` of the caller's token. */
  readonly subject: string
}

/** Remembers which App serves whom. */
export interface StickyRoutes {
  /**
   * The App that was chosen before; undefined: none was, or the store does not say. What another replica has chosen instead
   * shows after 5 s at the latest. Never rejects.
   */
  find(key: string): Promise<string | undefined>
  /**
   * Chooses `appId` unless another replica has chosen; gives the one that counts, or undefined when the store keeps none.
   * Never rejects.
   */
  claim(key: string, appId: string): Promise<string | undefined>
  /** Puts `appId` in the place of `gone`, unless another replica has; gives the one that counts, as `claim`. Never rejects. */
  replace(key: string, gone: string, appId: string): Promise<string | undefined>
  /** None of the Apps could serve it: the next caller chooses anew. Never rejects, and is not waited for. */
  release(key: string, appId: string): void
  /**
   * The route was used: it lasts for three quarters of its lifetime at least from now. The store is asked only when a quarter
   * has passed since this replica last renewed it. Never rejects, and is not waited for.
   */
  renew(key: string, appId: string): void
}

export interface StickyRoutesOptions {
  readonly store: SharedStore
  /** Of a route that is not used, in milliseconds. */
  readonly lifetimeMs: number
  /** Told of what the store did not do; the exchange goes on. */
  readonly onFailure: (error: unknown) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What this replica knows of a route. */
interface KnownRoute {
  readonly appId: string
  /** When the store said so. */
  readonly seenAt: number
  /** When its lifetime began at the latest; undefined: another replica began it. */
  readonly renewedAt: number | undefined
}

export function createStickyRoutes(options: StickyRoutesOptions): StickyRoutes {
  const { store, lifetimeMs, onFailure, now } = options
  const lifetime = { ttlMs: lifetimeMs }
  const renewAfterMs = lifetimeMs * RENEWED_AFTER
  const believedMs = Math.min(BELIEVED_MS, renewAfterMs)
  const known = new LRUCache<string, KnownRoute>({ max: ROUTES_MAX })
  const storeKey = (key: string): string => `route:${key}`

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      onFailure(error)
      return undefined
    }
  }

  /** What the store says that was asked at `seenAt`. */
  function see(key: string, appId: string | undefined, seenAt: number): string | undefined {
    const before = known.get(key)
    if (appId === undefined) known.delete(key)
    else known.set(key, { appId, seenAt, renewedAt: before?.appId === appId ? before.renewedAt : undefined })
    return appId
  }

  /** The store has begun the lifetime of a route, which it was asked to at `time`. */
  function began(key: string, appId: string, time: number): string {
    known.set(key, { appId, seenAt: time, renewedAt: time })
    return appId
  }

  return {
    async find(key) {
      const route = known.get(key)
      const time = now()
      if (route !== undefined && isWithin(believedMs, route.seenAt, time)) return route.appId
      return await attempt(async () => see(key, await store.get(storeKey(key)), time))
    },
    claim: (key, appId) =>
      attempt(async () => {
        const time = now()
        if (await store.setIfAbsent(storeKey(key), appId, lifetime)) return began(key, appId, time)
        return see(key, await store.get(storeKey(key)), time) ?? appId
      }),
    replace: (key, gone, appId) =>
      attempt(async () => {
        const time = now()
        if (await store.compareAndSet(storeKey(key), gone, appId, lifetime)) return began(key, appId, time)
        return see(key, await store.get(storeKey(key)), time) ?? appId
      }),
    release(key, appId) {
      known.delete(key)
      // To be gone at once; never what another replica has chosen since.
      void attempt(() => store.compareAndSet(storeKey(key), appId, appId, { ttlMs: 1 }))
    },
    renew(key, appId) {
      const time = now()
      const route = known.get(key)
      if (route?.appId !== appId) return
      if (route.renewedAt !== undefined && isWithin(renewAfterMs, route.renewedAt, time)) return
      // At once, so that exchanges that end together renew it once.
      known.set(key, { ...route, renewedAt: time })
      void attempt(async () => {
        try {
          // Never over what another replica has chosen since.
          if (await store.compareAndSet(storeKey(key), appId, appId, lifetime)) return
          if (await store.setIfAbsent(storeKey(key), appId, lifetime)) return
        } catch (error) {
          known.delete(key)
          throw error
        }
        known.delete(key)
      })
    },
  }
}

/** Not after a clock was set back: that would make it longer. */
function isWithin(ms: number, since: number, time: number): boolean {
  return time >= since && time - since < ms
}

/** The key of a route. Hashed: nobody can read from a store who asks for what. */
export function routeKey({ scope, identity, subject }: RouteSubject): string {
  // A line feed is in none of the three.
  return createHash('sha256').update(`${scope.toLowerCase()}\n${identity}\n${subject}`).digest('hex')
}

/**
 * Apps by rendezvous hashing: replicas that share nothing agree on the first one, and when one is gone only those whom it
 * served move. https://www.microsoft.com/en-us/research/wp-content/uploads/2017/02/HRW98.pdf
 */
export function orderByRendezvous<App extends { readonly appId: string }>(
  key: string,
  apps: readonly App[],
): readonly App[] {
  return apps
    .map((app) => ({ app, weight: createHash('sha256').update(`${key}\n${app.appId}`).digest('hex') }))
    .sort((a, b) => (a.weight < b.weight ? 1 : a.weight > b.weight ? -1 : 0))
    .map(({ app }) => app)
}
