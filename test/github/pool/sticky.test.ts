import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StsError } from '#pkg/errors'
import { createGrant, createStickyRoutes } from '#pkg/github'
import { createMemoryStore, type SharedStore } from '#pkg/store'
import { secondaryRateLimit } from '../../../emulator/index.ts'
import { because, MINT, patient } from '../support/world.ts'
import { LIFETIME_MS, mintsOf, startPoolWorld, type PoolWorld } from './support/pool-world.ts'

const ROUTES = Array.from({ length: 12 }, (_, number) => `route ${number}`)

async function served(world: PoolWorld, pool = world.pool): Promise<Map<string, number>> {
  const by = new Map<string, number>()
  for (const route of ROUTES) by.set(route, await world.mintBy({ route, pool }))
  return by
}

/** A world whose store goes by its clock, and can be away. */
async function startStoreWorld(t: Parameters<typeof startPoolWorld>[0]) {
  let now = (): number => 0
  const memory = createMemoryStore({ now: () => now() })
  const state = { isAway: false, calls: 0 }
  const unlessAway = <T>(work: () => Promise<T>): Promise<T> => {
    state.calls++
    return state.isAway ? Promise.reject(new StsError('store_unavailable')) : work()
  }
  const store: SharedStore = {
    ...memory,
    get: (key) => unlessAway(() => memory.get(key)),
    setIfAbsent: (...entry) => unlessAway(() => memory.setIfAbsent(...entry)),
    compareAndSet: (...change) => unlessAway(() => memory.compareAndSet(...change)),
  }
  const world = await startPoolWorld(t, { store })
  now = () => world.clock.now
  return { world, store, state }
}

describe('a route without a store', () => {
  it('is served by one App, whichever replica is asked', async (t) => {
    const world = await startPoolWorld(t)
    const replica = world.createPool({ apps: world.apps.map(({ app }) => app).reverse() })
    const before = await served(world)
    assert.ok(new Set(before.values()).size > 1)
    assert.deepEqual(await served(world, replica), before)
    assert.deepEqual(await served(world), before)
  })

  it('moves only when its App is gone', async (t) => {
    const world = await startPoolWorld(t)
    const before = await served(world)
    const [gone] = world.apps
    assert.ok(gone)
    world.github.uninstall(gone.installation)
    for (let round = 0; round < 2; round++) {
      for (const [route, id] of await served(world)) {
        if (before.get(route) === gone.id) assert.notEqual(id, gone.id)
        else assert.equal(id, before.get(route))
      }
    }
  })

  it('does not move while its App cannot be asked', async (t) => {
    const world = await startPoolWorld(t)
    const before = await served(world)
    const replica = world.createPool()
    for (const { app } of world.apps) app.forgetOwner('acme')
    const [down] = world.apps
    assert.ok(down)
    const mend = world.fail(down, { kind: 'status', status: 503 })
    for (const [route, id] of before) {
      if (id !== down.id) assert.equal(await world.mintBy({ route, pool: replica }), id)
      else await assert.rejects(world.mint({ route, pool: replica }), because('github_unavailable'))
    }
    mend()
    world.clock.now += 5_000
    assert.deepEqual(await served(world, replica), before)
  })
})

describe('a route to an App that may not make the token', () => {
  for (const [kind, start] of [
    ['without a store', startPoolWorld],
    ['in a store', async (t: Parameters<typeof startPoolWorld>[0]) => (await startStoreWorld(t)).world],
  ] as const) {
    it(`goes to another, and stays there, ${kind}`, async (t) => {
      const world = await start(t)
      const [narrow] = world.apps
      assert.ok(narrow)
      await world.open()
      world.github.updateInstallation(narrow.installation, { repositories: ['gadgets'] })
      const before = await served(world)
      assert.ok([...before.values()].every((id) => id !== narrow.id))
      assert.deepEqual(await served(world, world.createPool()), before)
    })

    it(`is nobody’s while all may not, ${kind}`, async (t) => {
      const world = await start(t)
      const [mended] = world.apps
      assert.ok(mended)
      await world.open()
      for (const { installation } of world.apps) {
        world.github.updateInstallation(installation, { repositories: ['gadgets'] })
      }
      for (const route of ROUTES)
        await assert.rejects(world.mint({ route }), because('permission_not_granted'))
      world.github.updateInstallation(mended.installation, { repositories: ['widgets'] })
      world.clock.now += 60_000
      const after = await served(world)
      assert.ok([...after.values()].every((id) => id === mended.id))
    })
  }

  it('costs GitHub one refusal a minute and App', async (t) => {
    const world = await startPoolWorld(t)
    const [narrow] = world.apps
    assert.ok(narrow)
    const opened = await world.open()
    world.github.updateInstallation(narrow.installation, { repositories: ['gadgets'] })
    world.takeCalls()
    const grant = createGrant({ contents: 'write' }, ['widgets'])
    const target = { owner: 'acme', repository: 'widgets' }
    const mintAll = async () => {
      for (const route of ROUTES) await opened.mintToken({ grant, target, route }, patient)
    }
    await mintAll()
    assert.equal(mintsOf(world.takeCalls()).length, ROUTES.length + 1)
    await mintAll()
    assert.equal(mintsOf(world.takeCalls()).length, ROUTES.length)
  })
})

describe('a route in a store', () => {
  it('is the same for all replicas', async (t) => {
    const { world } = await startStoreWorld(t)
    const replica = world.createPool()
    const before = await served(world)
    assert.ok(new Set(before.values()).size > 1)
    assert.deepEqual(await served(world, replica), before)
  })

  it('is the same for replicas that begin at once', async (t) => {
    const { world } = await startStoreWorld(t)
    const replicas = [world.pool, world.createPool(), world.createPool()]
    for (const route of ROUTES) {
      const by = await Promise.all(replicas.map((pool) => world.mintBy({ route, pool })))
      assert.equal(new Set(by).size, 1, by.join())
    }
  })

  it('lives on as long as it is used', async (t) => {
    const { world, store } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    for (let count = 0; count < 4; count++) {
      world.clock.now += LIFETIME_MS * 0.6
      assert.equal(await world.mintBy({ route }), id)
    }
    await store.get('anything')
    world.clock.now += LIFETIME_MS - 1
    assert.equal(await store.get(`route:${route}`), String(id))
    world.clock.now += 1
    assert.equal(await store.get(`route:${route}`), undefined)
  })

  it('outlives its last use by three quarters of its lifetime, whenever it is used', async (t) => {
    const { world, store } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    for (const gap of [0.2, 0.04, 0.2, 0.3, 0.24, 0.24, 0.7, 0.1]) {
      world.clock.now += LIFETIME_MS * gap
      assert.equal(await world.mintBy({ route }), id)
      await store.get('anything')
    }
    world.clock.now += LIFETIME_MS * 0.75 - 1
    assert.equal(await store.get(`route:${route}`), String(id))
  })

  it('costs the store no call while it is believed, and one for what it says until it is renewed', async (t) => {
    const { world, state } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    await world.mintBy({ route })
    state.calls = 0
    for (let count = 0; count < 4; count++) {
      world.clock.now += 1_000
      await world.mintBy({ route })
    }
    assert.equal(state.calls, 0)
    world.clock.now += 1_000
    await world.mintBy({ route })
    assert.equal(state.calls, 1, 'asked for, and not renewed')
    world.clock.now += LIFETIME_MS / 4
    await world.mintBy({ route })
    assert.equal(state.calls, 3, 'asked for, and renewed')
  })

  it('that another replica has given to another App is seen 5 s later', async (t) => {
    const { world, store } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    const other = world.apps.find((app) => app.id !== id)?.id
    assert.ok(await store.compareAndSet(`route:${route}`, String(id), String(other), { ttlMs: LIFETIME_MS }))
    world.clock.now += 4_999
    assert.equal(await world.mintBy({ route }), id)
    world.clock.now += 1
    assert.equal(await world.mintBy({ route }), other)
  })

  it('is not believed for longer because the clock was set back', async (t) => {
    const { world, state } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    await world.mintBy({ route })
    state.calls = 0
    world.clock.now -= 60_000
    await world.mintBy({ route })
    assert.equal(state.calls, 2)
  })

  for (const end of ['uninstall', 'suspend'] as const) {
    it(`is given to one other App by all replicas after ${end}`, async (t) => {
      const { world, store } = await startStoreWorld(t)
      const [route = ''] = ROUTES
      const id = await world.mintBy({ route })
      const gone = world.apps.find((app) => app.id === id)
      assert.ok(gone)
      world.github[end](gone.installation)
      const replicas = [world.pool, world.createPool(), world.createPool()]
      const by = await Promise.all(replicas.map((pool) => world.mintBy({ route, pool })))
      assert.equal(new Set(by).size, 1, by.join())
      assert.notEqual(by[0], id)
      assert.deepEqual([...new Set(world.reassigned)], [String(by[0])])
      assert.equal(await store.get(`route:${route}`), String(by[0]))
    })
  }

  it('of an App that is not configured any more is given to another', async (t) => {
    const { world } = await startStoreWorld(t)
    const before = await served(world)
    const removed = world.apps[0]?.id
    const after = await served(world, world.createPool({ apps: world.apps.slice(1).map(({ app }) => app) }))
    for (const [route, id] of after) {
      if (before.get(route) !== removed) assert.equal(id, before.get(route))
    }
    assert.equal(world.reassigned.length, [...before.values()].filter((id) => id === removed).length)
  })

  it('stays while its App cannot be asked', async (t) => {
    const { world } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    const down = world.apps.find((app) => app.id === id)
    for (const { app } of world.apps) app.forgetOwner('acme')
    const mend = world.fail(down, { kind: 'status', status: 503 })
    await assert.rejects(world.mint({ route }), because('github_unavailable'))
    mend()
    world.clock.now += 5_000
    assert.equal(await world.mintBy({ route }), id)
    assert.deepEqual(world.reassigned, [])
  })

  it('stays while its App is rate limited, which is then left alone', async (t) => {
    const { world } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    world.fail(
      world.apps.find((app) => app.id === id),
      secondaryRateLimit(30),
      MINT,
    )
    world.takeCalls()
    await assert.rejects(world.mint({ route }), because('github_rate_limited'))
    assert.equal(mintsOf(world.takeCalls()).length, 1)
    await assert.rejects(world.mint({ route }), because('github_rate_limited'))
    assert.deepEqual(world.takeCalls(), [])
    world.github.clearFaults()
    world.clock.now += 30_000
    assert.equal(await world.mintBy({ route }), id)
  })

  it('is not given to an App because the first may not: that would not mend itself', async (t) => {
    const { world } = await startStoreWorld(t)
    const [route = ''] = ROUTES
    const id = await world.mintBy({ route })
    const found = world.apps.find((app) => app.id === id)
    assert.ok(found)
    world.github.updateInstallation(found.installation, { repositories: ['gadgets'] })
    await assert.rejects(world.mint({ route }), because('permission_not_granted'))
  })

  it('fails no exchange while the store is away, and replicas still agree', async (t) => {
    const { world, state } = await startStoreWorld(t)
    state.isAway = true
    const before = await served(world)
    assert.deepEqual(await served(world, world.createPool()), before)
    assert.ok(world.storeFailures.length > 0)
    state.isAway = false
    await served(world)
  })

  it('is not taken back by a late use of the App that had it', async () => {
    const store = createMemoryStore()
    let now = 0
    const createRoutes = () =>
      createStickyRoutes({ store, lifetimeMs: 1_000, onFailure: assert.ifError, now: () => now })
    const [late, other] = [createRoutes(), createRoutes()]
    await late.claim('key', '1')
    await other.replace('key', '1', '2')
    now = 500
    late.renew('key', '1')
    await new Promise(setImmediate)
    assert.equal(await other.find('key'), '2')
    assert.equal(await late.find('key'), '2', 'which it has learnt by then')
    assert.equal(await late.replace('key', '1', '3'), '2', 'nor given away again by who was late')
  })

  it('whose renewal the store did not take is renewed at its next use', async () => {
    const memory = createMemoryStore()
    const state = { isAway: true, now: 0, renewals: 0 }
    const store: SharedStore = {
      ...memory,
      compareAndSet: (...change) => {
        state.renewals++
        return state.isAway
          ? Promise.reject(new StsError('store_unavailable'))
          : memory.compareAndSet(...change)
      },
    }
    const failures: unknown[] = []
    const routes = createStickyRoutes({
      store,
      lifetimeMs: 1_000,
      onFailure: (error) => failures.push(error),
      now: () => state.now,
    })
    await routes.claim('key', '1')
    state.now = 250
    for (const isAway of [true, false]) {
      state.isAway = isAway
      assert.equal(await routes.find('key'), '1')
      routes.renew('key', '1')
      await new Promise(setImmediate)
    }
    assert.equal(failures.length, 1)
    assert.equal(state.renewals, 2)
  })
})
