import assert from 'node:assert/strict'
import test from 'node:test'
import { startHooked } from './support/hooked.ts'
import type { Hooked } from './support/hooked.ts'
import { at } from './support/receiver.ts'
import type { Json } from './support/receiver.ts'

const ZEROS = '0'.repeat(40)
const APP = 'acme/app'

/** What the last push said. */
async function lastPush({ github, receiver }: Hooked): Promise<Json> {
  await github.deliveriesSettled()
  return receiver.of('push').at(-1)?.payload ?? {}
}

function commitsOf(payload: Json): readonly Json[] {
  return payload['commits'] as readonly Json[]
}

function headOf({ github }: Hooked, branch: string): string | undefined {
  return github.findRepository(APP)?.branches.get(branch)?.sha
}

test('tells of each commit of a push what it did', async (t) => {
  const world = await startHooked(t)
  const before = headOf(world, 'main')
  world.github.push({
    repository: APP,
    commits: [
      { files: { kept: '1', changed: '1', passing: '1' }, message: 'one' },
      { files: { changed: '2', passing: null }, message: 'two' },
    ],
  })
  const payload = await lastPush(world)
  assert.deepEqual(
    commitsOf(payload).map(({ message, added, modified, removed }) => ({
      message,
      added,
      modified,
      removed,
    })),
    [
      { message: 'one', added: ['kept', 'changed', 'passing'], modified: [], removed: [] },
      { message: 'two', added: [], modified: ['changed'], removed: ['passing'] },
    ],
  )
  const [, two] = commitsOf(payload)
  assert.deepEqual(payload['head_commit'], two)
  assert.equal(two?.['id'], headOf(world, 'main'))
  assert.deepEqual([payload['before'], payload['after']], [before, two?.['id']])
  assert.deepEqual([payload['created'], payload['deleted'], payload['forced']], [false, false, false])
  assert.equal(payload['ref'], 'refs/heads/main')
  assert.equal(
    payload['compare'],
    `https://github.com/acme/app/compare/${before?.slice(0, 12) ?? ''}...${headOf(world, 'main')?.slice(0, 12) ?? ''}`,
  )
})

test('knows what a push of several commits did in all', async (t) => {
  const { github } = await startHooked(t)
  const push = github.push({
    repository: APP,
    commits: [{ files: { made: '1', passing: '1' } }, { files: { 'README.md': null, passing: null } }],
  })
  assert.deepEqual([push.added, push.modified, push.removed], [['made'], [], ['README.md']])
})

test('has a repository whose times are seconds, and whose owner has a name', async (t) => {
  const world = await startHooked(t)
  world.clock.ms += 5000
  world.github.push({ repository: APP, files: { a: '1' } })
  const payload = await lastPush(world)
  assert.equal(at(payload, 'repository.pushed_at'), world.clock.ms / 1000)
  assert.equal(at(payload, 'repository.created_at'), (world.clock.ms - 5000) / 1000)
  assert.equal(at(payload, 'repository.owner.name'), 'acme')
  assert.equal(at(payload, 'repository.master_branch'), 'main')
  assert.equal(at(payload, 'organization.login'), 'acme')
  assert.equal(at(payload, 'installation.id'), world.hookedInstallation.id)
  assert.equal(at(payload, 'pusher.name'), at(payload, 'sender.login'))
})

test('tells of a new branch: only the commits that no branch had', async (t) => {
  const world = await startHooked(t)
  world.github.push({ repository: APP, files: { a: '1' } })
  world.github.push({ repository: APP, branch: 'topic', files: { b: '1' } })
  const payload = await lastPush(world)
  assert.equal(payload['before'], ZEROS)
  assert.equal(payload['created'], true)
  assert.equal(payload['base_ref'], null)
  assert.deepEqual(
    commitsOf(payload).map(({ added }) => added),
    [['b']],
  )
})

test('tells of a new branch without a new commit what it is based on', async (t) => {
  const world = await startHooked(t)
  world.github.push({ repository: APP, branch: 'topic', from: 'main' })
  const payload = await lastPush(world)
  assert.deepEqual(commitsOf(payload), [])
  assert.equal(at(payload, 'head_commit.id'), headOf(world, 'main'))
  assert.equal(payload['base_ref'], 'refs/heads/main')
  assert.equal(payload['compare'], 'https://github.com/acme/app/compare/topic')
})

test('counts no commit as new that is on any branch', async (t) => {
  const world = await startHooked(t)
  const { after } = world.github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  world.github.push({ repository: APP, branch: 'topic', files: { a: '2' } })
  world.github.push({ repository: APP, branch: 'old', from: after })
  assert.deepEqual(commitsOf(await lastPush(world)), [])
})

test('starts a new branch where it is told to', async (t) => {
  const world = await startHooked(t)
  const start = headOf(world, 'main')
  assert.ok(start !== undefined)
  world.github.push({ repository: APP, files: { later: '1' } })
  world.github.push({ repository: APP, branch: 'old', from: start, files: { old: '1' } })
  const files = world.github.findRepository(APP)?.branches.get('old')?.files
  assert.deepEqual([...(files?.keys() ?? [])], ['README.md', 'old'])
})

test('tells of a deleted branch', async (t) => {
  const world = await startHooked(t)
  world.github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  const head = headOf(world, 'topic')
  world.github.deleteBranch(APP, 'topic')
  const payload = await lastPush(world)
  assert.deepEqual([payload['before'], payload['after']], [head, ZEROS])
  assert.deepEqual([payload['created'], payload['deleted']], [false, true])
  assert.equal(payload['head_commit'], null)
  assert.deepEqual(commitsOf(payload), [])
  assert.equal(headOf(world, 'topic'), undefined)
})

test('tells of a forced push: the commits that the branch did not have', async (t) => {
  const world = await startHooked(t)
  const start = headOf(world, 'main')
  assert.ok(start !== undefined)
  world.github.push({ repository: APP, files: { dropped: '1' } })
  assert.throws(() => world.github.push({ repository: APP, from: start, files: { a: '1' } }))
  world.github.push({ repository: APP, from: start, force: true, files: { a: '1' } })
  const payload = await lastPush(world)
  assert.equal(payload['forced'], true)
  assert.deepEqual(
    commitsOf(payload).map(({ added }) => added),
    [['a']],
  )
  assert.equal(world.github.findRepository(APP)?.branches.get('main')?.files.has('dropped'), false)
})

test('moves a branch on without force, with all commits on the way', async (t) => {
  const world = await startHooked(t)
  const commits = [{ files: { a: '1' } }, { files: { b: '1' } }]
  world.github.push({ repository: APP, branch: 'topic', commits })
  world.github.push({ repository: APP, branch: 'main', from: 'topic' })
  const payload = await lastPush(world)
  assert.equal(payload['forced'], false)
  assert.deepEqual(
    commitsOf(payload).map(({ added }) => added),
    [['a'], ['b']],
  )
})

test('lists what a merge brings in, parents first', async (t) => {
  const world = await startHooked(t)
  const { github } = world
  github.push({ repository: APP, branch: 'topic', files: { a: '1' }, message: 'aside' })
  github.push({ repository: APP, files: { b: '1' }, message: 'meanwhile' })
  github.endMergeGroup(github.queueMerge({ repository: APP, head: 'topic' }), 'merged')
  await github.deliveriesSettled()
  const merged = world.receiver.of('push').at(-2)?.payload ?? {}
  const messages = commitsOf(merged).map(({ message }) => message)
  assert.equal(merged['ref'], 'refs/heads/main')
  assert.equal(messages[0], 'aside')
  assert.match(String(messages[1]), /^Merge pull request #1 /)
  assert.equal(messages.length, 2)
})

test('tells of a tag', async (t) => {
  const world = await startHooked(t)
  world.github.pushTag(APP, 'v1')
  const payload = await lastPush(world)
  assert.equal(payload['ref'], 'refs/tags/v1')
  assert.equal(payload['before'], ZEROS)
  assert.equal(payload['after'], headOf(world, 'main'))
  assert.equal(payload['base_ref'], 'refs/heads/main')
  assert.deepEqual(commitsOf(payload), [])
  world.github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  world.github.pushTag(APP, 'v1', 'topic')
  assert.equal((await lastPush(world))['forced'], true)
})

test('shows 2,048 commits of a larger push, and its head', async (t) => {
  const world = await startHooked(t)
  const commits = Array.from({ length: 2050 }, (_, index) => ({ files: { a: String(index) } }))
  world.github.push({ repository: APP, commits })
  const payload = await lastPush(world)
  assert.equal(commitsOf(payload).length, 2048)
  assert.equal(at(payload, 'head_commit.id'), headOf(world, 'main'))
})

test('shows 3,000 paths of a commit', async (t) => {
  const world = await startHooked(t)
  const files = Object.fromEntries(Array.from({ length: 2999 }, (_, index) => [`file-${index}`, 'x']))
  world.github.push({ repository: APP, files: { ...files, a: '1', b: '1', 'README.md': null } })
  const [commit] = commitsOf(await lastPush(world))
  const { added, removed } = commit as Readonly<Record<'added' | 'removed', readonly string[]>>
  assert.deepEqual([added.length, removed.length], [3000, 0])
})

test('takes a push to a repository without a commit as its first branch', async (t) => {
  const world = await startHooked(t)
  world.github.addRepository({ owner: 'acme', name: 'empty', files: null })
  world.github.push({ repository: 'acme/empty', commits: [{ files: { a: '1' } }, { files: { b: '1' } }] })
  const payload = await lastPush(world)
  assert.equal(payload['created'], true)
  assert.deepEqual(
    commitsOf(payload).map(({ added }) => added),
    [['a'], ['b']],
  )
})

test('names the App as sender of what it wrote itself', async (t) => {
  const world = await startHooked(t)
  const token = await world.mint()
  const body = { message: 'change', content: '' }
  await world.ask('PUT', '/repos/acme/app/contents/x', { token, body })
  assert.equal(at(await lastPush(world), 'sender.login'), 'test-app[bot]')
  assert.equal(at(await lastPush(world), 'sender.type'), 'Bot')
})
