import { StsError } from '#pkg/errors'

/**
 * Small pieces of state that the instances of one deployment share: text under a key, for a time, and messages.
 *
 * Nothing secret belongs here, and callers hash what they make keys of. Every call either does what it says or throws
 * `store_unavailable` within its deadline; it never waits for a store that is away. After a `timeout` a write may have
 * been done or not.
 *
 * A key or channel has 1 to 256 bytes, a value or message at most 4,096, both in UTF-8.
 */
export interface SharedStore {
  /** The value, or undefined when the store says that there is none. */
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, lifetime: Lifetime): Promise<void>
  /** Sets a key that has no value. @returns whether it did. */
  setIfAbsent(key: string, value: string, lifetime: Lifetime): Promise<boolean>
  /**
   * Sets a key whose value is `expected`, in one step that no other instance can come between.
   *
   * @param expected - undefined: that there is none.
   * @returns whether it did.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    lifetime: Lifetime,
  ): Promise<boolean>
  delete(key: string): Promise<void>
  /** Sends to all who subscribe at this time, in this instance too. Nothing is kept for others. */
  publish(channel: string, message: string): Promise<void>
  /** @returns what ends the subscription. */
  subscribe(channel: string, subscriber: Subscriber): () => void
  /** What is wrong with the store as far as is known, for people who look at readiness; undefined: nothing. */
  readonly problem: StoreProblem | undefined
  /** Lets go of all connections. Every later call fails. */
  close(): Promise<void>
}

export interface Lifetime {
  /** Milliseconds from 1 to 30 days, a whole number; counted by the clock of the store. */
  readonly ttlMs: number
}

/** Neither function may throw. */
export interface Subscriber {
  onMessage(message: string): void
  /**
   * Messages may have been missed: called each time the subscription stands, the first time too. What was copied
   * before is then stale. A store within the process misses nothing and never calls it.
   */
  onResubscribed(): void
}

/**
 * Why the store does not do as it should: no connection, a certificate that is not trusted, a user or password or
 * permission that is not, no answer in time, an answer that is none, no memory left, a replica, a server that starts or
 * a cluster without a node for the keys, another refusal, more calls under way than may be, a call that is out of
 * bounds, and a store that was closed.
 */
export type StoreProblem =
  | 'unreachable'
  | 'certificate_refused'
  | 'access_denied'
  | 'timeout'
  | 'malformed_answer'
  | 'full'
  | 'read_only'
  | 'not_ready'
  | 'refused'
  | 'overloaded'
  | 'invalid'
  | 'closed'

export type StoreOperation =
  'get' | 'set' | 'set_if_absent' | 'compare_and_set' | 'delete' | 'publish' | 'subscribe'

/** The one error of a store. What was thrown below stays out of it: a client's errors carry its commands, the password too. */
export function storeError(operation: StoreOperation, problem: StoreProblem): StsError {
  return new StsError('store_unavailable', { detail: { operation, problem } })
}
