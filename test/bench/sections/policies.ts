import { load, startService, startWorld, type MeasureSection } from '../bench-run.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeClient, ExchangeRequest } from '../load.ts'
import { repeated } from '../measurement.ts'
import { readUsage } from '../process-usage.ts'
import type { RunningProgram } from '../service-process.ts'
import { median } from '../statistics.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'

/** The same owners and issuer for all: only the number of policies differs. */
const SHAPE = { owners: 10, policies: 10_000, issuers: 1 }
const COUNTS = [10, 1_000, 10_000]
const TOKENS = 1_000
const AT_ONCE = 16
const SIZES = {
  full: { warmUp: 15_000, exchanges: 4_000, rounds: 5 },
  quick: { warmUp: 10_000, exchanges: 2_000, rounds: 3 },
}
const FLAT_PERCENT = 15

interface Candidate {
  readonly policies: number
  readonly service: RunningProgram
  readonly clients: readonly ExchangeClient[]
  readonly requestAt: (n: number) => ExchangeRequest
}

/** Whether the cost of a warm exchange depends on how many policies are in use. */
export const measurePolicies: MeasureSection = async (run) => {
  const size = run.options.quick ? SIZES.quick : SIZES.full
  const world = await startWorld(run, SHAPE)
  const bearers = await world.tell('sign', { issuer: 0, subject: SUBJECT, count: TOKENS })
  const candidates: Candidate[] = []
  for (const policies of COUNTS) {
    const service = await startService(run, world, { environment: { STS_POLICY_FRESHNESS: '1h' } })
    const clients = await openJsonClients(service.port, AT_ONCE)
    const requestAt = (n: number): ExchangeRequest => ({
      ...targetOf(n % policies, SHAPE),
      bearer: bearers[n % bearers.length] ?? '',
    })
    run.progress(`${policies} policies: ${size.warmUp} exchanges to warm up`)
    await load(run, clients, size.warmUp, requestAt)
    candidates.push({ policies, service, clients, requestAt })
  }
  run.progress(`${size.rounds} rounds of ${size.exchanges} exchanges`)
  const costs = new Map(COUNTS.map((count): [number, number[]] => [count, []]))
  for (let round = 0; round < size.rounds; round++) {
    for (const { policies, service, clients, requestAt } of candidates) {
      const before = readUsage(service.pid).cpuMs
      // Each round goes on where the last one ended, so that all policies have their turn.
      await load(run, clients, size.exchanges, (n) => requestAt(round * size.exchanges + n))
      costs.get(policies)?.push((readUsage(service.pid).cpuMs - before) / size.exchanges)
    }
  }
  for (const [policies, values] of costs) {
    run.report({
      section: 'policies',
      name: `${policies} in turn: CPU per exchange`,
      ...repeated(values),
      unit: 'ms',
    })
  }
  const medians = [...costs.values()].map(median)
  run.report({
    section: 'policies',
    name: 'dearest beside cheapest',
    value: (Math.max(...medians) / Math.min(...medians) - 1) * 100,
    unit: '%',
    target: { atMost: FLAT_PERCENT },
  })
}
