import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { because, FIND, patient, startWorld, TARGET, type World } from './support/world.ts'

const HOUR = 3_600_000

describe('finding an installation', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ selected: ['widgets'] })
  })
  afterEach(() => world.close())

  it('asks for the repository, once, and knows all of the installation', async () => {
    const installation = await world.install()
    assert.equal(installation.id, world.installationId)
    assert.equal(installation.account.login, 'acme')
    assert.equal(installation.repositorySelection, 'selected')
    assert.equal(installation.permissions['contents'], 'write')
    assert.deepEqual(
      world.github.calls.map(({ path }) => path),
      ['/repos/acme/widgets/installation'],
    )
  })

  it('shares one call among all who ask at the same time, in any case', async () => {
    const names = ['acme', 'ACME', 'Acme']
    const found = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        world.app.findInstallation({ owner: names[index % 3] ?? '', repository: 'widgets' }, patient),
      ),
    )
    assert.equal(new Set(found).size, 1)
    assert.deepEqual(world.takeCalls(), [FIND])
  })

  it('serves the other repositories of a known owner for an hour', async () => {
    await world.install()
    world.advance(HOUR - 1)
    await world.app.findInstallation({ owner: 'acme', repository: 'gadgets' }, patient)
    assert.deepEqual(world.takeCalls(), [FIND])
    world.advance(1)
    await world.install()
    assert.deepEqual(world.takeCalls(), [FIND])
  })

  it('asks again for one that must be confirmed within a minute', async () => {
    await world.install()
    world.advance(60_000)
    await world.app.findInstallation(TARGET, { ...patient, maxAgeMs: 60_000 })
    assert.deepEqual(world.takeCalls(), [FIND, FIND])
  })

  it('remembers for a minute that a repository is not covered, of that repository only', async () => {
    const other = { owner: 'acme', repository: 'gadgets' }
    await assert.rejects(world.app.findInstallation(other, patient), because('installation_missing'))
    await assert.rejects(world.app.findInstallation(other, patient), because('installation_missing'))
    await world.install()
    assert.deepEqual(world.takeCalls(), [FIND, FIND])
    // Now that the owner is known, whether the repository is covered shows at the mint.
    await world.app.findInstallation(other, patient)
    assert.deepEqual(world.takeCalls(), [])

    world.github.addOrganization('later')
    const later = { owner: 'later', repository: 'r' }
    await assert.rejects(world.app.findInstallation(later, patient), because('installation_missing'))
    world.github.addRepository({ owner: 'later', name: 'r' })
    world.github.install({ app: { id: world.appId }, account: 'later' })
    world.advance(59_999)
    await assert.rejects(world.app.findInstallation(later, patient), because('installation_missing'))
    world.advance(1)
    await world.app.findInstallation(later, patient)
    assert.deepEqual(world.takeCalls(), [FIND, FIND])
  })

  it('is told of a change by forgetting the owner, absences too', async () => {
    world.github.uninstall({ id: world.installationId })
    await assert.rejects(world.install(), because('installation_missing'))
    const { id } = world.github.install({ app: { id: world.appId }, account: 'acme' })
    await assert.rejects(world.install(), because('installation_missing'))
    world.app.forgetOwner('ACME')
    assert.equal((await world.install()).id, id)
  })

  it('does not serve a suspended installation', async () => {
    world.github.suspend({ id: world.installationId })
    await assert.rejects(world.install(), because('installation_suspended'))
    await assert.rejects(world.install(), because('installation_suspended'))
    assert.deepEqual(world.takeCalls(), [FIND])
  })

  it('does not follow a renamed owner or repository', async () => {
    world.github.renameRepository('acme/widgets', 'gears')
    await assert.rejects(world.install(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [FIND])
  })

  it('does not take the installation of another account for the owner', async () => {
    world.github.failNext(
      {
        kind: 'answer',
        rewrite: (body) => ({ ...(body as object), account: { login: 'evil', id: 1, type: 'User' } }),
      },
      FIND,
    )
    await assert.rejects(world.install(), because('installation_missing'))
  })

  it('keeps a known installation while GitHub cannot be asked, but confirms none', async () => {
    const known = await world.install()
    world.advance(HOUR)
    world.github.fault({ kind: 'status', status: 503, match: FIND })
    assert.equal(await world.install(), known)
    const confirmed = world.app.findInstallation(TARGET, { ...patient, maxAgeMs: 60_000 })
    await assert.rejects(confirmed, because('github_unavailable'))
    world.advance(HOUR)
    await assert.rejects(world.install(), because('github_unavailable'))
  })

  it('never sends a name that changes the path', async () => {
    for (const repository of ['..', '.', '']) {
      await assert.rejects(
        world.app.findInstallation({ owner: 'acme', repository }, patient),
        because('unexpected'),
      )
    }
    await assert.rejects(
      world.app.findInstallation({ owner: 'acme', repository: 'a/b?c#d' }, patient),
      because('installation_missing'),
    )
    assert.deepEqual(
      world.github.calls.map(({ path }) => path),
      ['/repos/acme/a%2Fb%3Fc%23d/installation'],
    )
  })
})
