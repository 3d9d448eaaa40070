import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProberRunner, type Probe, type ProberRunnerOptions, type ProbeResult } from '#pkg/prober'
import { createLogger, NO_METRICS, type ProberStepEnd } from '#pkg/telemetry'

const RESULT: ProbeResult = {
  prober: 'prober',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 30,
  outcome: 'failed',
  steps: [
    { name: 'token', outcome: 'passed', detail: 'a', durationMs: 1 },
    { name: 'exchange_grpc', transport: 'grpc', outcome: 'unknown', detail: 'b', durationMs: 2 },
    { name: 'create_issue_refused', outcome: 'failed', incident: true, detail: 'c', durationMs: 3 },
    { name: 'revoke', outcome: 'failed', detail: 'd', durationMs: 4 },
  ],
}

interface Line {
  readonly severity: string
  readonly message: string
  readonly step?: { readonly name: string }
}

function start(probe: Probe, options: Partial<ProberRunnerOptions> = {}) {
  const ends: ProberStepEnd[] = []
  const lines: Line[] = []
  const clock = { now: 1_000 }
  const runner = createProberRunner({
    name: 'prober',
    probe,
    intervalMs: 1_000,
    metrics: { ...NO_METRICS, proberStepEnded: (end) => ends.push(end) },
    logger: createLogger({
      level: 'info',
      destination: { write: (line) => lines.push(JSON.parse(line) as Line) },
    }),
    now: () => clock.now,
    ...options,
  })
  return { runner, ends, lines, clock }
}

test('measures each step and the run, and logs what has not passed', async () => {
  const { runner, ends, lines } = start(() => Promise.resolve(RESULT))
  assert.equal(runner.latest(), undefined)
  assert.equal(await runner.run(), RESULT)
  assert.equal(runner.latest(), RESULT)
  assert.deepEqual(
    ends.map(({ prober, step, outcome, durationMs }) => [prober, step, outcome, durationMs]),
    [
      ['prober', 'token', 'passed', 1],
      ['prober', 'exchange_grpc', 'unknown', 2],
      ['prober', 'create_issue_refused', 'failed', 3],
      ['prober', 'revoke', 'failed', 4],
      ['prober', 'run', 'failed', 30],
    ],
  )
  assert.deepEqual(
    lines.map(({ severity, step }) => [severity, step?.name]),
    [
      ['WARNING', 'exchange_grpc'],
      ['ERROR', 'create_issue_refused'],
      ['ERROR', 'revoke'],
      ['INFO', undefined],
    ],
  )
  assert.match(lines[1]?.message ?? '', /^INCIDENT/)
})

test('who asks during a run shares it; who asks soon after gets its result', async () => {
  let runs = 0
  let end: (result: ProbeResult) => void = () => undefined
  const { runner, clock } = start(() => {
    runs++
    return new Promise((resolve) => {
      end = resolve
    })
  })
  const asked = [runner.recent(), runner.recent(), runner.run()]
  assert.equal(runs, 1)
  end(RESULT)
  assert.deepEqual(await Promise.all(asked), [RESULT, RESULT, RESULT])
  clock.now += 999
  assert.equal(await runner.recent(), RESULT)
  assert.equal(runs, 1)
  clock.now += 1
  const again = runner.recent()
  assert.equal(runs, 2)
  end(RESULT)
  await again
})

test('a run that breaks is unknown, is logged without its error shown, and does not end the next', async () => {
  let runs = 0
  const { runner, lines } = start(() => {
    runs++
    return runs === 1 ? Promise.reject(new Error('a defect')) : Promise.resolve(RESULT)
  })
  const broken = await runner.run()
  assert.deepEqual([broken.outcome, broken.steps], ['unknown', []])
  assert.equal(lines[0]?.severity, 'ERROR')
  assert.equal(await runner.run(), RESULT)
})

test('runs again and again until it is stopped, one run at a time', async () => {
  let runs = 0
  let atOnce = 0
  const { runner } = start(
    async () => {
      runs++
      atOnce++
      assert.equal(atOnce, 1)
      await new Promise((resolve) => setTimeout(resolve, 1))
      atOnce--
      return RESULT
    },
    { intervalMs: 2 },
  )
  runner.start()
  while (runs < 4) await new Promise((resolve) => setTimeout(resolve, 1))
  await runner.stop()
  const before = runs
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(runs, before)
})

test('stop ends the run in hand, and waits for it', async () => {
  let ended = false
  const { runner } = start(
    (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          setTimeout(() => {
            ended = true
            resolve(RESULT)
          }, 5)
        })
      }),
  )
  runner.start()
  await runner.stop()
  assert.equal(ended, true)
})
