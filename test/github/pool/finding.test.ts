import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StsError, toStsError } from '#pkg/errors'
import { createConnectionPool, createGitHubApp } from '#pkg/github'
import { secondaryRateLimit } from '../../../emulator/index.ts'
import { because, FIND, MINT, patient, READ } from '../support/world.ts'
import { startPoolWorld } from './support/pool-world.ts'

describe('the Apps of an owner', () => {
  it('are all asked at once where they are installed, and then not again', async (t) => {
    const world = await startPoolWorld(t)
    await world.open()
    assert.deepEqual(world.takeCalls(), [`${FIND} 0`, `${FIND} 1`, `${FIND} 2`])
    await world.open('gadgets')
    assert.deepEqual(world.takeCalls(), [])
  })

  it('are those that are there, while one is missing and another is suspended', async (t) => {
    const world = await startPoolWorld(t)
    const [missing, suspended, there] = world.apps
    assert.ok(missing && suspended && there)
    world.github.uninstall(missing.installation)
    world.github.suspend(suspended.installation)
    assert.equal((await world.open()).appId, String(there.id))
    assert.equal(await world.mintBy(), there.id)
  })

  for (const [what, states, reason] of [
    ['none is installed', ['uninstall', 'uninstall'], 'installation_missing'],
    ['one is missing and one suspended', ['uninstall', 'suspend'], 'installation_suspended'],
    ['one is missing and one could not be asked', ['uninstall', 503], 'github_unavailable'],
    ['one is suspended and one is rate limited', ['suspend', 429], 'github_rate_limited'],
  ] as const) {
    it(`are none when ${what}: ${reason}`, async (t) => {
      const world = await startPoolWorld(t, { apps: 2 })
      for (const [index, state] of states.entries()) {
        const app = world.apps[index]
        assert.ok(app)
        if (typeof state === 'number') world.fail(app, { kind: 'status', status: state })
        else world.github[state](app.installation)
      }
      await assert.rejects(world.open(), because(reason))
    })
  }

  it('are found without one that hangs, which the next exchanges do not wait for', async (t) => {
    const world = await startPoolWorld(t, { callTimeoutMs: 60_000 })
    world.fail(world.apps[1], { kind: 'timeout' })
    await world.open()
    assert.equal(world.takeCalls().length, 3)
    let isOpen = false
    void world.open().then(() => {
      isOpen = true
    })
    await new Promise(setImmediate)
    assert.ok(isOpen)
    world.clock.now += 5_000
    await world.open()
    assert.deepEqual(world.takeCalls(), [], 'the question from before is still open')
  })

  it('are joined by one that answers late', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [late, prompt] = world.apps
    assert.ok(late && prompt)
    world.fail(late, { kind: 'slow', delayMs: 1_000 })
    assert.equal((await world.open()).appId, String(prompt.id))
    for (let tries = 0; (await world.open()).appId !== String(late.id); tries++) {
      assert.ok(tries < 1_000, 'it never came')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    assert.equal(world.takeCalls().length, 2)
  })

  it('are asked again 5 s after one failed, or when GitHub said', async (t) => {
    const world = await startPoolWorld(t)
    const mend = [
      world.fail(world.apps[1], { kind: 'status', status: 500 }),
      world.fail(world.apps[2], secondaryRateLimit(30)),
    ]
    await world.open()
    world.takeCalls()
    for (const repair of mend) repair()
    await world.open()
    assert.deepEqual(world.takeCalls(), [])
    world.clock.now += 5_000
    await world.open()
    assert.deepEqual(world.takeCalls(), [`${FIND} 1`])
    world.clock.now += 25_000
    await world.open()
    assert.deepEqual(world.takeCalls(), [`${FIND} 2`])
  })

  it('are asked again after an hour when one told of a rate limit of days, and tell the wait that is left', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    for (const app of world.apps) world.fail(app, secondaryRateLimit(999_999))
    const waitOf = async () => toStsError(await world.open().catch((thrown: unknown) => thrown)).retryAfterMs
    await waitOf()
    world.takeCalls()
    world.clock.now += 3_599_000
    assert.equal(await waitOf(), 1_000)
    assert.deepEqual(world.takeCalls(), [])
  })

  it('are asked again after a minute when a key service told of days', async (t) => {
    const world = await startPoolWorld(t, { apps: 1 })
    let signatures = 0
    const dispatcher = createConnectionPool()
    t.after(() => dispatcher.destroy())
    const locked = createGitHubApp({
      appId: '4242',
      signer: {
        description: 'a key service',
        sign() {
          signatures++
          return Promise.reject(new StsError('app_key_unavailable', { retryAfterMs: 864_000_000 }))
        },
      },
      baseUrl: world.github.baseUrl,
      dispatcher,
      now: () => world.clock.now,
    })
    const pool = world.createPool({ apps: [...world.apps.map(({ app }) => app), locked] })
    const open = () => pool.open({ owner: 'acme', repository: 'widgets' }, patient)
    await open()
    world.clock.now += 59_999
    await open()
    assert.equal(signatures, 1)
    world.clock.now += 1
    await open()
    assert.equal(signatures, 2)
  })

  it('do not speak for a repository as long as one that hangs may see it, though another is missing', async (t) => {
    const world = await startPoolWorld(t, { callTimeoutMs: 60_000 })
    const [blind, missing, hanging] = world.apps
    assert.ok(blind && missing && hanging)
    world.github.updateInstallation(blind.installation, { repositories: ['gadgets'] })
    world.github.uninstall(missing.installation)
    world.fail(hanging, { kind: 'timeout' })
    assert.equal(await world.read('gadgets'), 'found')
    await assert.rejects(world.read('.github'), because('github_timeout'))
  })

  it('are one guess at an owner, given back when one of them is there', async (t) => {
    const world = await startPoolWorld(t)
    world.github.uninstall(world.apps[0]?.installation ?? { id: 0 })
    let guesses = 0
    let back = 0
    const guess = () => {
      guesses++
      return () => {
        back++
      }
    }
    await world.open('widgets', { guess })
    assert.deepEqual([guesses, back], [1, 1])
    await assert.rejects(
      world.pool.open({ owner: 'nobody', repository: 'x' }, { guess, signal: new AbortController().signal }),
      because('installation_missing'),
    )
    assert.deepEqual([guesses, back], [2, 1])
    world.github.removeAppKeys(world.apps[1] ?? { id: 0 })
    await assert.rejects(
      world.pool.open(
        { owner: 'nobody-else', repository: 'x' },
        { guess, signal: new AbortController().signal },
      ),
      because('app_key_refused'),
    )
    assert.deepEqual([guesses, back], [3, 1], 'nor is it given back because one App does not work')
  })

  it('are asked for other repositories after GitHub has refused to speak of one', async (t) => {
    const world = await startPoolWorld(t)
    for (const app of world.apps) {
      world.fail(app, { kind: 'status', status: 451 }, FIND)
    }
    await assert.rejects(world.open('widgets'), because('github_refused'))
    world.github.clearFaults()
    world.takeCalls()
    await assert.rejects(world.open('widgets'), because('github_refused'))
    assert.deepEqual(world.takeCalls(), [], 'that one is left alone')
    await world.open('gadgets')
    assert.equal(world.takeCalls().length, 3)
    world.clock.now += 5_000
    await world.open('widgets')
  })

  for (const [what, effect, isBack] of [
    ['GitHub refused', { kind: 'status', status: 451 }, false],
    ['GitHub answered what nobody understands', { kind: 'wrong_type' }, false],
    ['GitHub was down', { kind: 'status', status: 503 }, true],
  ] as const) {
    it(`are a guess that is ${isBack ? '' : 'not '}given back after ${what}`, async (t) => {
      const world = await startPoolWorld(t)
      for (const app of world.apps) world.fail(app, effect, FIND)
      let isGivenBack = false
      const guess = () => () => {
        isGivenBack = true
      }
      await assert.rejects(world.open('widgets', { guess }))
      assert.equal(isGivenBack, isBack)
    })
  }

  it('are not found for who may not guess, and nobody is asked', async (t) => {
    const world = await startPoolWorld(t)
    const guess = (): never => {
      throw new StsError('miss_budget_spent')
    }
    await assert.rejects(world.open('widgets', { guess }), because('miss_budget_spent'))
    assert.deepEqual(world.takeCalls(), [])
    await world.open()
    assert.equal(world.takeCalls().length, 3, 'and others may')
  })

  it('are given up as soon as the caller leaves', async (t) => {
    const world = await startPoolWorld(t)
    const leaving = new AbortController()
    world.fail(world.apps[1], { kind: 'timeout' })
    const opening = world.open('widgets', { signal: leaving.signal })
    leaving.abort(new StsError('caller_gone'))
    await assert.rejects(opening, because('caller_gone'))
  })

  it('are those of the account that has the name now, never of two', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [late, early] = world.apps
    assert.ok(late && early)
    const asked = world.fail(late, { kind: 'status', status: 503 }, FIND)
    assert.equal(await world.mintBy(), early.id)
    asked()
    world.github.renameAccount('acme', 'acme-before')
    world.github.addOrganization('acme')
    for (const name of ['widgets', '.github']) {
      world.github.addRepository({ owner: 'acme', name, files: { policy: 'of someone else' } })
    }
    const taken = world.github.install({ app: { id: late.id }, account: 'acme' })
    world.clock.now += 6_000
    world.takeCalls()
    const opened = await world.open()
    assert.equal(opened.accountId, world.github.findAccount('acme')?.id)
    assert.equal(opened.installation.id, taken.id)
    assert.equal(await world.read(), 'found')
    assert.equal(await world.mintBy(), late.id)
    const calls = world.takeCalls()
    assert.deepEqual(
      calls.filter((call) => call.endsWith(' 1')),
      [],
      'the installation of the former account is not used',
    )
    assert.deepEqual(calls, [`${MINT} 0`, `${MINT} 0`, `${FIND} 0`, `${READ} 0`].sort())
  })
})
