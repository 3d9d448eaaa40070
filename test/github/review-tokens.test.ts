import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { StsError } from '#pkg/errors'
import type { CheckRun, FileAtCommit, ReviewTarget } from '#pkg/github'
import { COMPARE, CREATE_CHECK, startReviewWorld, UPDATE_CHECK, type ReviewWorld } from './support/review.ts'
import { because, FIND, MINT, patient, POLICY_PATH, READ, REVOKE } from './support/world.ts'

const MINUTE = 60_000
const NEEDED = { checks: 'write', contents: 'read', metadata: 'read' } as const

describe('the token of a review', () => {
  let world: ReviewWorld
  beforeEach(async () => {
    world = await startReviewWorld()
  })
  afterEach(() => world.close())

  const read = (target: ReviewTarget = world.target, path = POLICY_PATH): Promise<FileAtCommit> =>
    world.app.reviews.readFileAt(target, { path, ref: 'main' }, patient)
  const createCheck = (): Promise<CheckRun> => {
    const run = { name: 'check', headSha: world.headOf('main') }
    return world.app.reviews.createCheckRun(world.target, run, patient)
  }

  it('is one for nearly an hour, for all who ask at the same time, and apart from that of the exchange', async () => {
    const installation = await world.install()
    await world.app.readFile({ ...world.target, installation, path: POLICY_PATH }, patient)
    await Promise.all(Array.from({ length: 20 }, () => read()))
    world.advance(55 * MINUTE - 1)
    await read()
    assert.equal(world.takeCalls().filter((call) => call === MINT).length, 2)
    world.advance(1)
    await read()
    assert.deepEqual(world.takeCalls().toSorted(), [MINT, READ, REVOKE].toSorted())
  })

  it('is minted with the installation that the delivery names, not looked up', async () => {
    await read()
    assert.deepEqual(world.takeCalls(), [MINT, READ])
  })

  it('is used by a delivery that names an installation which has been replaced', async () => {
    world.github.uninstall({ id: world.installationId })
    world.github.install({ app: { id: world.appId }, account: 'acme' })
    await read()
    await read()
    assert.deepEqual(world.takeCalls(), [MINT, FIND, MINT, READ, READ])
  })

  it('X: is of no use to another account of the name', async () => {
    await read()
    world.takeCalls()
    await assert.rejects(read({ ...world.target, accountId: 1 }), because('installation_missing'))
    assert.ok(!world.takeCalls().includes(READ))
    await world.app.close(1000)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  for (const [what, rewrite] of [
    ['another permission', { permissions: { checks: 'write', contents: 'write' } }],
    ['another repository', { repositories: [{ full_name: 'acme/gadgets' }] }],
    ['a repository of the same name', { repositories: [{ full_name: 'evil/widgets' }] }],
    [
      'a repository of another account of the same name',
      { repositories: [{ full_name: 'acme/widgets', owner: { login: 'acme', id: 1 } }] },
    ],
    ['all repositories', { repository_selection: 'all', repositories: undefined }],
  ] as const) {
    it(`X: is not used when it has ${what}`, async () => {
      world.github.fault({
        kind: 'answer',
        match: MINT,
        rewrite: (body) => ({ ...(body as object), ...rewrite }),
      })
      await assert.rejects(read(), because('grant_exceeded'))
      assert.deepEqual(world.github.liveTokens(), [])
      assert.ok(!world.takeCalls().includes(READ))
    })
  }

  it('does not need to read pull requests', async () => {
    world.github.updateInstallation({ id: world.installationId }, { permissions: NEEDED })
    await read()
    assert.deepEqual(world.takeCalls(), [MINT, READ])
  })

  it('is refused once for each question while something is lacking, and had as soon as it is granted', async () => {
    world.github.updateInstallation({ id: world.installationId }, { permissions: { contents: 'read' } })
    for (let question = 0; question < 2; question++) {
      await assert.rejects(read(), because('permission_not_granted'))
      assert.deepEqual(world.takeCalls(), [MINT, FIND])
    }
    world.github.updateInstallation({ id: world.installationId }, { permissions: NEEDED })
    await read()
    assert.deepEqual(world.takeCalls(), [MINT, READ])
  })

  for (const [permission, wanted, granted] of [
    ['checks', 'write', undefined],
    ['checks', 'write', 'read'],
    ['contents', 'read', undefined],
  ] as const) {
    it(`needs ${permission}: ${wanted}, where ${granted ?? 'nothing'} is granted`, async () => {
      const others = Object.entries(NEEDED).filter(([name]) => name !== permission)
      const permissions = { ...Object.fromEntries(others), ...(granted && { [permission]: granted }) }
      world.github.updateInstallation({ id: world.installationId }, { permissions })
      const detail = { lacking: 'permission', permission, wanted, granted: granted ?? 'none' }
      await assert.rejects(read(), { reason: 'permission_not_granted', detail })
      assert.deepEqual(world.takeCalls(), [MINT, FIND])
      assert.deepEqual(world.github.liveTokens(), [])
    })
  }

  it('cannot be had for a repository that the installation does not cover', async () => {
    world.github.updateInstallation({ id: world.installationId }, { repositories: ['gadgets'] })
    await assert.rejects(read(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [MINT, FIND])
  })

  it('cannot be had from a suspended or removed installation', async () => {
    world.github.suspend({ id: world.installationId })
    await assert.rejects(read(), because('installation_suspended'))
    world.app.forgetOwner('acme')
    world.github.uninstall({ id: world.installationId })
    await assert.rejects(read(), because('installation_missing'))
  })

  it('is waited for a little while GitHub does not know it everywhere yet, for writes too', async () => {
    world.github.fault({ kind: 'status', status: 401, times: 2, match: CREATE_CHECK })
    world.failNext(CREATE_CHECK, {
      kind: 'status',
      status: 403,
      body: { message: 'Resource not accessible' },
    })
    const { id } = await createCheck()
    assert.deepEqual(world.takeCalls(), [MINT, ...Array<string>(4).fill(CREATE_CHECK)])
    world.failNext(UPDATE_CHECK, { kind: 'status', status: 401 })
    await world.app.reviews.updateCheckRun(world.target, id, { conclusion: 'success' }, patient)
    assert.ok(world.pauses.slice(0, 3).reduce((sum, ms) => sum + ms) <= 2000)
  })

  it('is given up when it is never taken', async () => {
    world.github.fault({ kind: 'status', status: 403, match: CREATE_CHECK })
    await assert.rejects(createCheck(), because('github_refused'))
    assert.deepEqual(world.takeCalls().slice(0, 5), [MINT, ...Array<string>(4).fill(CREATE_CHECK)])
  })

  for (const status of [401, 403]) {
    it(`is replaced once when it has died: ${status}`, async () => {
      await read()
      world.advance(MINUTE)
      world.takeCalls()
      world.failNext(READ, { kind: 'status', status })
      assert.equal((await read()).kind, 'found')
      await world.app.close(1000)
      const calls = world.takeCalls()
      assert.deepEqual(
        calls.filter((call) => call !== REVOKE),
        [READ, MINT, READ],
      )
      assert.equal(calls.length, status === 401 ? 4 : 5, 'a dead token is not revoked')
    })
  }

  it('of long ago does not tell an absence from a repository that it does not reach', async () => {
    await read()
    world.advance(10 * MINUTE - 1)
    world.takeCalls()
    assert.equal((await read(world.target, 'missing')).kind, 'absent')
    assert.deepEqual(world.takeCalls(), [READ])
    world.advance(1)
    assert.equal((await read(world.target, 'missing')).kind, 'absent')
    assert.deepEqual(
      world.takeCalls().filter((call) => call !== REVOKE),
      [READ, MINT, READ],
    )
    world.advance(10 * MINUTE)
    world.github.deleteRepository('acme/widgets')
    await assert.rejects(read(), because('installation_missing'))
  })

  it('follows no redirect', async () => {
    await createCheck()
    world.github.renameRepository('acme/widgets', 'gears')
    world.takeCalls()
    await assert.rejects(createCheck(), because('installation_missing'))
    await world.app.close(1000)
    assert.deepEqual(world.takeCalls(), [CREATE_CHECK, REVOKE])
  })

  it('is revoked when its repository is forgotten, in any case, with that of the exchange', async () => {
    const installation = await world.install()
    await world.app.readFile({ ...world.target, installation, path: POLICY_PATH }, patient)
    await read()
    await read({ ...world.target, repository: 'gadgets' })
    assert.equal(world.github.liveTokens().length, 3)
    world.app.forgetRepository({ owner: 'ACME', repository: 'Widgets' })
    world.app.forgetRepository({ owner: 'acme', repository: 'unknown' })
    const waitedSince = performance.now()
    while (world.github.liveTokens().length > 1 && performance.now() - waitedSince < 5000) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const left = world.github
      .liveTokens()
      .map(({ repositories }) => (repositories === 'all' ? [] : [...repositories].map(({ name }) => name)))
    assert.deepEqual(left, [['gadgets']])
  })

  it('is not all that is forgotten: also that the repository could not be read', async () => {
    const installation = await world.install()
    const readPolicy = () => world.app.readFile({ ...world.target, installation, path: POLICY_PATH }, patient)
    world.github.updateInstallation(installation, { repositories: ['gadgets'] })
    assert.equal((await readPolicy()).kind, 'unreadable')
    world.github.updateInstallation(installation, { repositories: 'all' })
    world.app.forgetRepository(world.target)
    assert.equal((await readPolicy()).kind, 'found')
  })

  it('is revoked at shutdown, one that comes during it too', async () => {
    await read()
    world.failNext(MINT, { kind: 'slow', delayMs: 100 })
    const reading = read({ ...world.target, repository: 'gadgets' })
    await world.app.close(5000)
    await reading.catch(() => undefined)
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('counts against the installation that the delivery names', async () => {
    await read()
    const [mint, call] = world.events
    assert.deepEqual([mint?.operation, mint?.installationId], ['mint_review_token', undefined])
    assert.deepEqual([call?.operation, call?.installationId], ['read_file', world.installationId])
  })

  it('is not asked for by a caller who has gone', async () => {
    const signal = AbortSignal.abort(new StsError('caller_gone'))
    const range = { base: 'main', head: 'main' }
    const comparing = world.app.reviews.compareCommits(world.target, range, { signal })
    await assert.rejects(comparing, because('caller_gone'))
    assert.ok(!world.takeCalls().includes(COMPARE))
  })
})
