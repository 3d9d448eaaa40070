import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StsError } from '#pkg/errors'
import { secondaryRateLimit } from '../../../emulator/index.ts'
import { because, FIND, MINT, patient, READ } from '../support/world.ts'
import { startPoolWorld } from './support/pool-world.ts'

const WIDGETS = { owner: 'acme', repository: 'widgets' } as const

describe('a file', () => {
  it('is read through another App when one cannot see the repository', async (t) => {
    const world = await startPoolWorld(t, { random: () => 0 })
    const [first, second] = world.apps
    assert.ok(first && second)
    for (const blind of [first, second]) {
      world.github.updateInstallation(blind.installation, { repositories: ['gadgets'] })
    }
    await world.open('gadgets')
    assert.equal(await world.read(), 'found')
  })

  for (const [what, effect] of [
    ['is rate limited', secondaryRateLimit(60)],
    ['is down', { kind: 'status', status: 500 }],
    ['is reset', { kind: 'reset' }],
    ['is not believed', { kind: 'status', status: 401 }],
    ['answers nonsense', { kind: 'bad_json' }],
    ['is silent', { kind: 'timeout' }],
  ] as const) {
    it(`is read through another App when one ${what}`, async (t) => {
      const world = await startPoolWorld(t, { apps: 2, random: () => 0, callTimeoutMs: 300 })
      await world.open()
      world.fail(world.apps[0], effect)
      assert.equal(await world.read(), 'found')
    })
  }

  it('that is not there through an App that can see the repository is absent, whatever the others say', async (t) => {
    const world = await startPoolWorld(t, { apps: 2, random: () => 0 })
    await world.open()
    world.fail(world.apps[0], { kind: 'status', status: 500 })
    assert.equal(await world.read('widgets', 'nothing'), 'absent')
  })

  it('is unreadable only when no App can see the repository', async (t) => {
    const world = await startPoolWorld(t)
    for (const { installation } of world.apps) {
      world.github.updateInstallation(installation, { repositories: ['gadgets'] })
    }
    assert.equal(await world.read('gadgets'), 'found')
    assert.equal(await world.read(), 'unreadable')
  })

  for (const [what, effect, reason] of [
    ['rate limited', secondaryRateLimit(60), 'github_rate_limited'],
    [
      'rate limited by a 422',
      { kind: 'status', status: 422, headers: { 'retry-after': '9' } },
      'github_rate_limited',
    ],
    [
      'called abusive',
      { kind: 'status', status: 422, body: { message: 'You have triggered an abuse detection' } },
      'github_rate_limited',
    ],
    ['down', { kind: 'status', status: 503 }, 'github_unavailable'],
    ['refused', { kind: 'status', status: 403 }, 'github_refused'],
    ['not believed', { kind: 'status', status: 401 }, 'app_key_refused'],
  ] as const) {
    it(`is not unreadable while an App is ${what}`, async (t) => {
      const world = await startPoolWorld(t)
      for (const { installation } of world.apps.slice(1)) {
        world.github.updateInstallation(installation, { repositories: ['gadgets'] })
      }
      await world.open('gadgets')
      world.fail(world.apps[0], effect, MINT)
      await assert.rejects(world.read(), because(reason))
    })
  }

  it('is not unreadable because an App has lost the repository to a rate limit met before', async (t) => {
    const world = await startPoolWorld(t, { apps: 2, random: () => 0 })
    const [limited, blind] = world.apps
    assert.ok(limited && blind)
    world.github.updateInstallation(blind.installation, { repositories: ['gadgets'] })
    await world.open('gadgets')
    const mend = world.fail(limited, secondaryRateLimit(60), MINT)
    await assert.rejects(world.read(), because('github_rate_limited'))
    mend()
    world.takeCalls()
    await assert.rejects(world.read(), because('github_rate_limited'))
    assert.deepEqual(world.takeCalls(), [], 'and an App that was told to wait is left alone')
    world.clock.now += 60_000
    assert.equal(await world.read(), 'found')
  })

  it('is unreadable when one App is gone since it was found and no other can see the repository', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [gone, blind] = world.apps
    assert.ok(gone && blind)
    await world.open()
    world.github.uninstall(gone.installation)
    world.github.updateInstallation(blind.installation, { repositories: ['gadgets'] })
    assert.equal(await world.read(), 'unreadable')
  })

  it('is looked for through Apps that do not have the repository that was asked for', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [one, other] = world.apps
    assert.ok(one && other)
    world.github.updateInstallation(one.installation, { repositories: ['widgets'] })
    world.github.updateInstallation(other.installation, { repositories: ['.github'] })
    const opened = await world.open('widgets')
    assert.equal(opened.appId, String(one.id))
    const place = { owner: 'acme', repository: '.github', path: 'policy' }
    const mend = world.fail(other, { kind: 'status', status: 503 })
    await assert.rejects(opened.readFile(place, patient), because('github_unavailable'))
    mend()
    world.clock.now += 60_000
    assert.equal((await opened.readFile(place, patient)).kind, 'found')
    await assert.rejects(
      opened.readFile({ ...place, repository: 'nothing' }, patient).then(({ kind }) => {
        assert.equal(kind, 'unreadable')
        world.github.renameAccount('acme', 'acme-before')
        world.github.addOrganization('acme')
        world.github.addRepository({ owner: 'acme', name: 'gadgets' })
        world.github.install({ app: { id: other.id }, account: 'acme' })
        other.app.forgetOwner('acme')
        return opened.readFile({ ...place, repository: 'gadgets' }, patient)
      }),
      because('installation_missing'),
    )
  })

  it('elsewhere is unreadable although a caller may not guess at the one that was asked for', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [blind, missing] = world.apps
    assert.ok(blind && missing)
    world.github.updateInstallation(blind.installation, { repositories: ['widgets', 'gadgets'] })
    world.github.uninstall(missing.installation)
    await world.open('widgets')
    const guess = () => {
      throw new StsError('miss_budget_spent', { retryAfterMs: 1_000 })
    }
    const opened = await world.open('gadgets', { guess })
    const place = { owner: 'acme', repository: '.github', path: 'policy' }
    assert.equal((await opened.readFile(place, patient)).kind, 'unreadable')
  })

  it('elsewhere is asked for through an App that was missing there a moment ago', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    const [blind, late] = world.apps
    assert.ok(blind && late)
    world.github.updateInstallation(blind.installation, { repositories: ['widgets'] })
    world.github.uninstall(late.installation)
    const opened = await world.open('widgets')
    await world.open('.github')
    world.github.install({ app: { id: late.id }, account: 'acme' })
    const place = { owner: 'acme', repository: '.github', path: 'policy' }
    assert.equal((await opened.readFile(place, patient)).kind, 'found')
  })

  it('has no owner any more when all Apps are gone since they were found', async (t) => {
    const world = await startPoolWorld(t, { apps: 2 })
    await world.open()
    for (const { installation } of world.apps) world.github.uninstall(installation)
    await assert.rejects(world.read(), because('installation_missing'))
  })

  it('is read by one and the same App once all have told how much they have left', async (t) => {
    const world = await startPoolWorld(t)
    const opened = await world.open()
    for (let count = 0; count < 3; count++) await world.read()
    world.takeCalls()
    const readers = new Set<string>()
    for (let count = 0; count < 20; count++) {
      await opened.readFile({ ...WIDGETS, path: 'policy' }, patient)
      for (const call of world.takeCalls()) readers.add(call)
    }
    assert.equal(readers.size, 1, [...readers].join())
  })

  it('costs one App a token and a read, however many there are', async (t) => {
    const world = await startPoolWorld(t, { apps: 5 })
    assert.equal(await world.read(), 'found')
    const [reader] = world.takeCalls().filter((call) => call.startsWith(READ))
    assert.ok(reader)
    await world.read()
    const operations = world.takeCalls().map((call) => call.split(' ')[0])
    assert.deepEqual(operations, [MINT, READ])
    assert.ok(!operations.includes(FIND))
  })

  it('is read although GitHub lies about what is left', async (t) => {
    const world = await startPoolWorld(t)
    for (const [index, remaining] of ['-5', '99999999999999999', 'plenty'].entries()) {
      world.fail(
        world.apps[index],
        {
          kind: 'answer',
          rewrite: (body) => body,
          headers: { 'x-ratelimit-remaining': remaining, 'x-ratelimit-limit': '1', 'retry-after': '3600' },
        },
        READ,
      )
    }
    for (let count = 0; count < 6; count++) assert.equal(await world.read(), 'found')
    assert.deepEqual(world.limits.quotas(), [])
  })
})

describe('a folder', () => {
  it('is listed through another App when one cannot see the repository', async (t) => {
    const world = await startPoolWorld(t, { apps: 2, random: () => 0 })
    world.github.updateInstallation(world.apps[0]?.installation ?? { id: 0 }, { repositories: ['gadgets'] })
    await world.open('gadgets')
    world.github.writeFile('acme/widgets', 'folder/file', 'x')
    const opened = await world.open()
    const found = await opened.listFolder({ ...WIDGETS, path: 'folder' }, patient)
    assert.equal(found.kind, 'listed')
    assert.deepEqual(await opened.listFolder({ ...WIDGETS, path: 'nothing' }, patient), { kind: 'absent' })
  })
})
