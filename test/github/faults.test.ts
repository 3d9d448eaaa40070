import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { FaultEffect } from '../../emulator/index.ts'
import { StsError } from '#pkg/errors'
import { createGrant, type Installation } from '#pkg/github'
import {
  because,
  FIND,
  MINT,
  patient,
  POLICY_PATH,
  READ,
  startWorld,
  TARGET,
  type World,
} from './support/world.ts'

const CALL_TIMEOUT_MS = 300

const limited = {
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': '1785589800',
}

interface Fault {
  readonly effect: FaultEffect
  readonly reason: string
  /** Of a call that may be repeated. */
  readonly calls: number
  /** For a mint that may have taken effect. */
  readonly mintReason?: string
}

const FAULTS: readonly Fault[] = [
  { effect: { kind: 'reset' }, reason: 'github_network', calls: 3, mintReason: 'mint_unknown' },
  { effect: { kind: 'cut_body' }, reason: 'github_network', calls: 3, mintReason: 'mint_unknown' },
  { effect: { kind: 'timeout' }, reason: 'github_timeout', calls: 1, mintReason: 'mint_unknown' },
  { effect: { kind: 'slow', delayMs: 1000 }, reason: 'github_timeout', calls: 1, mintReason: 'mint_unknown' },
  {
    effect: { kind: 'drip', intervalMs: 50 },
    reason: 'github_timeout',
    calls: 1,
    mintReason: 'mint_unknown',
  },
  { effect: { kind: 'bad_json' }, reason: 'github_answer_malformed', calls: 1, mintReason: 'mint_unknown' },
  { effect: { kind: 'wrong_type' }, reason: 'github_answer_malformed', calls: 1, mintReason: 'mint_unknown' },
  { effect: { kind: 'status', status: 500, body: '<html>' }, reason: 'github_unavailable', calls: 3 },
  { effect: { kind: 'status', status: 503 }, reason: 'github_unavailable', calls: 3 },
  { effect: { kind: 'status', status: 400 }, reason: 'github_refused', calls: 1 },
  { effect: { kind: 'status', status: 418 }, reason: 'github_refused', calls: 1 },
  { effect: { kind: 'status', status: 202 }, reason: 'github_refused', calls: 1 },
  { effect: { kind: 'status', status: 429 }, reason: 'github_rate_limited', calls: 1 },
  ...[403, 404, 401, 422, 500].map((status) => ({
    effect: { kind: 'status', status, headers: { 'retry-after': '17' } } as const,
    reason: 'github_rate_limited',
    calls: 1,
  })),
  ...[403, 404, 422].map((status) => ({
    effect: { kind: 'status', status, headers: limited } as const,
    reason: 'github_rate_limited',
    calls: 1,
  })),
  {
    effect: { kind: 'status', status: 422, body: { message: 'This has been flagged as spammed' } },
    reason: 'github_rate_limited',
    calls: 1,
  },
]

describe('N: a fault of GitHub', () => {
  let world: World
  afterEach(() => world.close())

  const find = (): Promise<unknown> => world.install()
  const read = (installation: Installation): Promise<unknown> =>
    world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
  const mint = (installation: Installation): Promise<unknown> =>
    world.app.mintToken(
      { grant: createGrant({ issues: 'read' }, ['widgets']), installation, target: TARGET },
      patient,
    )

  const OPERATIONS = [
    { name: 'finding an installation', operation: FIND, run: find, isMint: false },
    { name: 'reading a file', operation: READ, run: read, isMint: false },
    { name: 'minting a read token', operation: MINT, run: read, isMint: true },
    { name: 'minting a token', operation: MINT, run: mint, isMint: true },
  ]

  for (const { name, operation, run, isMint } of OPERATIONS) {
    for (const { effect, reason, calls, mintReason = reason } of FAULTS) {
      it(`while ${name} is typed, and nothing is remembered of it: ${JSON.stringify(effect)}`, async () => {
        world = await startWorld({ app: { callTimeoutMs: CALL_TIMEOUT_MS } })
        const installation = await world.install()
        world.app.forgetOwner('acme')
        world.takeCalls()
        const end = world.github.fault({ ...effect, match: operation })
        await assert.rejects(run(installation), because(isMint ? mintReason : reason))
        const made = world.takeCalls().filter((call) => call === operation).length
        assert.equal(made, isMint ? 1 : calls)
        end()
        await run(installation)
      })
    }
  }

  it('that is a rate limit says how long to wait', async () => {
    world = await startWorld()
    const reset = String(world.now() / 1000 + 90)
    for (const [headers, retryAfterMs] of [
      [{ 'retry-after': '17', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, 17_000],
      [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, 90_000],
      [{ 'retry-after': '999999' }, 3_600_000],
      [{ 'retry-after': '0' }, 1000],
      [{ 'retry-after': 'soon' }, 60_000],
    ] as const) {
      world.failNext(FIND, { kind: 'status', status: 403, headers })
      await assert.rejects(find(), (error) => {
        assert.ok(error instanceof StsError)
        assert.equal(error.retryAfterMs, retryAfterMs, JSON.stringify(headers))
        return true
      })
    }
  })

  it('that is a rate limit without a time is waited for longer each time it comes back', async () => {
    world = await startWorld()
    world.github.fault({ kind: 'status', status: 429, match: FIND })
    const waits: (number | undefined)[] = []
    for (const pause of [0, 30_000, 30_000, 120_000, 3_600_000]) {
      world.advance(pause)
      const error: unknown = await find().catch((thrown: unknown) => thrown)
      waits.push(error instanceof StsError ? error.retryAfterMs : undefined)
    }
    assert.deepEqual(waits, [60_000, 30_000, 120_000, 240_000, 60_000])
  })

  it('passes when asking again helps', async () => {
    world = await startWorld()
    world.failNext(FIND, { kind: 'reset' })
    world.failNext(FIND, { kind: 'status', status: 502 })
    await find()
    assert.equal(world.pauses.length, 2)
  })

  it('is not met by asking again for a caller who has gone', async () => {
    const caller = new AbortController()
    world = await startWorld({
      app: {
        onCall: () => {
          caller.abort(new StsError('caller_gone'))
        },
      },
    })
    world.github.fault({ kind: 'status', status: 500, match: FIND })
    const finding = world.app.findInstallation(TARGET, { signal: caller.signal })
    await assert.rejects(finding, because('caller_gone'))
    assert.equal(world.takeCalls().length, 1)
  })

  it('shows in no error: neither token nor JWT nor what GitHub sent', async () => {
    world = await startWorld()
    const { inspect } = await import('node:util')
    const installation = await world.install()
    const body = { message: 'canary-text', token: 'ghs_canary' }
    for (const [operation, run] of [
      [FIND, find],
      [MINT, () => mint(installation)],
      [READ, () => read(installation)],
    ] as const) {
      for (const status of [200, 201, 400, 422, 500]) {
        world.app.forgetOwner('acme')
        world.github.fault({ kind: 'status', status, body, match: operation })
        const error: unknown = await run().catch((thrown: unknown) => thrown)
        assert.doesNotMatch(inspect(error, { depth: 10 }), /canary|ghs_|eyJ/, `${operation} ${status}`)
        world.github.clearFaults()
      }
    }
  })
})
