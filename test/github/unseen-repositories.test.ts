import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { startReviewWorld, type ReviewWorld } from './support/review.ts'
import { because, FIND, MINT, patient, REVOKE } from './support/world.ts'

describe('finding repositories that an installation does not cover', () => {
  let world: ReviewWorld
  beforeEach(async () => {
    world = await startReviewWorld()
  })
  afterEach(() => world.close())

  const find = (names: readonly string[]): Promise<readonly string[]> =>
    world.app.reviews.findUnseenRepositories(world.target, names, patient)
  const missing = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `missing-${index}`)
  /** Calls since the last time but those that revoke a token, which end at any time. */
  const takeOthers = (): readonly (string | undefined)[] =>
    world.takeCalls().filter((call) => call !== REVOKE)
  const times = (operation: string, count: number): readonly string[] => Array<string>(count).fill(operation)

  function addRepositories(count: number): readonly string[] {
    const names = Array.from({ length: count }, (_, index) => `r${index}`)
    for (const name of names) world.github.addRepository({ owner: 'acme', name, files: null })
    return names
  }

  it('is one call when all are covered, by a token that sees them only and is revoked', async () => {
    assert.deepEqual(await find(['widgets', 'Gadgets', '.github', 'widgets']), [])
    assert.deepEqual(world.mintBodies(), [
      { repositories: ['widgets', 'Gadgets', '.github'], permissions: { metadata: 'read' } },
    ])
    assert.equal(world.events[0]?.operation, 'mint_probe_token')
    await world.app.close(1000)
    assert.deepEqual(world.takeCalls(), [MINT, REVOKE])
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('does not wait for the token to be dead', async () => {
    world.github.fault({ kind: 'timeout', match: REVOKE })
    assert.deepEqual(await find(['widgets']), [])
    await world.app.close(10)
  })

  it('is no call for no names', async () => {
    assert.deepEqual(await find([]), [])
    assert.deepEqual(world.takeCalls(), [])
  })

  it('names those that are missing, not selected or renamed', async () => {
    world.github.renameRepository('acme/gadgets', 'gears')
    world.github.addRepository({ owner: 'acme', name: 'apart' })
    world.github.updateInstallation(
      { id: world.installationId },
      { repositories: ['widgets', '.github', 'gears'] },
    )
    assert.deepEqual(await find(['widgets', 'gadgets', 'missing', '.github', 'apart', 'gears']), [
      'gadgets',
      'missing',
      'apart',
    ])
    assert.deepEqual(world.takeCalls(), [MINT, ...times(FIND, 6)])
  })

  it('names one that leads to another repository, though GitHub makes a token for that', async () => {
    const full_name = 'acme/gears'
    world.github.fault({
      kind: 'answer',
      match: MINT,
      rewrite: (body) => ({ ...(body as object), repositories: [{ full_name }] }),
    })
    world.github.renameRepository('acme/gadgets', 'gears')
    assert.deepEqual(await find(['gadgets']), ['gadgets'])
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('names one whose installation is of another account', async () => {
    const refused = { kind: 'status', status: 422, body: { message: 'no' } } as const
    world.failNext(MINT, refused)
    world.failNext(FIND, {
      kind: 'answer',
      rewrite: (body) => ({ ...(body as object), account: { login: 'acme', id: 1 } }),
    })
    assert.deepEqual(await find(['widgets']), ['widgets'])
  })

  it('asks for at most 50 one by one', async () => {
    const unseen = await find(missing(500))
    assert.deepEqual(unseen, missing(50))
    assert.deepEqual(takeOthers(), [MINT, MINT, ...times(FIND, 50)])
  })

  it('finds the one among many that is missing', async () => {
    const names = addRepositories(499)
    assert.deepEqual(await find([...names, 'missing']), ['missing'])
    assert.deepEqual(takeOthers(), [...times(MINT, 11), ...times(FIND, 50)])
    await world.app.close(5000)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('asks five at a time', async () => {
    await world.close()
    world = await startReviewWorld({ github: { latencyMs: 30 } })
    await find(missing(20))
    const asked = world.github.calls.filter(({ operation }) => operation === FIND)
    const moments = asked.map(({ startedAt }) => startedAt)
    for (const moment of moments) {
      const open = asked.filter((call) => call.startedAt <= moment && moment < (call.endedAt ?? Infinity))
      assert.ok(open.length <= 5)
    }
  })

  it('takes no failure for an absence', async () => {
    world.github.fault({ kind: 'status', status: 500, match: MINT })
    await assert.rejects(find(['widgets']), because('github_unavailable'))
    world.github.clearFaults()
    world.github.fault({ kind: 'status', status: 500, match: FIND })
    await assert.rejects(find(['widgets', 'missing']), because('github_unavailable'))
    world.github.clearFaults()
    world.github.fault({ kind: 'status', status: 403, match: FIND })
    await assert.rejects(find(['widgets', 'missing']), because('github_refused'))
  })

  it('says that the installation has gone', async () => {
    world.github.uninstall({ id: world.installationId })
    await assert.rejects(find(['widgets']), because('installation_missing'))
  })

  it('takes at most 500 names', async () => {
    await assert.rejects(find(missing(501)), because('unexpected'))
    assert.deepEqual(world.takeCalls(), [])
  })
})
