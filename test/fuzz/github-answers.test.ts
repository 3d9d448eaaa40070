import assert from 'node:assert/strict'
import fc from 'fast-check'
import { policyFor, startExchangeWorld } from '../exchange/support/exchange-world.ts'
import { fuzz } from './support/fuzz.ts'

/** Nothing that was learnt about GitHub is still believed, in milliseconds. */
const PAST_EVERYTHING_MS = 3 * 3_600_000

const OPERATIONS = [
  'apps/create-installation-access-token',
  'apps/get-repo-installation',
  'repos/get-content',
] as const

/** A change to a JSON value at the end of a way into it: through members by name, or one of those that are there. */
interface Change {
  readonly way: readonly (number | string)[]
  /** Undefined: the member is left out. */
  readonly value: unknown
}

function change(body: unknown, { way: [step, ...way], value }: Change): unknown {
  if (step === undefined || typeof body !== 'object' || body === null) return value
  const entries = Object.entries(body)
  const chosen = typeof step === 'string' ? step : entries[step % Math.max(1, entries.length)]?.[0]
  const changed = entries.map(([name, member]): [string, unknown] =>
    name === chosen ? [name, change(member, { way, value })] : [name, member],
  )
  const kept = changed.filter(([, member]) => member !== undefined)
  return Array.isArray(body) ? kept.map(([, member]) => member) : Object.fromEntries(kept)
}

const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      undefined,
      null,
      '',
      0,
      -1,
      1.5,
      true,
      [],
      {},
      [[]],
      'x',
      'all',
      'selected',
      'write',
      'admin',
      'read',
      '\ud800',
    ],
    ...[
      { contents: 'write' },
      { contents: 'read', administration: 'write' },
      [{ full_name: 'acme/docs' }],
      'ghs_\n',
      1e300,
    ],
    ...[
      '2026-01-01T00:00:00Z',
      '2999-01-01T00:00:00Z',
      'acme/other',
      'evil',
      { login: 'evil' },
      'dir',
      'x'.repeat(5_000),
    ],
  ),
  fc.jsonValue(),
)
/** Lies that would do harm if they were believed. */
const HARMFUL: readonly Change[] = [
  { way: ['permissions', 'contents'], value: 'write' },
  { way: ['permissions'], value: { contents: 'read', administration: 'write' } },
  { way: ['permissions'], value: undefined },
  { way: ['repositories', 0, 'full_name'], value: 'acme/docs' },
  { way: ['repositories', 0, 'full_name'], value: 'evil/app' },
  { way: ['repositories'], value: [{ full_name: 'acme/app' }, { full_name: 'acme/docs' }] },
  { way: ['repositories'], value: undefined },
  { way: ['repository_selection'], value: 'all' },
  { way: ['expires_at'], value: '2999-01-01T00:00:00Z' },
  { way: ['token'], value: 'ghs_\nSet-Cookie: a' },
  { way: ['account', 'login'], value: 'evil' },
]
const lies: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...HARMFUL),
  fc.record({ way: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }), value }),
)
const lie = fc.record({
  operation: fc.constantFrom(OPERATIONS[0], ...OPERATIONS),
  times: fc.constantFrom(1, 99, 99),
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(200, 201, 204, 302, 304, 401, 403, 404, 422, 429, 500) },
  ),
  changes: fc.array(lies, { maxLength: 3 }),
})

/** What a denied caller may be told when GitHub is the one who is wrong. */
const CODES = new Set([
  ...['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'GRANT_EXCEEDED', 'INSTALLATION_NOT_FOUND', 'POLICY_NOT_FOUND'],
  ...[
    'POLICY_INVALID',
    'PERMISSION_NOT_GRANTED',
    'ISSUER_LIST_INVALID',
    'POLICY_MISMATCH',
    'ISSUER_NOT_ALLOWED',
  ],
])

fuzz('whatever GitHub answers, a token is given as granted, or refused with a reason', 30, async (t) => {
  const world = await startExchangeWorld(t)
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
  return fc.asyncProperty(lie, async ({ operation, times, status, changes }) => {
    world.clock.now += PAST_EVERYTHING_MS
    world.github.clearFaults()
    world.github.clearCalls()
    world.issuer.clearCalls()
    world.records.length = 0
    world.causes.length = 0
    const told: unknown[] = []
    world.github.fault({
      kind: 'answer',
      match: operation,
      times,
      ...(status !== undefined && { status }),
      rewrite: (body) => {
        const rewritten = changes.reduce(change, body)
        if (operation === 'apps/create-installation-access-token') told.push(rewritten)
        return rewritten ?? null
      },
    })
    const outcome = await world.ask({})
    const { code } = outcome.ok ? { code: 'OK' } : outcome.denial
    assert.ok(outcome.ok || CODES.has(code), code)
    assert.deepEqual(
      world.records.filter((record) => record.outcome === 'INTERNAL'),
      [],
    )
    if (!outcome.ok) return
    assert.match(outcome.token, /^[\x21-\x7e]+$/)
    assert.ok(
      Object.entries(outcome.permissions).every((entry) =>
        ['contents,read', 'metadata,read'].includes(String(entry)),
      ),
    )
    assert.deepEqual(outcome.repositories, ['app'])
    // Of a changed answer, only what was granted was believed.
    const answer = told.find((it) => (it as { readonly token?: unknown } | null)?.token === outcome.token)
    if (answer === undefined) return
    const { permissions, repositories } = answer as {
      permissions: object
      repositories: { full_name: string }[]
    }
    assert.deepEqual({ ...outcome.permissions }, permissions)
    assert.deepEqual([...new Set(repositories.map((it) => it.full_name.toLowerCase()))], ['acme/app'])
  })
})
