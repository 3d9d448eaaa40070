import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { StsError } from '#pkg/errors'
import { createGrant, type Installation } from '#pkg/github'
import { because, FIND, MINT, patient, REVOKE, startWorld, TARGET, type World } from './support/world.ts'

const grant = createGrant({ issues: 'write' }, ['widgets'])
const all = createGrant({ issues: 'write' }, 'all')

describe('minting a token', () => {
  let world: World
  let installation: Installation
  beforeEach(async () => {
    world = await startWorld()
    installation = await world.install()
    world.takeCalls()
  })
  afterEach(() => world.close())

  /** GitHub's next answer to a mint with some members replaced. */
  function lie(members: Readonly<Record<string, unknown>>, times = 1): void {
    world.github.fault({
      kind: 'answer',
      times,
      match: MINT,
      rewrite: (body) => ({ ...(body as object), ...members }),
    })
  }
  const mint = (wanted = grant) =>
    world.app.mintToken({ grant: wanted, installation, target: TARGET }, patient)

  it('is one call, whose bytes name permissions and repositories', async () => {
    const minted = await mint()
    assert.equal(world.github.calls.length, 1)
    const body = world.github.calls[0]?.requestBody.toString()
    assert.equal(body, '{"repositories":["widgets"],"permissions":{"issues":"write"}}')
    assert.deepEqual({ ...minted.permissions }, { issues: 'write', metadata: 'read' })
    assert.equal(minted.expiresAt, '2026-08-01T13:00:00Z')
    assert.equal(minted.expiresAtMs, Date.parse('2026-08-01T13:00:00Z'))
    assert.equal(minted.installation, installation)
    assert.deepEqual(
      world.github.liveTokens().map(({ token }) => token),
      [minted.token],
    )
  })

  it('leaves repositories out for all of them alone', async () => {
    await mint(all)
    assert.equal(world.github.calls[0]?.requestBody.toString(), '{"permissions":{"issues":"write"}}')
  })

  it('X: cannot express an empty grant', () => {
    for (const make of [
      () => createGrant({}, ['widgets']),
      () => createGrant({}, 'all'),
      () => createGrant({ issues: 'read' }, []),
      () => createGrant({ issues: 'read' }, ['']),
      () => createGrant({ issues: '' }, ['widgets']),
      () =>
        createGrant(
          { issues: 'read' },
          Array.from({ length: 501 }, (_, index) => `r${index}`),
        ),
    ]) {
      assert.throws(make, because('unexpected'))
    }
  })

  it('never gives two callers one token', async () => {
    const minted = await Promise.all(Array.from({ length: 10 }, () => mint()))
    assert.equal(new Set(minted.map(({ token }) => token)).size, 10)
  })

  it('confirms an installation older than a minute before a token for all of it', async () => {
    world.advance(59_999)
    await mint(all)
    world.advance(1)
    await mint(all)
    assert.deepEqual(world.takeCalls(), [MINT, FIND, MINT])
  })

  const lies: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['another permission', { permissions: { issues: 'write', contents: 'read' } }],
    ['a higher level', { permissions: { issues: 'admin' } }],
    ['a level that is unknown', { permissions: { issues: 'everything' } }],
    ['more than reading metadata', { permissions: { issues: 'write', metadata: 'write' } }],
    ['a permission named as a prototype member', { permissions: { constructor: 'read' } }],
    ['no permissions', { permissions: undefined }],
    ['a list of permissions', { permissions: [] }],
    ['all repositories', { repository_selection: 'all', repositories: undefined }],
    ['a selection that is none', { repository_selection: 'all' }],
    ['no repositories', { repositories: undefined }],
    ['an empty list of repositories', { repositories: [] }],
    ['a second repository', { repositories: [{ full_name: 'acme/widgets' }, { full_name: 'acme/gadgets' }] }],
    ['a repository of the same name', { repositories: [{ name: 'widgets', full_name: 'evil/widgets' }] }],
    ['a bare name', { repositories: [{ name: 'widgets' }] }],
    ['an expired token', { expires_at: '2026-08-01T12:00:00Z' }],
    ['a token for a day', { expires_at: '2026-08-02T12:00:00Z' }],
    ['an expiry that is no time', { expires_at: 'tomorrow' }],
  ]
  for (const [what, members] of lies) {
    it(`X: revokes a token with ${what}, and asks once more`, async () => {
      lie(members)
      const minted = await mint()
      assert.deepEqual(world.takeCalls(), [MINT, REVOKE, FIND, MINT])
      assert.deepEqual(
        world.github.liveTokens().map(({ token }) => token),
        [minted.token],
      )
    })

    it(`X: gives up on a second token with ${what}`, async () => {
      lie(members, 2)
      await assert.rejects(mint(), because('grant_exceeded'))
      assert.deepEqual(world.takeCalls(), [MINT, REVOKE, FIND, MINT, REVOKE])
      assert.deepEqual(world.github.liveTokens(), [])
    })
  }

  it('takes less than it asked for, and the name in any case', async () => {
    lie({ permissions: { issues: 'read' }, repositories: [{ full_name: 'ACME/Widgets' }] })
    await mint()
    assert.deepEqual(world.takeCalls(), [MINT])
  })

  it('X: refuses all repositories where the installation has selected ones, and those of other owners', async () => {
    for (const members of [
      { repository_selection: 'selected', repositories: [{ full_name: 'evil/widgets' }] },
      { repository_selection: undefined },
    ]) {
      lie(members, 2)
      await assert.rejects(mint(all), because('grant_exceeded'))
    }
    world.github.updateInstallation({ id: world.installationId }, { repositories: ['widgets'] })
    world.app.forgetOwner('acme')
    installation = await world.install()
    lie({ repository_selection: 'all', repositories: undefined }, 2)
    await assert.rejects(mint(all), because('grant_exceeded'))
    await mint(all)
  })

  it('explains a 422 by what the installation lacks, without another call', async () => {
    for (const [wanted, detail] of [
      [
        createGrant({ issues: 'write', packages: 'read' }, ['widgets']),
        { lacking: 'permission', permission: 'packages', wanted: 'read', granted: 'none' },
      ],
      [
        createGrant({ contents: 'admin' }, ['widgets']),
        { lacking: 'permission', permission: 'contents', wanted: 'admin', granted: 'write' },
      ],
      [createGrant({ issues: 'write' }, ['widgets', 'missing']), { lacking: 'repository' }],
    ] as const) {
      await assert.rejects(mint(wanted), (error) => {
        assert.ok(error instanceof StsError)
        assert.equal(error.reason, 'permission_not_granted')
        assert.deepEqual(error.detail, detail)
        return true
      })
      assert.deepEqual(world.takeCalls(), [MINT])
    }
  })

  it('finds the installation again when it has been replaced', async () => {
    world.github.uninstall({ id: world.installationId })
    const { id } = world.github.install({ app: { id: world.appId }, account: 'acme' })
    const minted = await mint()
    assert.equal(minted.installation.id, id)
    assert.deepEqual(world.takeCalls(), [MINT, FIND, MINT])
  })

  it('says that the installation is gone, and knows it then', async () => {
    world.github.uninstall({ id: world.installationId })
    await assert.rejects(mint(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [MINT, FIND])
    await assert.rejects(world.install(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [])
  })

  it('does not go on asking for an installation that is found but gives no tokens', async () => {
    world.github.fault({ kind: 'status', status: 404, match: MINT })
    await assert.rejects(mint(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [MINT, FIND])
  })

  it('tells a suspended installation from a 403 of another cause', async () => {
    world.failNext(MINT, { kind: 'status', status: 403, body: { message: 'an IP allow list' } })
    await assert.rejects(mint(), because('github_refused'))
    world.github.suspend({ id: world.installationId })
    await assert.rejects(mint(), because('installation_suspended'))
  })

  it('X: does not mint for an owner name that someone else has now', async () => {
    world.github.renameAccount('acme', 'acme-inc')
    world.github.addOrganization('acme')
    world.github.addRepository({ owner: 'acme', name: 'widgets' })
    await assert.rejects(mint(), (error) => {
      assert.ok(error instanceof StsError)
      assert.ok(['installation_missing', 'permission_not_granted'].includes(error.reason), error.reason)
      return true
    })
    assert.deepEqual(world.github.liveTokens(), [])
  })
})
