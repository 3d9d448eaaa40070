import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StsError, toStsError } from '#pkg/errors'
import { createGrant } from '#pkg/github'
import { secondaryRateLimit } from '../../../emulator/index.ts'
import { because, FIND, MINT, patient } from '../support/world.ts'
import { mintsOf, startPoolWorld, type PoolWorld } from './support/pool-world.ts'

const WIDGETS = { owner: 'acme', repository: 'widgets' } as const

/** Lets each App read, so that what it has left is known. */
async function learn(world: PoolWorld, remaining: readonly number[]): Promise<void> {
  for (const [index, left] of remaining.entries()) world.setRemaining(world.apps[index], left)
  while (world.limits.quotas().length < remaining.length) await world.read()
  world.takeCalls()
}

describe('a token', () => {
  it('costs one call once the Apps are found', async (t) => {
    const world = await startPoolWorld(t)
    await world.mint()
    world.takeCalls()
    await world.mint()
    assert.equal(world.takeCalls().length, 1)
  })

  it('is made by the App with most left', async (t) => {
    const world = await startPoolWorld(t, { random: () => 0.5 })
    await learn(world, [900, 4_000, 2_000])
    for (let count = 0; count < 5; count++) assert.equal(await world.mintBy(), world.apps[1]?.id)
  })

  it('is made by each App in its turn while they have as much left', async (t) => {
    const world = await startPoolWorld(t)
    const made = new Set<number>()
    for (let count = 0; count < 60; count++) made.add(await world.mintBy())
    assert.equal(made.size, 3)
  })

  for (const [what, spoil] of [
    ['is rate limited', (world, app) => world.fail(app, secondaryRateLimit(60), MINT)],
    [
      'is rate limited by a 422',
      (world, app) => world.fail(app, { kind: 'status', status: 422, headers: { 'retry-after': '9' } }, MINT),
    ],
    [
      'has spent its hour',
      (world, { id }) => {
        world.github.setRateLimit({ app: id }, { remaining: 0 })
      },
    ],
    [
      'is suspended',
      ({ github }, app) => {
        github.suspend(app.installation)
      },
    ],
    [
      'is uninstalled',
      ({ github }, app) => {
        github.uninstall(app.installation)
      },
    ],
    [
      'lacks the repository',
      ({ github }, app) => {
        github.updateInstallation(app.installation, { repositories: ['gadgets'] })
      },
    ],
    [
      'lacks a permission',
      ({ github }, app) => {
        github.updateInstallation(app.installation, { permissions: { contents: 'read' } })
      },
    ],
    [
      'has a key that GitHub refuses',
      ({ github }, app) => {
        github.removeAppKeys(app)
      },
    ],
  ] as readonly (readonly [string, (world: PoolWorld, app: PoolWorld['apps'][number]) => void])[]) {
    it(`is made by another App when the first ${what}`, async (t) => {
      // Draws that are all alike put them in the order of the configuration.
      const world = await startPoolWorld(t, { apps: 2, random: () => 0.5 })
      const [first, second] = world.apps
      assert.ok(first && second)
      assert.equal(await world.mintBy(), first.id)
      spoil(world, first)
      world.takeCalls()
      assert.equal(await world.mintBy(), second.id)
      assert.equal(world.takeCalls().filter((call) => call === `${MINT} 1`).length, 1)
    })
  }

  for (const [what, effect] of [
    ['is lost', { kind: 'reset', worked: true }],
    ['never comes', { kind: 'timeout', worked: true }],
    ['is half an answer', { kind: 'cut_body' }],
    ['is no JSON', { kind: 'bad_json' }],
    ['comes from a gateway that gave up', { kind: 'status', status: 504 }],
  ] as const) {
    it(`whose answer ${what} is unknown, and no other App is asked`, async (t) => {
      const world = await startPoolWorld(t, { callTimeoutMs: 500 })
      await world.mint()
      world.takeCalls()
      world.github.fault({ ...effect, match: MINT })
      await assert.rejects(world.mint(), because('mint_unknown'))
      assert.equal(world.takeCalls().length, 1)
    })
  }

  it('is asked of three Apps at most', async (t) => {
    const world = await startPoolWorld(t, { apps: 5 })
    await world.open()
    world.takeCalls()
    world.github.fault({ ...secondaryRateLimit(60), match: MINT })
    await assert.rejects(world.mint(), because('github_rate_limited'))
    assert.equal(world.takeCalls().length, 3)
    await assert.rejects(world.mint(), because('github_rate_limited'))
    assert.equal(world.takeCalls().length, 2, 'those that were told to wait are left alone')
    await assert.rejects(world.mint(), because('github_rate_limited'))
    assert.deepEqual(world.takeCalls(), [])
  })

  it('is promised for when the first App may be used again', async (t) => {
    const world = await startPoolWorld(t)
    await world.open()
    for (const [index, seconds] of [60, 20, 40].entries()) {
      world.fail(world.apps[index], secondaryRateLimit(seconds), MINT)
    }
    for (let count = 0; count < 2; count++) {
      const error = toStsError(await world.mint().catch((thrown: unknown) => thrown))
      assert.equal(error.reason, 'github_rate_limited')
      assert.equal(error.retryAfterMs, 20_000)
    }
    world.github.clearFaults()
    world.clock.now += 20_000
    assert.equal(await world.mintBy(), world.apps[1]?.id)
  })

  it('is promised for soon when there is an App that was not tried', async (t) => {
    const world = await startPoolWorld(t, { apps: 4, random: () => 0.5 })
    await world.open()
    for (const app of world.apps.slice(0, 3)) world.fail(app, secondaryRateLimit(3_600), MINT)
    const error = toStsError(await world.mint().catch((thrown: unknown) => thrown))
    assert.deepEqual([error.reason, error.retryAfterMs], ['github_rate_limited', 1_000])
    assert.equal(await world.mintBy(), world.apps[3]?.id)
  })

  it('is promised for when an App may be used again that could not say where it is installed', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    world.fail(world.apps[1], secondaryRateLimit(20))
    await world.open()
    world.fail(world.apps[0], secondaryRateLimit(3_600), MINT)
    const error = toStsError(await world.mint().catch((thrown: unknown) => thrown))
    assert.deepEqual([error.reason, error.retryAfterMs], ['github_rate_limited', 20_000])
  })

  it('is not denied for good while an App that may make it could not be asked', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [narrow, down] = world.apps
    assert.ok(narrow && down)
    world.fail(down, { kind: 'status', status: 503 })
    await world.open()
    world.github.updateInstallation(narrow.installation, { repositories: ['gadgets'] })
    await assert.rejects(world.mint(), because('github_unavailable'))
    world.github.clearFaults()
    world.clock.now += 5_000
    assert.equal(await world.mintBy(), down.id)
  })

  it('tells of a rate limit before what else keeps Apps from making it', async (t) => {
    const world = await startPoolWorld(t)
    await world.open()
    const [limited, refused, gone] = world.apps
    assert.ok(limited && refused && gone)
    world.fail(limited, secondaryRateLimit(60), MINT)
    world.github.removeAppKeys(refused)
    world.github.uninstall(gone.installation)
    await assert.rejects(world.mint(), because('github_rate_limited'))
  })

  it('is not said to have no installation while one App could not be asked', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [gone, down] = world.apps
    assert.ok(gone && down)
    world.fail(down, { kind: 'status', status: 503 })
    await world.open()
    world.github.uninstall(gone.installation)
    await assert.rejects(world.mint(), because('github_unavailable'))
  })

  it('is asked of Apps last that have refused the same grant just now', async (t) => {
    const world = await startPoolWorld(t, { apps: 4, random: () => 0.5 })
    const grant = createGrant({ contents: 'write' }, ['widgets'])
    const opened = await world.open()
    for (const { installation } of world.apps.slice(0, 2)) {
      world.github.updateInstallation(installation, { repositories: ['gadgets'] })
    }
    world.takeCalls()
    const mint = () => opened.mintToken({ grant, target: WIDGETS }, patient)
    await mint()
    assert.deepEqual(mintsOf(world.takeCalls()), [`${MINT} 0`, `${MINT} 1`, `${MINT} 2`])
    for (let count = 0; count < 3; count++) await mint()
    assert.deepEqual(world.takeCalls(), [`${MINT} 2`, `${MINT} 2`, `${MINT} 2`])
    world.clock.now += 60_000
    world.github.updateInstallation(world.apps[0]?.installation ?? { id: 0 }, { repositories: 'all' })
    await mint()
    assert.deepEqual(world.takeCalls(), [`${MINT} 0`])
  })

  it('is asked of no other App once its caller has left', async (t) => {
    const world = await startPoolWorld(t, { random: () => 0.5 })
    await world.open()
    world.takeCalls()
    world.github.setRateLimit({ app: world.apps[0]?.id ?? 0 }, { remaining: 0 })
    world.fail(world.apps[0], { kind: 'slow', delayMs: 100 }, MINT)
    const leaving = new AbortController()
    const minting = world.mint({ signal: leaving.signal })
    while (world.github.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    leaving.abort(new StsError('caller_gone'))
    await assert.rejects(minting)
    assert.deepEqual(world.takeCalls(), [`${MINT} 0`])
  })

  it('does not come from an App that another account has installed under the same name', async (t) => {
    const world = await startPoolWorld(t, { apps: 2, random: () => 0.5 })
    const opened = await world.open()
    world.github.renameAccount('acme', 'acme-before')
    world.github.addOrganization('acme')
    world.github.addRepository({ owner: 'acme', name: 'widgets' })
    for (const { id, installation } of world.apps) {
      world.github.uninstall(installation)
      world.github.install({ app: { id }, account: 'acme' })
    }
    const grant = createGrant({ contents: 'write' }, ['widgets'])
    await assert.rejects(
      opened.mintToken({ grant, target: WIDGETS }, patient),
      because('installation_missing'),
    )
    assert.deepEqual(world.github.liveTokens(), [])
    assert.ok(world.takeCalls().some((call) => call.startsWith(FIND)))
  })

  it('is made although GitHub overstates what one App has left', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    await learn(world, [5_000, 5_000])
    const [liar, honest] = world.apps
    assert.ok(liar && honest)
    world.limits.adopt(
      [
        {
          appId: String(liar.id),
          installationId: liar.installation.id,
          limit: 10_000_000,
          remaining: 10_000_000,
          resetAt: world.clock.now + 3_600_000,
          seenAt: world.clock.now,
        },
      ],
      ({ appId, installationId }) => appId === String(liar.id) && installationId === liar.installation.id,
    )
    world.github.setRateLimit({ app: liar.id }, { remaining: 0 })
    for (let count = 0; count < 5; count++) assert.equal(await world.mintBy(), honest.id)
  })
})
