import { createHash } from 'node:crypto'
import type { SharedStore } from '#pkg/store'

/** Whose requests go to one and the same App: only the App that made a check run may change it. */
export interface RouteSubject {
  readonly scope: string
  readonly identity: string
  /** `sub` of the caller's token. */
  readonly subject: string
}

/** Remembers which App serves whom. */
export interface StickyRoutes {
  /** The App that was chosen before; undefined: none was, or the store does not say. Never rejects. */
  find(key: string): Promise<string | undefined>
  /**
   * Chooses `appId` unless another replica has chosen; gives the one that counts, or undefined when the store keeps none.
   * Never rejects.
   */
  claim(key: string, appId: string): Promise<string | undefined>
  /** Puts `appId` in the place of `gone`, unless another replica has; gives the one that counts, as `claim`. Never rejects. */
  replace(key: string, gone: string, appId: string): Promise<string | undefined>
  /** The route was used: its lifetime begins anew. Never rejects, and is not waited for. */
  renew(key: string, appId: string): void
}

export interface StickyRoutesOptions {
  readonly store: SharedStore
  /** Of a route that is not used, in milliseconds. */
  readonly lifetimeMs: number
  /** Told of what the store did not do; the exchange goes on. */
  readonly onFailure: (error: unknown) => void
}

export function createStickyRoutes({ store, lifetimeMs, onFailure }: StickyRoutesOptions): StickyRoutes {
  const lifetime = { ttlMs: lifetimeMs }
  const storeKey = (key: string): string => `route:${key}`

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      onFailure(error)
      return undefined
    }
  }

  return {
    find: (key) => attempt(() => store.get(storeKey(key))),
    claim: (key, appId) =>
      attempt(async () => {
        if (await store.setIfAbsent(storeKey(key), appId, lifetime)) return appId
        return (await store.get(storeKey(key))) ?? appId
      }),
    replace: (key, gone, appId) =>
      attempt(async () => {
        if (await store.compareAndSet(storeKey(key), gone, appId, lifetime)) return appId
        return (await store.get(storeKey(key))) ?? appId
      }),
    renew(key, appId) {
      void attempt(async () => {
        // Never over what another replica has chosen since.
        if (await store.compareAndSet(storeKey(key), appId, appId, lifetime)) return
        await store.setIfAbsent(storeKey(key), appId, lifetime)
      })
    },
  }
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
