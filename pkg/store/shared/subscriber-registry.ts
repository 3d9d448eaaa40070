import type { Subscriber } from './shared-store.ts'

/** Who subscribes to which channel within this process. */
export interface SubscriberRegistry {
  /** @returns what removes it again, and says whether it was the last of its channel. */
  add(channel: string, subscriber: Subscriber): () => boolean
  /** Calls `tell` for each subscriber of the channel that is still one when its turn comes. */
  tell(channel: string, tell: (subscriber: Subscriber) => void): void
  channels(): readonly string[]
}

export function createSubscriberRegistry(): SubscriberRegistry {
  /** One entry for each subscription: the same subscriber may have several. */
  interface Subscription {
    readonly subscriber: Subscriber
  }
  const channels = new Map<string, Set<Subscription>>()

  return {
    add(channel, subscriber) {
      const subscription: Subscription = { subscriber }
      const members = channels.get(channel) ?? new Set()
      channels.set(channel, members.add(subscription))
      return () => {
        if (!members.delete(subscription) || members.size > 0) return false
        channels.delete(channel)
        return true
      }
    },
    tell(channel, tell) {
      const members = channels.get(channel)
      for (const subscription of members ?? []) {
        // In a turn of its own, so that one that throws harms neither the next nor the connection.
        queueMicrotask(() => {
          if (members?.has(subscription) === true) tell(subscription.subscriber)
        })
      }
    },
    channels: () => [...channels.keys()],
  }
}
