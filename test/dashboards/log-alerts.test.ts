import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { ALERTS } from '../../scripts/dashboards/alerts.ts'
import { startHttpReceiver } from '../e2e/support/http-receiver.ts'
import { fieldOf, matches } from './support/log-filter.ts'
import { startPrograms, type Running } from '../e2e/support/running-programs.ts'

type Line = Readonly<Record<string, unknown>>

const FILTERS: ReadonlyMap<string, string> = new Map(
  ALERTS.flatMap(({ id, log }) => (log === undefined ? [] : [[id, log] as const])),
)

function linesOf(programs: readonly Running[]): readonly Line[] {
  return programs.flatMap(({ output }) =>
    output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Line),
  )
}

/** The ids of the alerts whose filter a line fits, with the line. */
function alertsOn(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const all = [...FILTERS].map(([id, filter]) => [id, lines.filter((line) => matches(filter, line))] as const)
  return new Map(all.filter(([, found]) => found.length > 0))
}

function identitiesOf(alerts: ReturnType<typeof alertsOn>): readonly unknown[] {
  return (alerts.get('trust-policy-not-found') ?? []).map((line) => fieldOf(line, 'record.identity')).sort()
}

test('filters of logs', async (t) => {
  let status = 202
  const receiver = await startHttpReceiver(t, () => ({ status }))
  const programs = await startPrograms(t, { app: { EVENT_INGRESS_URI: receiver } })
  const { world, app, webhook, prober, negativeProber, exchange } = programs
  const running = [app, webhook, prober, negativeProber]

  await t.test(
    'find nothing when all is well, but that on missing policies those of the prober',
    async () => {
      assert.equal(await exchange('acme/app', 'release'), 403)
      const lines = linesOf(running)
      assert.ok(lines.some((line) => fieldOf(line, 'record.outcome') === 'OK'))
      const alerts = alertsOn(lines)
      assert.deepEqual([...alerts.keys()], ['trust-policy-not-found'])
      // Those of the prober are left out by name.
      assert.deepEqual(identitiesOf(alerts), ['does-not-exist', 'does-not-exist'])
    },
  )

  await t.test('find each its line when there is trouble', async () => {
    status = 400
    // Whoever must be refused has the token of the prober.
    running.push(await programs.startNegativeProber('main'))
    assert.equal(await exchange('acme/app', 'not-there'), 404)
    await app.saw(/"problem":"refused"/)
    world.github.setRateLimit({ app: world.app.id }, { remaining: 0 })
    world.github.addOrganization('late')
    world.github.addRepository({ owner: 'late', name: 'app' })
    assert.equal(await exchange('late/app', 'release'), 429)

    const alerts = alertsOn(linesOf(running))
    assert.deepEqual([...alerts.keys()].sort(), [...FILTERS.keys()].sort())
    assert.deepEqual(identitiesOf(alerts), ['does-not-exist', 'does-not-exist', 'not-there'])
    assert.deepEqual(
      alerts.get('github-rate-limit')?.map((line) => fieldOf(line, 'record.scope')),
      ['late/app'],
    )
  })
})

describe('the reader of filters', () => {
  const line = { a: { b: 'x', n: 2, yes: true }, c: 'y' }
  const rows: readonly (readonly [filter: string, fits: boolean])[] = [
    ['jsonPayload.a.b="x"', true],
    ['jsonPayload.a.b="y"', false],
    ['jsonPayload.a.z="x"', false],
    ['jsonPayload.a.n>1', true],
    ['jsonPayload.a.n>2', false],
    ['jsonPayload.a.yes=true', true],
    ['jsonPayload.a.b="y" OR jsonPayload.c="y"', true],
    ['jsonPayload.a.b="x" AND jsonPayload.c="z"', false],
    ['jsonPayload.a.b="y" AND (jsonPayload.c="y" OR jsonPayload.a.n>1)', false],
  ]
  for (const [filter, fits] of rows) {
    it(`${fits ? 'finds' : 'does not find'} ${filter}`, () => {
      assert.equal(matches(filter, line), fits)
    })
  }
})
