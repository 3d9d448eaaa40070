import { setTimeout as delay } from 'node:timers/promises'
import { profileFlags, startWebhook, startWorld, type BenchRun, type MeasureSection } from '../bench-run.ts'
import { readRound, type RoundResult } from '../delivery-round.ts'
import { repeated, type Measurement } from '../measurement.ts'
import { readUsage } from '../process-usage.ts'
import { createSignatureUnit } from '../signature-unit.ts'
import { median } from '../statistics.ts'
import type { World } from '../world-process-client.ts'

/** Fifty repositories with ten policies in each. */
const SHAPE = { owners: 10, policies: 500, issuers: 1 }
const PLACES_PER_REPOSITORY = 10
/** Four pushes to each repository. */
const CHANGED_PLACES = 4
const POLICIES = Array.from({ length: SHAPE.policies }, (_, n) => n).filter(
  (policy) => Math.floor(policy / SHAPE.owners) % PLACES_PER_REPOSITORY < CHANGED_PLACES,
)
const REPETITIONS = { full: 5, quick: 2 }
/** Time for a garbage collector to give back what it can. */
const SETTLE_MS = 2_000
const MEBIBYTE = 1024 * 1024

/** One round of pushes, and what it cost the webhook. */
interface Round extends RoundResult {
  readonly cpuMs: number
  readonly signatures: number
}

/** What pushes cost that come all at once, to a webhook that has just started and to one that has the tokens. */
export const measureDeliveries: MeasureSection = async (run) => {
  const world = await startWorld(run, SHAPE)
  const signature = createSignatureUnit()
  const cold: Round[] = []
  const warm: Round[] = []
  const resident: number[] = []
  for (let n = 1; n <= (run.options.quick ? REPETITIONS.quick : REPETITIONS.full); n++) {
    run.progress(`two rounds of ${POLICIES.length} pushes`)
    const webhook = await startWebhook(run, world, { moreFlags: profileFlags(run, `deliveries-${n}`) })
    cold.push(await measureRound(world, webhook.pid, signature))
    warm.push(await measureRound(world, webhook.pid, signature))
    await delay(SETTLE_MS)
    resident.push(readUsage(webhook.pid).residentBytes / MEBIBYTE)
    await webhook.stop()
  }
  reportRounds(run, 'cold', cold)
  reportRounds(run, 'warm', warm)
  run.report({
    section: 'deliveries',
    name: 'resident after both rounds',
    ...repeated(resident),
    unit: 'MiB',
  })
}

/** What the deliveries about its checks cost is part of what a push costs. */
async function measureRound(world: World, pid: number, signature: () => number): Promise<Round> {
  const unitBefore = signature()
  const before = readUsage(pid).cpuMs
  const answers = await world.tell('pushChanges', { policies: POLICIES })
  const cpuMs = (readUsage(pid).cpuMs - before) / POLICIES.length
  const unit = (unitBefore + signature()) / 2
  return { ...readRound(answers, POLICIES.length), cpuMs, signatures: cpuMs / unit }
}

function reportRounds(run: BenchRun, name: 'cold' | 'warm', rounds: readonly Round[]): void {
  const measurement = (what: string, unit: string, value: (round: Round) => number): Measurement => {
    return { section: 'deliveries', name: `${name}: ${what}`, ...repeated(rounds.map(value)), unit }
  }
  const further = median(rounds.map((round) => round.further))
  run.report(measurement('pushes answered', '/s', (round) => round.perSecond))
  run.report({
    ...measurement('CPU per push', 'ms', (round) => round.cpuMs),
    note: `each with ${further} further deliveries about its checks`,
  })
  run.report(measurement('CPU in signatures', '', (round) => round.signatures))
  run.report(measurement('answer p50', 'ms', (round) => round.p50Ms))
  run.report(measurement('answer p99', 'ms', (round) => round.p99Ms))
}
