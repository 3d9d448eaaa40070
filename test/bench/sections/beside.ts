import { load, type BenchRun } from '../bench-run.ts'
import type { ExchangeClient, ExchangeRequest } from '../load.ts'
import { repeated, type Section } from '../measurement.ts'
import { readUsage } from '../process-usage.ts'
import type { RunningProgram } from '../service-process.ts'

/** Tokens that the exchanges of a rival take turns with. */
export const RIVAL_TOKENS = 1_000
/** Exchanges at the same time. */
export const RIVAL_CLIENTS = 16

const SIZES = {
  full: { warmUp: 6_000, exchanges: 3_000, rounds: 7 },
  quick: { warmUp: 3_000, exchanges: 1_500, rounds: 3 },
}

/** How long rivals are measured: exchanges of each before the first round, and in each round. */
export function sizeOf({ options }: BenchRun): (typeof SIZES)['full'] {
  return options.quick ? SIZES.quick : SIZES.full
}

/** One of the services that take turns. */
export interface Rival {
  readonly name: string
  readonly program: RunningProgram
  readonly clients: readonly ExchangeClient[]
  readonly requestAt: (n: number) => ExchangeRequest
  /** What its exchange may cost, in those of the first rival. */
  readonly target?: number
}

export interface BesideOptions {
  readonly section: Section
  /** The first is what the others are held against. */
  readonly rivals: readonly Rival[]
  readonly rounds: number
  /** Of each rival in a round. */
  readonly exchanges: number
}

/** Reports what an exchange costs each rival, and in exchanges of the first one in the same round. */
export async function measureBeside(
  run: BenchRun,
  { section, rivals, rounds, exchanges }: BesideOptions,
): Promise<void> {
  run.progress(`${rounds} rounds of ${exchanges} exchanges for each of ${rivals.length}`)
  const costs = rivals.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, { program, clients, requestAt }] of rivals.entries()) {
      const before = readUsage(program.pid).cpuMs
      await load(run, clients, exchanges, requestAt)
      costs[index]?.push((readUsage(program.pid).cpuMs - before) / exchanges)
    }
  }
  const [reference = []] = costs
  for (const [index, { name, target }] of rivals.entries()) {
    const values = costs[index] ?? []
    run.report({ section, name: `${name}: CPU`, ...repeated(values), unit: 'ms' })
    if (index === 0) continue
    run.report({
      section,
      name: `${name}: CPU beside ${rivals[0]?.name ?? ''}`,
      ...repeated(values.map((value, round) => value / (reference[round] ?? NaN))),
      unit: 'x',
      ...(target !== undefined && { target: { atMost: target } }),
    })
  }
}
