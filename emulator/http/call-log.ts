import type { IncomingHttpHeaders } from 'node:http'
import type { ReceivedRequest } from './message.ts'

/** One request that an emulator received. */
export interface Call {
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  readonly operation: string | undefined
  readonly requestHeaders: Readonly<IncomingHttpHeaders>
  /** The request's body bytes as sent. */
  readonly requestBody: Buffer
  /** Status of the answer; null while there is none, or when a fault kept it back. */
  readonly status: number | null
  /** The fault that was applied, if any. */
  readonly fault: string | undefined
  /** Position in the order of all starts and ends of this log. */
  readonly startedAt: number
  /** As `startedAt`; null while the call is in progress. */
  readonly endedAt: number | null
}

type OpenCall = { -readonly [Member in keyof Call]: Call[Member] }

/** What an emulator was asked, in order of arrival. */
export interface CallLog {
  /** The calls kept, oldest first. The array is live. */
  readonly calls: readonly Call[]
  readonly begin: (request: ReceivedRequest, fault: string | undefined) => OpenCall
  readonly end: (call: OpenCall, status: number | null) => void
  readonly clear: () => void
}

/** A log that keeps the newest `limit` calls. */
export function createCallLog(limit: number): CallLog {
  const calls: OpenCall[] = []
  let sequence = 0
  return {
    calls,
    begin(request, fault) {
      const call: OpenCall = {
        method: request.method,
        path: request.target,
        operation: request.operation,
        requestHeaders: request.headers,
        requestBody: request.body,
        status: null,
        fault,
        startedAt: sequence++,
        endedAt: null,
      }
      calls.push(call)
      if (calls.length > limit) calls.shift()
      return call
    },
    end(call, status) {
      if (call.endedAt !== null) return
      call.status = status
      call.endedAt = sequence++
    },
    clear() {
      calls.length = 0
    },
  }
}

/** True if both calls were in progress at one time. */
export function callsOverlap(one: Call, other: Call): boolean {
  return one.startedAt < (other.endedAt ?? Infinity) && other.startedAt < (one.endedAt ?? Infinity)
}

/**
 * The longest sequence of calls of which each started after the one before it had ended: how many round trips a
 * caller waited for, whatever it did in parallel. A call still in progress can only be the last.
 */
export function longestSequentialChain(calls: readonly Call[]): readonly Call[] {
  const byEnd = [...calls].sort((one, other) => (one.endedAt ?? Infinity) - (other.endedAt ?? Infinity))
  const chain: Call[] = []
  // Taking the earliest end each time leaves the most room for what follows (interval scheduling).
  let free = -1
  for (const call of byEnd) {
    if (call.startedAt < free) continue
    chain.push(call)
    free = call.endedAt ?? Infinity
  }
  return chain
}
