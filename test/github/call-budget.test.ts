import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { longestSequentialChain } from '../../emulator/index.ts'
import { createGrant } from '#pkg/github'
import { FIND, MINT, patient, POLICY_PATH, READ, startWorld, TARGET, type World } from './support/world.ts'

const grant = createGrant({ issues: 'read' }, ['widgets'])

describe('what an exchange costs', () => {
  let world: World
  beforeEach(async () => {
    // Long enough that calls made together overlap on a busy machine too.
    world = await startWorld({ github: { latencyMs: 100 } })
  })
  afterEach(() => world.close())

  /** The calls that an exchange makes whose policy and issuer list are not cached. */
  async function exchange(
    target: typeof TARGET | { owner: string; repository: string } = TARGET,
  ): Promise<void> {
    const installation = await world.app.findInstallation(target, patient)
    await Promise.all(
      [target.repository, '.github'].map((repository) =>
        world.app.readFile({ owner: target.owner, repository, installation, path: POLICY_PATH }, patient),
      ),
    )
    await world.app.mintToken({ grant, installation, target: TARGET }, patient)
  }

  it('is 6 calls for a cold owner, 4 of them one after another', async () => {
    await exchange()
    assert.equal(longestSequentialChain(world.github.calls).length, 4)
    assert.deepEqual(world.takeCalls().toSorted(), [FIND, MINT, MINT, MINT, READ, READ].toSorted())
  })

  it('is a read token, a read and a mint more for another repository of a known owner', async () => {
    await exchange()
    world.takeCalls()
    await exchange({ owner: 'acme', repository: 'gadgets' })
    // The second read is that of the issuer list, which the exchange would have cached.
    assert.deepEqual(world.takeCalls().toSorted(), [MINT, MINT, READ, READ].toSorted())
  })
})
