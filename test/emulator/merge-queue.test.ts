import assert from 'node:assert/strict'
import test from 'node:test'
import { PERMISSIONS, startHooked } from './support/hooked.ts'
import { at } from './support/receiver.ts'

const APP = 'acme/app'

test('makes the commit of a merge on a branch of its own, and asks for checks of it', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  github.push({ repository: APP, branch: 'topic', files: { new: '1', 'README.md': null } })
  github.push({ repository: APP, files: { meanwhile: '1' } })
  const { number } = github.openPullRequest({ repository: APP, head: 'topic' })
  const base = github.findRepository(APP)?.branches.get('main')?.sha
  const group = github.queueMerge({ repository: APP, pullRequest: number })
  await world.arrived()
  assert.equal(group.headRef, `refs/heads/gh-readonly-queue/main/pr-${number}-${base ?? ''}`)
  assert.deepEqual([group.baseRef, group.baseSha], ['refs/heads/main', base])
  const { branches } = github.findRepository(APP) ?? {}
  const merge = branches?.get(group.headRef.replace('refs/heads/', ''))
  assert.equal(merge?.sha, group.headSha)
  assert.deepEqual(merge.parents, [base, branches?.get('topic')?.sha])
  assert.deepEqual([...merge.files.keys()].sort(), ['meanwhile', 'new'])
  const [requested] = receiver.of('merge_group')
  assert.equal(requested?.action, 'checks_requested')
  assert.equal(at(requested.payload, 'merge_group.head_sha'), group.headSha)
  assert.equal(at(requested.payload, 'merge_group.head_commit.id'), group.headSha)
  assert.equal(at(receiver.of('push').at(-1)?.payload, 'ref'), group.headRef)
})

test('queues a branch without a pull request', async (t) => {
  const { github } = await startHooked(t)
  github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  const group = github.queueMerge({ repository: APP, head: 'topic', base: 'main' })
  assert.match(group.headRef, /\/pr-1-[0-9a-f]{40}$/)
  assert.throws(() => github.queueMerge({ repository: APP, head: 'nothing' }))
  assert.throws(() => github.queueMerge({ repository: APP, pullRequest: 7 }))
})

for (const reason of ['merged', 'invalidated', 'dequeued'] as const) {
  test(`ends a group that is ${reason}`, async (t) => {
    const world = await startHooked(t)
    const { github, receiver } = world
    github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
    const group = github.queueMerge({ repository: APP, head: 'topic' })
    github.endMergeGroup(group, reason)
    await world.arrived()
    const branches = github.findRepository(APP)?.branches
    assert.equal(branches?.get('main')?.sha === group.headSha, reason === 'merged')
    assert.deepEqual([...(branches?.keys() ?? [])].sort(), ['main', 'topic'])
    const destroyed = receiver.of('merge_group').at(-1)
    assert.deepEqual([destroyed?.action, destroyed?.payload['reason']], ['destroyed', reason])
  })
}

test('tells only those of merge groups who may read merge queues', async (t) => {
  const world = await startHooked(t)
  const { checks, contents } = PERMISSIONS
  world.github.updateInstallation(world.hookedInstallation, { permissions: { checks, contents } })
  world.github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  world.github.queueMerge({ repository: APP, head: 'topic' })
  assert.equal((await world.arrived()).includes('merge_group checks_requested'), false)
})
