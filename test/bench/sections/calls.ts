import { setTimeout as delay } from 'node:timers/promises'
import { startService, startWorld, type BenchRun, type MeasureSection } from '../bench-run.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeClient, ExchangeRequest } from '../load.ts'
import { repeated } from '../measurement.ts'
import { REFUSED_SUBJECT, SUBJECT, targetAt, type WorldShape } from '../world-layout.ts'
import type { World } from '../world-process-client.ts'

const SHAPE: WorldShape = { owners: 6, policies: 240, issuers: 1 }
const KNOWN_OWNER = 0
/** Repositories of the known owner, and owners, that nobody has asked for before. */
const NEW_REPOSITORIES = [1, 2, 3]
const COLD_OWNERS = [1, 2, 3]
const CROWD_OWNER = 4
const REPETITIONS = [1, 2, 3]
const CROWD = 100
const LATENCY_MS = 40
/** Of policies, for the service that is to find one stale. */
const FRESHNESS_MS = 1_000

const WORDS: Readonly<Record<string, string>> = {
  'apps/get-repo-installation': 'find installation',
  'apps/create-installation-access-token': 'mint',
  'repos/get-content': 'read',
}

/** A situation with a budget of calls to GitHub. */
interface Situation {
  readonly name: string
  readonly calls: number
  /** Of those, one after another; undefined: says nothing here. */
  readonly sequential?: number
  /** Each gets into the situation and gives the exchange to measure. */
  readonly attempts: readonly (() => Promise<() => Promise<unknown>>)[]
}

/** The calls to GitHub of every situation that has a budget, with a GitHub that takes its time. */
export const measureCalls: MeasureSection = async (run) => {
  const world = await startWorld(run, SHAPE)
  const [bearer, refused] = await Promise.all([signToken(world, SUBJECT), signToken(world, REFUSED_SUBJECT)])
  await world.tell('latency', LATENCY_MS)
  await measureKnownAndCold(run, world, bearer, refused)
  await measureStale(run, world, bearer)
}

async function measureKnownAndCold(run: BenchRun, world: World, bearer: string, refused: string) {
  const service = await startService(run, world)
  const clients = await openJsonClients(service.port, CROWD)
  const [client = nobody] = clients
  const warm = requestFor(KNOWN_OWNER, 0, bearer)
  const tokens = new Set<string>()
  await client.exchange(warm)
  for (const situation of [
    {
      name: 'warm',
      calls: 1,
      sequential: 1,
      attempts: REPETITIONS.map(() => already(() => client.exchange(warm))),
    },
    {
      name: 'denied, warm',
      calls: 0,
      sequential: 0,
      attempts: REPETITIONS.map(() => already(() => expectDenial(client, { ...warm, bearer: refused }))),
    },
    {
      name: 'first for a repository of a known owner',
      calls: 3,
      sequential: 3,
      attempts: NEW_REPOSITORIES.map((repository) =>
        already(() => client.exchange(requestFor(KNOWN_OWNER, repository, bearer))),
      ),
    },
    {
      name: 'cold owner',
      calls: 6,
      sequential: 4,
      attempts: COLD_OWNERS.map((owner) => already(() => client.exchange(requestFor(owner, 0, bearer)))),
    },
    {
      name: `${CROWD} at once, cold owner`,
      calls: CROWD + 6,
      attempts: [
        already(async () => {
          const request = requestFor(CROWD_OWNER, 0, bearer)
          const answers = await Promise.all(clients.map(({ exchange }) => exchange(request)))
          for (const token of answers) tokens.add(token)
        }),
      ],
    },
  ] satisfies readonly Situation[]) {
    await measureSituation(run, world, situation)
  }
  run.report({
    section: 'calls',
    name: `${CROWD} at once, cold owner: different tokens`,
    value: tokens.size,
    unit: '',
    target: { atLeast: CROWD },
  })
}

async function measureStale(run: BenchRun, world: World, bearer: string): Promise<void> {
  const service = await startService(run, world, {
    environment: { STS_POLICY_FRESHNESS: `${FRESHNESS_MS}ms` },
  })
  const [{ exchange } = nobody] = await openJsonClients(service.port, 1)
  const stale = requestFor(KNOWN_OWNER, 0, bearer)
  const other = requestFor(KNOWN_OWNER, 1, bearer)
  await exchange(other)
  await measureSituation(run, world, {
    name: 'policy past its freshness',
    calls: 2,
    sequential: 2,
    attempts: REPETITIONS.map(() => async () => {
      await exchange(stale)
      await delay(FRESHNESS_MS)
      // An owner in use: its issuer list, which would be read in parallel, is fresh.
      await exchange(other)
      return () => exchange(stale)
    }),
  })
}

async function measureSituation(run: BenchRun, world: World, situation: Situation): Promise<void> {
  const { name, attempts } = situation
  const calls: number[] = []
  const sequential: number[] = []
  const elapsed: number[] = []
  let chain: readonly string[] = []
  for (const attempt of attempts) {
    const exchange = await attempt()
    await world.tell('forgetCalls', undefined)
    const startedAt = performance.now()
    await exchange()
    elapsed.push(performance.now() - startedAt)
    const count = await world.tell('countCalls', undefined)
    calls.push(count.calls)
    sequential.push(count.sequential)
    chain = count.chain
  }
  const section = 'calls'
  const most = { value: Math.max(...calls), unit: '', target: { atMost: situation.calls } }
  run.report({ section, name: `${name}: GitHub calls`, ...most })
  if (situation.sequential !== undefined) {
    run.report({
      section,
      name: `${name}: of them one after another`,
      value: Math.max(...sequential),
      unit: '',
      target: { atMost: situation.sequential },
      ...(chain.length > 0 && { note: chain.map(wordFor).join(', ') }),
    })
  }
  const note = `each call takes ${LATENCY_MS} ms`
  run.report({ section, name: `${name}: elapsed`, ...repeated(elapsed), unit: 'ms', note })
}

function wordFor(operation: string): string {
  return WORDS[operation] ?? operation
}

/** An exchange that needs nothing before it. */
function already(exchange: () => Promise<unknown>): () => Promise<() => Promise<unknown>> {
  return () => Promise.resolve(exchange)
}

function requestFor(owner: number, repository: number, bearer: string): ExchangeRequest {
  return { ...targetAt({ owner, repository, place: 0 }, SHAPE), bearer }
}

async function signToken(world: World, subject: string): Promise<string> {
  const [token = ''] = await world.tell('sign', { issuer: 0, subject, count: 1 })
  return token
}

async function expectDenial({ exchange }: ExchangeClient, request: ExchangeRequest): Promise<void> {
  const answer = await exchange(request).catch(String)
  if (!answer.includes('HTTP/1.1 403')) throw new Error('the service did not deny what no policy allows')
}

const nobody: ExchangeClient = {
  exchange: () => Promise.reject(new Error('there is no client')),
}
