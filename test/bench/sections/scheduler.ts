import type { MeasureSection } from '../bench-run.ts'
import { repeated } from '../measurement.ts'
import { runSchedulerModel, type SchedulerLoad } from '../scheduler-model.ts'

const MINUTE_MS = 60_000
const EXCHANGES = 20_000

/** Four Apps, the last one near its floor; requests left. */
const appsOf = (...left: readonly number[]): SchedulerLoad['apps'] =>
  left.map((remaining, index) => ({
    limit: index === left.length - 1 ? 5_000 : 30_000,
    remaining,
    resetAfterMs: 61 * MINUTE_MS,
  }))

const LOAD: SchedulerLoad = {
  apps: appsOf(15_000, 13_000, 12_000, 1_600),
  exchanges: EXCHANGES,
  durationMs: 60 * MINUTE_MS,
  repositories: 200,
  useMax: 3,
  burst: 300,
}

/** In percent of all exchanges. */
const LOST_TARGET = 1

const SITUATIONS: readonly { readonly name: string; readonly load: SchedulerLoad }[] = [
  { name: 'all that there is is needed', load: LOAD },
  { name: 'bursts beyond what a minute allows', load: { ...LOAD, burst: 600 } },
  { name: 'a quarter more than there is', load: { ...LOAD, exchanges: EXCHANGES * 1.25 } },
]

/** How well Apps are chosen, against GitHub's budgets in simulated time. */
export const measureScheduler: MeasureSection = async (run) => {
  const section = 'scheduler'
  const seeds = run.options.quick ? [1] : [1, 2, 3, 4, 5]
  for (const { name, load } of SITUATIONS) {
    const lost: number[] = []
    for (const seed of seeds) {
      const { refused, refusedByPerfect } = await runSchedulerModel(load, seed)
      lost.push((Math.max(0, refused - refusedByPerfect) / load.exchanges) * 100)
    }
    run.report({
      section,
      name: `${name}: refused, but by no perfect scheduler`,
      ...repeated(lost),
      unit: '%',
      target: { atMost: LOST_TARGET },
      note: `of ${load.exchanges} exchanges`,
    })
  }
  const refusals: number[] = []
  for (const seed of seeds) {
    const apps = appsOf(30_000, 26_000, 24_000, 1_600)
    refusals.push((await runSchedulerModel({ ...LOAD, apps, burst: 100 }, seed)).refused)
  }
  run.report({
    section,
    name: 'twice as much as is needed: refused',
    ...repeated(refusals),
    unit: '',
    target: { atMost: 0 },
    note: `of ${EXCHANGES} exchanges`,
  })
}
