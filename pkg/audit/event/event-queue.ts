import { sizeOf, type PendingEvent } from './pending-event.ts'

/** An event in a queue. */
export interface QueuedEvent {
  readonly event: PendingEvent
  readonly bytes: number
  /** When it came, in milliseconds since the epoch. */
  readonly since: number
}

export interface QueueLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

/**
 * Events in the order in which they came, bounded in number and bytes. One that is being sent still takes its room, so
 * that it can always come back.
 */
export interface EventQueue {
  /** Whether another one might fit: asked before an event is made. */
  readonly hasRoom: boolean
  /** Events in it, those that are being sent among them. */
  readonly size: number
  /** False when there is no room. */
  push(event: PendingEvent, now: number): boolean
  /** The first one, which then is being sent; undefined when none waits. */
  take(): QueuedEvent | undefined
  /** When the first one that waits came. */
  readonly firstSince: number | undefined
  /** Puts one that could not be sent behind the others: it may be the reason. */
  putBack(entry: QueuedEvent): void
  /** Frees the room of one that was taken. */
  release(entry: QueuedEvent): void
}

export function createEventQueue({ maxEntries, maxBytes }: QueueLimits): EventQueue {
  const waiting: QueuedEvent[] = []
  let entries = 0
  let bytes = 0
  return {
    get hasRoom() {
      return entries < maxEntries && bytes < maxBytes
    },
    get size() {
      return entries
    },
    get firstSince() {
      return waiting[0]?.since
    },
    push(event, now) {
      const entry = { event, bytes: sizeOf(event), since: now }
      if (entries >= maxEntries || bytes + entry.bytes > maxBytes) return false
      entries += 1
      bytes += entry.bytes
      waiting.push(entry)
      return true
    },
    take: () => waiting.shift(),
    putBack(entry) {
      waiting.push(entry)
    },
    release(entry) {
      entries -= 1
      bytes -= entry.bytes
    },
  }
}
