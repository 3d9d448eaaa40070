import { pace, sleep } from '../pace.ts'
import { DOMAIN, GOOD } from '../world/names.ts'
import type { GoodClient } from './answer.ts'
import { createGrpcClient } from './grpc-client.ts'
import { createHttp1Client, HTTP1_CONNECTIONS } from './http1-client.ts'
import { createHttp2Client } from './http2-client.ts'

/** Exchanges a second of each kind of client. */
export const GOOD_PER_SECOND = 10
/** What a good client waits. */
export const GOOD_DEADLINE_MS = 10_000
/** A good client uses its own token this long; it lives for 300 s. */
const BEARER_RENEWAL_MS = 30_000

/** What one kind of client has seen. */
export interface GoodTally {
  readonly name: string
  sent: number
  readonly latenciesMs: number[]
  readonly problems: Map<string, number>
}

export interface GoodClients {
  readonly tallies: readonly GoodTally[]
  /** Tokens received, in order. */
  readonly tokens: readonly string[]
  /** Bearers sent. */
  readonly bearers: readonly string[]
  /** Sends until `signal` aborts; resolves when the last exchange has ended. */
  run(signal: AbortSignal): Promise<void>
  /** Opens the connections of every kind of client by exchanges that are not counted; throws if one fails. */
  warmUp(): Promise<void>
  close(): void
}

export async function createGoodClients(port: number, issuer: string): Promise<GoodClients> {
  const clients = [createHttp1Client(port), createHttp2Client(port), createGrpcClient(port)]
  const tallies = clients.map(({ name }): GoodTally => ({
    name,
    sent: 0,
    latenciesMs: [],
    problems: new Map(),
  }))
  const tokens: string[] = []
  const bearers = [await fetchBearer(issuer)]

  async function exchange(client: GoodClient, tally: GoodTally): Promise<void> {
    tally.sent += 1
    const startedAt = performance.now()
    const answer = await client
      .exchange(bearers.at(-1) ?? '', GOOD_DEADLINE_MS)
      .catch((error: unknown) => ({ ok: false as const, problem: nameOf(error) }))
    if (answer.ok) {
      tokens.push(answer.token)
      tally.latenciesMs.push(performance.now() - startedAt)
    } else tally.problems.set(answer.problem, (tally.problems.get(answer.problem) ?? 0) + 1)
  }

  async function renew(signal: AbortSignal): Promise<void> {
    await sleep(BEARER_RENEWAL_MS, signal)
    if (signal.aborted) return
    bearers.push(await fetchBearer(issuer))
    await renew(signal)
  }

  return {
    tallies,
    tokens,
    bearers,
    async run(signal) {
      const streams = clients.map(async (client, index) => {
        const tally = tallies[index]
        // One after the other within each period.
        await sleep((index * 1000) / GOOD_PER_SECOND / clients.length, signal)
        if (tally === undefined) return
        await pace({ perSecond: GOOD_PER_SECOND, signal }, () => exchange(client, tally))
      })
      await Promise.all([...streams, renew(signal)])
    },
    async warmUp() {
      for (const client of clients) {
        const exchanges = Array.from({ length: HTTP1_CONNECTIONS }, () =>
          client.exchange(bearers[0] ?? '', GOOD_DEADLINE_MS),
        )
        for (const answer of await Promise.all(exchanges)) {
          if (!answer.ok) throw new Error(`${client.name} does not work before any attack: ${answer.problem}`)
          tokens.push(answer.token)
        }
      }
    },
    close() {
      for (const client of clients) client.close()
    },
  }
}

async function fetchBearer(issuer: string): Promise<string> {
  const repository = `${GOOD.owner}/${GOOD.repository}`
  const answer = await fetch(`${issuer}/actions/token?repository=${repository}&ref=main&audience=${DOMAIN}`)
  const { value } = (await answer.json()) as { readonly value: string }
  return value
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.name
}
