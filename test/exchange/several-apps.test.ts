import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { secondaryRateLimit, type FaultEffect } from '../../emulator/index.ts'
import { appOf } from '../github/pool/support/pool-world.ts'
import { policyFor, startExchangeWorld, type ExchangeWorld } from './support/exchange-world.ts'

const LIST = '.github/chainguard/trusted-token-issuers.yaml'
const OTHER = 'https://issuer.example.com'
const FIND = 'apps/get-repo-installation'
const MINT = 'apps/create-installation-access-token'
const READ = 'repos/get-content'

/** How one App stands towards the repository of the list. */
type Standing =
  | 'sees'
  | 'blind'
  | 'suspended'
  | 'missing'
  /** Reads the list, but cannot say where it is installed. */
  | { readonly find: FaultEffect }
  | { readonly token: FaultEffect }
  | { readonly read: FaultEffect }

const DOWN = { kind: 'status', status: 503 } as const
const LIMITED = secondaryRateLimit(30)

interface Row {
  readonly name: string
  readonly apps: readonly Standing[]
  /** With a list that does not have the issuer; `ISSUER_NOT_ALLOWED` proves that it was read. */
  readonly code: string
  readonly source?: string
}

const ROWS: readonly Row[] = [
  { name: 'all can read it', apps: ['sees', 'sees'], code: 'ISSUER_NOT_ALLOWED' },
  { name: 'only one of three can', apps: ['blind', 'sees', 'blind'], code: 'ISSUER_NOT_ALLOWED' },
  { name: 'none can', apps: ['blind', 'blind', 'blind'], code: 'OK', source: 'unreadable' },
  {
    name: 'none can, one being missing',
    apps: ['blind', 'missing'],
    code: 'OK',
    source: 'unreadable',
  },
  {
    name: 'none can, one being suspended, which may be the one that could',
    apps: ['blind', 'suspended', 'missing'],
    code: 'INSTALLATION_NOT_FOUND',
  },
  { name: 'one is suspended and another can', apps: ['suspended', 'sees'], code: 'ISSUER_NOT_ALLOWED' },
  { name: 'no App is installed', apps: ['missing', 'missing'], code: 'INSTALLATION_NOT_FOUND' },
  { name: 'all are suspended', apps: ['suspended', 'suspended'], code: 'INSTALLATION_NOT_FOUND' },
  { name: 'one is limited by a 403', apps: ['blind', { token: LIMITED }], code: 'RATE_LIMITED' },
  {
    name: 'one is limited by a 429',
    apps: ['blind', { token: { kind: 'status', status: 429 } }],
    code: 'RATE_LIMITED',
  },
  {
    name: 'one is limited by a 422 with a time to wait',
    apps: ['blind', { token: { kind: 'status', status: 422, headers: { 'retry-after': '5' } } }],
    code: 'RATE_LIMITED',
  },
  {
    name: 'one is limited by a 422 with nothing left',
    apps: ['blind', { token: { kind: 'status', status: 422, headers: { 'x-ratelimit-remaining': '0' } } }],
    code: 'RATE_LIMITED',
  },
  {
    name: 'one is limited by a 422 that speaks of abuse',
    apps: ['blind', { token: { kind: 'status', status: 422, body: { message: 'abuse detection' } } }],
    code: 'RATE_LIMITED',
  },
  { name: 'one is limited when it reads', apps: ['blind', { read: LIMITED }], code: 'RATE_LIMITED' },
  { name: 'one is limited and another can', apps: [{ read: LIMITED }, 'sees'], code: 'ISSUER_NOT_ALLOWED' },
  { name: 'one is down', apps: ['blind', { token: DOWN }], code: 'UPSTREAM_UNAVAILABLE' },
  { name: 'one is down when it reads', apps: [{ read: DOWN }, 'blind'], code: 'UPSTREAM_UNAVAILABLE' },
  { name: 'one is down and another can', apps: [{ token: DOWN }, 'sees'], code: 'ISSUER_NOT_ALLOWED' },
  {
    name: 'one cannot say where it is installed',
    apps: ['blind', { find: DOWN }],
    code: 'UPSTREAM_UNAVAILABLE',
  },
  {
    name: 'one cannot say where it is installed, being limited',
    apps: ['blind', { find: LIMITED }],
    code: 'RATE_LIMITED',
  },
  {
    name: 'one hangs when asked where it is installed, and one is missing',
    apps: ['blind', 'missing', { find: { kind: 'timeout' } }],
    code: 'UPSTREAM_UNAVAILABLE',
  },
  {
    name: 'one has a key that GitHub refuses',
    apps: ['blind', { token: { kind: 'status', status: 401 } }],
    code: 'UPSTREAM_UNAVAILABLE',
  },
  {
    name: 'one has a read token that GitHub refuses',
    apps: ['blind', { read: { kind: 'status', status: 403 } }],
    code: 'UPSTREAM_UNAVAILABLE',
  },
]

async function worldOf(t: TestContext, apps: readonly Standing[]): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t, { apps: apps.length, callTimeoutMs: 2_000 })
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
  for (const [index, standing] of apps.entries()) stand(world, index, standing)
  return world
}

function stand({ github, apps }: ExchangeWorld, index: number, standing: Standing): void {
  const app = apps[index]
  assert.ok(app)
  if (standing === 'blind') github.updateInstallation(app.installation, { repositories: ['app', 'docs'] })
  else if (standing === 'suspended') github.suspend(app.installation)
  else if (standing === 'missing') github.uninstall(app.installation)
  if (typeof standing === 'string') return
  const [effect, operation] =
    'find' in standing
      ? [standing.find, FIND]
      : 'token' in standing
        ? [standing.token, MINT]
        : [standing.read, READ]
  github.fault({
    ...effect,
    match: (request) => {
      const isOfList = operation === FIND || /"\.github"|\/\.github\/contents/.test(textOf(request))
      return request.operation === operation && isOfList && appOf(request.headers) === app.id
    },
  })
}

function textOf({ target, body }: { readonly target: string; readonly body: Buffer }): string {
  return `${target} ${body.toString()}`
}

async function codeOf(world: ExchangeWorld): Promise<string> {
  const outcome = await world.ask({})
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('the organization’s issuer list with several Apps', () => {
  for (const { name, apps, code, source } of ROWS) {
    test(`${name}: ${code}`, async (t) => {
      const world = await worldOf(t, apps)
      world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
      assert.equal(await codeOf(world), code)
      if (source !== undefined) assert.equal(world.records.at(-1)?.issuerList?.source, source)
    })
  }

  test('absent through one that can read: every issuer may, although others fail', async (t) => {
    const world = await worldOf(t, [{ token: DOWN }, 'sees', { read: LIMITED }])
    assert.equal(await codeOf(world), 'OK')
    assert.equal(world.records[0]?.issuerList?.source, 'absent')
  })

  test('that only an App can read which does not have the repository of the policy: still counts', async (t) => {
    const world = await worldOf(t, ['blind', 'sees'])
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    const [, reader] = world.apps
    assert.ok(reader)
    world.github.updateInstallation(reader.installation, { repositories: ['.github'] })
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })

  test('that was out of sight is asked for again before it is believed to be so', async (t) => {
    const world = await worldOf(t, ['blind', 'blind'])
    assert.equal(await codeOf(world), 'OK')
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    const [, seeing] = world.apps
    assert.ok(seeing)
    world.github.updateInstallation(seeing.installation, { repositories: 'all' })
    world.clock.now += 60_000
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })

  for (const [name, standing] of [
    ['down', DOWN],
    ['rate limited', LIMITED],
  ] as const) {
    test(`and its last good answer serve for an hour while all Apps are ${name}`, async (t) => {
      const world = await worldOf(t, ['sees', 'sees'])
      world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
      assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
      for (const operation of [READ, MINT]) world.github.fault({ ...standing, match: operation })
      world.clock.now += 59 * 60_000
      assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
      assert.equal(world.records.at(-1)?.issuerList?.stale, true)
      world.clock.now += 2 * 60_000
      assert.match(await codeOf(world), /^(RATE_LIMITED|UPSTREAM_UNAVAILABLE)$/)
    })
  }
})

describe('an exchange with several Apps', () => {
  for (const apps of [2, 4]) {
    test(`costs as many round trips as with one when cold, and one call when warm: ${apps}`, async (t) => {
      const world = await startExchangeWorld(t, { apps, latencyMs: 20 })
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      assert.equal(await codeOf(world), 'OK')
      const cold = world.gitHubCalls()
      assert.equal(cold.depth, 4)
      const count = (operation: string) => cold.operations.filter((each) => each === operation).length
      assert.deepEqual([count(FIND), count(READ), count(MINT)], [apps, 2, 3])
      assert.equal(cold.operations.length, apps + 5)
      for (let warm = 0; warm < 5; warm++) {
        assert.equal(await codeOf(world), 'OK')
        assert.deepEqual(world.gitHubCalls().operations, [MINT])
      }
    })
  }

  test('is recorded with the App that made the token', async (t) => {
    const world = await worldOf(t, ['sees', 'sees'])
    await codeOf(world)
    const [limited] = world.apps
    assert.ok(limited)
    world.github.setRateLimit({ app: limited.id }, { remaining: 0 })
    for (let count = 0; count < 3; count++) assert.equal(await codeOf(world), 'OK')
    assert.equal(world.records.at(-1)?.installation?.appId, String(world.apps[1]?.id))
    assert.equal(world.records.at(-1)?.installation?.id, world.apps[1]?.installation.id)
  })

  test('that may write checks is served by one App', async (t) => {
    const world = await worldOf(t, ['sees', 'sees', 'sees'])
    const checks = 'permissions:\n  checks: write\n'
    for (let number = 0; number < 6; number++) {
      world.policy('acme/app', `checker-${number}`, policyFor(world.issuer.issuer, checks))
    }
    const chosen = new Set<unknown>()
    for (let number = 0; number < 6; number++) {
      const by = new Set<unknown>()
      for (let count = 0; count < 4; count++) {
        assert.ok((await world.ask({ identity: `checker-${number}` })).ok)
        by.add(world.records.at(-1)?.installation?.appId)
      }
      assert.equal(by.size, 1)
      for (const appId of by) chosen.add(appId)
    }
    assert.ok(chosen.size > 1)
  })
})
