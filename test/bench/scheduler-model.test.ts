import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runSchedulerModel, type SchedulerLoad } from './scheduler-model.ts'

const MINUTE_MS = 60_000

/** Ten minutes with four Apps, the last one near its floor. */
const LOAD: SchedulerLoad = {
  apps: [2_600, 2_300, 2_000, 1_600].map((remaining) => ({
    limit: 15_000,
    remaining,
    resetAfterMs: 61 * MINUTE_MS,
  })),
  exchanges: 4_000,
  durationMs: 10 * MINUTE_MS,
  repositories: 40,
  useMax: 3,
  burst: 250,
}

const NEEDLESS_PART_MAX = 0.01

describe('choosing among Apps', () => {
  for (const [what, load] of [
    ['nearly all that there is is needed', LOAD],
    ['more is needed than there is', { ...LOAD, exchanges: 5_000 }],
    ['a burst exceeds what a minute allows', { ...LOAD, burst: 700 }],
  ] as const) {
    it(`refuses less than 1 % of what could be served when ${what}`, async () => {
      for (const seed of [1, 2, 3]) {
        const { refused, refusedByPerfect, refusedByGitHub } = await runSchedulerModel(load, seed)
        const needless = refused - refusedByPerfect
        assert.ok(
          needless < load.exchanges * NEEDLESS_PART_MAX,
          `${needless} more than the ${refusedByPerfect}`,
        )
        assert.equal(refusedByGitHub, 0)
      }
    })
  }

  it('refuses nothing when there is twice as much as is needed, and spares the App near its floor', async () => {
    const apps = LOAD.apps.map((app, index) => (index === 3 ? app : { ...app, remaining: 15_000 }))
    const { refused, served } = await runSchedulerModel({ ...LOAD, apps, burst: 100 }, 1)
    assert.equal(refused, 0)
    const [most = 0, , , nearFloor = 0] = served
    assert.ok(nearFloor < most / 20, served.join(' '))
  })
})
