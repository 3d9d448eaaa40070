import type { StoreProblem, Subscriber } from '../shared/shared-store.ts'
import { createSubscriberRegistry } from '../shared/subscriber-registry.ts'
import { keepConnection, type ConnectionKeeper } from './connection-keeper.ts'
import type { RedisAnswer, RedisConnection } from './redis-connection.ts'
import type { RedisEndpoint } from './redis-endpoint.ts'
import { readText } from './redis-reply.ts'

export interface SubscriptionLinkOptions {
  readonly endpoint: RedisEndpoint
  readonly create: (
    endpoint: RedisEndpoint,
    onMessage: (channel: Uint8Array, message: Uint8Array) => void,
  ) => RedisConnection
  readonly probeMs: number
  readonly onState: (problem: StoreProblem | undefined) => void
  readonly random: () => number
}

/** All subscriptions of a store, on a connection of their own, which is made for the first of them. */
export interface SubscriptionLink {
  subscribe(channel: string, subscriber: Subscriber): () => void
  close(): Promise<void>
}

export function createSubscriptionLink(options: SubscriptionLinkOptions): SubscriptionLink {
  const subscribers = createSubscriberRegistry()
  let keeper: ConnectionKeeper | undefined

  function tellResubscribed(channel: string): void {
    subscribers.tell(channel, (subscriber) => {
      subscriber.onResubscribed()
    })
  }

  function onMessage(channelBytes: Uint8Array, bytes: Uint8Array): void {
    const channel = readText(channelBytes)
    if (channel === undefined) return
    const message = readText(bytes)
    // What cannot be read was meant to say something.
    if (message === undefined) tellResubscribed(channel)
    else {
      subscribers.tell(channel, (subscriber) => {
        subscriber.onMessage(message)
      })
    }
  }

  /** Subscribes on `connection`, or ends it, so that the next one does. */
  async function enter(connection: RedisConnection, channels: readonly string[]): Promise<void> {
    if (channels.length === 0) return
    const answer = await connection.send('subscribe', channels)
    if (!answer.ok) connection.drop(answer.problem)
    else for (const channel of channels) tellResubscribed(channel)
  }

  function probe(connection: RedisConnection): Promise<RedisAnswer> {
    return connection.send('ping', [])
  }

  function start(): ConnectionKeeper {
    return keepConnection({
      endpoint: options.endpoint,
      create: (endpoint) => options.create(endpoint, onMessage),
      probe,
      probeMs: options.probeMs,
      onUp: (connection) => void enter(connection, subscribers.channels()),
      onState: options.onState,
      random: options.random,
    })
  }

  return {
    subscribe(channel, subscriber) {
      const remove = subscribers.add(channel, subscriber)
      const connection = keeper?.connection
      if (connection !== undefined) void enter(connection, [channel])
      keeper ??= start()
      return () => {
        if (remove()) void keeper?.connection?.send('unsubscribe', [channel])
      }
    },
    close: () => keeper?.close() ?? Promise.resolve(),
  }
}
