import { load, type BenchRun } from '../bench-run.ts'
import type { ExchangeClient, ExchangeRequest, LoadResult } from '../load.ts'
import { repeated, type Measurement } from '../measurement.ts'
import { readUsage } from '../process-usage.ts'
import type { RunningProgram } from '../service-process.ts'
import { createSignatureUnit } from '../signature-unit.ts'

/** A program under load. */
export interface Candidate {
  readonly name: string
  readonly program: RunningProgram
  readonly clients: readonly ExchangeClient[]
  /** What an exchange with 16 at a time may cost, in signatures. */
  readonly target?: number
}

/** One measurement of one candidate. */
export interface Round extends LoadResult {
  readonly cpuMs: number
  readonly signatures: number
}

export interface RoundMeter {
  /** Sends `count` exchanges, `atOnce` at a time, and reads what they cost the candidate. */
  readonly measure: (candidate: Candidate, atOnce: number, count: number) => Promise<Round>
  /** The signature's cost before and after each round, in milliseconds. */
  readonly units: readonly number[]
}

export function createRoundMeter(run: BenchRun, requestAt: (n: number) => ExchangeRequest): RoundMeter {
  const signature = createSignatureUnit()
  const units = [signature()]
  return {
    units,
    async measure({ program, clients }, atOnce, count) {
      const unitBefore = units.at(-1) ?? NaN
      const before = readUsage(program.pid).cpuMs
      const result = await load(run, clients.slice(0, atOnce), count, requestAt)
      const cpuMs = (readUsage(program.pid).cpuMs - before) / count
      const unitAfter = signature()
      units.push(unitAfter)
      return { ...result, cpuMs, signatures: cpuMs / ((unitBefore + unitAfter) / 2) }
    },
  }
}

/** What is reported of a candidate's rounds; `reference` are those that took turns with them, if it is another's. */
export function measurementsOf(
  { name, target }: Candidate,
  atOnce: number,
  rounds: readonly Round[],
  reference: readonly Round[],
): readonly Measurement[] {
  const measurement = (what: string, unit: string, value: (round: Round, index: number) => number) => ({
    section: 'warm' as const,
    name: `${name}, ${atOnce} at a time: ${what}`,
    ...repeated(rounds.map(value)),
    unit,
  })
  const inSignatures = measurement('CPU in signatures', '', (round) => round.signatures)
  const ratio = measurement('CPU beside the bare server', 'x', ({ cpuMs }, index) => {
    return cpuMs / (reference[index]?.cpuMs ?? NaN)
  })
  return [
    target === undefined || atOnce === 1 ? inSignatures : { ...inSignatures, target: { atMost: target } },
    ...(reference === rounds ? [] : [ratio]),
    measurement('CPU', 'ms', (round) => round.cpuMs),
    measurement('latency p50', 'ms', (round) => round.p50Ms),
    measurement('latency p95', 'ms', (round) => round.p95Ms),
    measurement('latency p99', 'ms', (round) => round.p99Ms),
    measurement('throughput', '/s', (round) => round.perSecond),
  ]
}
