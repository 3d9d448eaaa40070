import { quantile } from './statistics.ts'

/** One exchange as a client sends it. */
export interface ExchangeRequest {
  readonly scope: string
  readonly identity: string
  readonly bearer: string
}

/** Sends one exchange at a time. Its connection ends with the service. */
export interface ExchangeClient {
  /** The GitHub token. Rejects unless the service grants one. */
  readonly exchange: (request: ExchangeRequest) => Promise<string>
}

/** Opens `count` clients of the service on this port. */
export type OpenClients = (port: number, count: number) => Promise<readonly ExchangeClient[]>

export interface LoadResult {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly perSecond: number
  /** Why exchanges failed, one text for each. */
  readonly failures: readonly string[]
}

/** The part of all exchanges that may fail: those in flight do when a virtual machine is paused. */
const FAILURES_MAX_PART = 0.01

/** Sends `count` exchanges, one at a time over each client. Rejects when more than one in a hundred fails. */
export async function runLoad(
  clients: readonly ExchangeClient[],
  count: number,
  requestAt: (n: number) => ExchangeRequest,
): Promise<LoadResult> {
  const latencies: number[] = []
  const failures: string[] = []
  let next = 0
  const startedAt = performance.now()
  await Promise.all(
    clients.map(async ({ exchange }) => {
      while (next < count) {
        const request = requestAt(next++)
        const sentAt = performance.now()
        try {
          await exchange(request)
        } catch (thrown) {
          failures.push(String(thrown))
          if (failures.length > count * FAILURES_MAX_PART) throw thrown
        }
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  return {
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    perSecond: count / seconds,
    failures,
  }
}
