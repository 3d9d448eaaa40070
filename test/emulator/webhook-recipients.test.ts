import assert from 'node:assert/strict'
import test from 'node:test'
import { PERMISSIONS, startHooked } from './support/hooked.ts'
import type { Hooked } from './support/hooked.ts'
import { at, startReceiver } from './support/receiver.ts'

const APP = 'acme/app'
const PUSH = { repository: APP, files: { a: '1' } }

test('sends a push to every App that covers the repository and wants it, each with its own installation', async (t) => {
  const { github, app, installation, hookedInstallation, receiver } = await startHooked(t)
  const other = await startReceiver(t)
  github.setWebhook(app, { url: other.url, secret: 's' })
  github.push(PUSH)
  await github.deliveriesSettled()
  assert.equal(at(receiver.of('push')[0]?.payload, 'installation.id'), hookedInstallation.id)
  assert.deepEqual(
    other.received.map(({ event, payload }) => [event, at(payload, 'installation.id')]),
    [['push', installation.id]],
  )
})

const SILENT: Readonly<Record<string, (world: Hooked) => void>> = {
  'another account': ({ github }) => {
    github.addOrganization('other')
    github.addRepository({ owner: 'other', name: 'app' })
    github.push({ ...PUSH, repository: 'other/app' })
  },
  'a repository that is not selected': ({ github }) => {
    github.push({ ...PUSH, repository: 'acme/site' })
  },
  'a suspended installation': ({ github, hookedInstallation }) => {
    github.suspend(hookedInstallation)
    github.push(PUSH)
  },
  'an installation that may not read contents': ({ github, hookedInstallation }) => {
    github.updateInstallation(hookedInstallation, { permissions: { issues: 'read' } })
    github.push(PUSH)
  },
  'an installation that is gone': ({ github, hookedInstallation }) => {
    github.uninstall(hookedInstallation)
    github.push(PUSH)
  },
}

for (const [what, happen] of Object.entries(SILENT)) {
  test(`sends no push of ${what}`, async (t) => {
    const world = await startHooked(t)
    world.github.updateInstallation(world.hookedInstallation, { repositories: ['app'] })
    happen(world)
    assert.deepEqual(
      (await world.arrived()).filter((event) => !event.startsWith('installation')),
      [],
    )
  })
}

test('sends only what an App subscribes to, but what happens to its installation always', async (t) => {
  const { github } = await startHooked(t)
  const quiet = await startReceiver(t)
  const app = github.addApp({
    slug: 'quiet',
    owner: 'acme',
    permissions: PERMISSIONS,
    events: [],
    publicKeys: [],
    webhook: { url: quiet.url },
  })
  const installation = github.install({ app, account: 'acme', repositories: ['app'] })
  github.push(PUSH)
  github.suspend(installation)
  github.unsuspend(installation)
  github.updateInstallation(installation, { repositories: ['site'] })
  github.updateInstallation(installation, { permissions: { contents: 'read' } })
  github.updateInstallation(installation, { repositories: 'all' })
  github.uninstall(installation)
  await github.deliveriesSettled()
  assert.deepEqual(
    quiet.received.map(({ event, action }) => `${event} ${action ?? ''}`),
    [
      'installation created',
      'installation suspend',
      'installation unsuspend',
      'installation_repositories added',
      'installation_repositories removed',
      'installation new_permissions_accepted',
      'installation_repositories added',
      'installation deleted',
    ],
  )
  const names = (index: number, list: string): unknown => at(quiet.received[index]?.payload, `${list}.0.name`)
  assert.deepEqual([names(3, 'repositories_added'), names(3, 'repositories_removed')], ['site', undefined])
  assert.deepEqual([names(4, 'repositories_added'), names(4, 'repositories_removed')], [undefined, 'app'])
  assert.equal(at(quiet.received[6]?.payload, 'repository_selection'), 'all')
})

test('asks an App that writes checks for a suite with each new commit of a branch, once', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  github.push(PUSH)
  github.push({ repository: APP, branch: 'same', from: 'main' })
  github.pushTag(APP, 'v1')
  github.deleteBranch(APP, 'same')
  assert.deepEqual(await world.arrived(), ['push', 'check_suite requested', 'push', 'push', 'push'])
  const head = github.findRepository(APP)?.branches.get('main')
  const [requested] = receiver.of('check_suite')
  assert.equal(at(requested?.payload, 'check_suite.head_sha'), head?.sha)
  assert.equal(at(requested?.payload, 'check_suite.before'), head?.parents[0])
  assert.equal(at(requested?.payload, 'check_suite.head_branch'), 'main')
  github.updateInstallation(world.hookedInstallation, { permissions: { ...PERMISSIONS, checks: 'read' } })
  github.push(PUSH)
  assert.deepEqual((await world.arrived()).slice(5), ['installation new_permissions_accepted', 'push'])
  github.updateInstallation(world.hookedInstallation, { permissions: PERMISSIONS })
  github.suspend(world.hookedInstallation)
  github.push({ ...PUSH, files: { a: '2' } })
  assert.equal(github.findRepository(APP)?.checkSuites.length, 1)
})

test('tells all of a check, but asks only the App that made it to do it again', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  const other = await startReceiver(t)
  const watcher = github.addApp({
    slug: 'watcher',
    owner: 'acme',
    permissions: PERMISSIONS,
    events: ['check_run', 'check_suite'],
    publicKeys: [],
    webhook: { url: other.url },
  })
  github.install({ app: watcher, account: 'acme' })
  const actions = [{ label: 'Fix', description: 'Fix it', identifier: 'fix' }]
  const id = await world.checkRun({ conclusion: 'failure', actions })
  await world.arrived()
  other.clear()
  receiver.clear()
  github.rerequestCheckRun(APP, id)
  github.requestAction(APP, id, 'fix')
  const suite = github.findRepository(APP)?.checkRuns.at(-1)?.suite
  github.rerequestCheckSuite(APP, suite?.id ?? 0)
  assert.deepEqual(await world.arrived(), [
    'check_run rerequested',
    'check_run requested_action',
    'check_suite rerequested',
  ])
  assert.equal(at(receiver.received[1]?.payload, 'requested_action.identifier'), 'fix')
  assert.equal(at(receiver.received[1]?.payload, 'sender.type'), 'User')
  assert.equal(other.received.length, 0)
  await world.checkRun({ name: 'again' })
  await world.arrived()
  assert.deepEqual(
    other.received.map(({ event, action, payload }) => [event, action, at(payload, 'sender.login')]),
    [['check_run', 'created', 'hooked[bot]']],
  )
  assert.throws(() => {
    github.requestAction(APP, id, 'no such button')
  })
  assert.throws(() => {
    github.rerequestCheckRun(APP, 1)
  })
})

test('has the open pull requests of a branch follow its pushes, and closes them with it', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  github.push({ repository: APP, branch: 'topic', files: { a: '1' } })
  github.openPullRequest({ repository: APP, head: 'topic' })
  const push = github.push({ repository: APP, branch: 'topic', files: { a: '2' } })
  github.push({ repository: APP, files: { other: '1' } })
  github.deleteBranch(APP, 'topic')
  await world.arrived()
  const followed = receiver.of('pull_request')
  assert.deepEqual(
    followed.map(({ action }) => action),
    ['opened', 'synchronize', 'closed'],
  )
  assert.equal(followed[1]?.payload['before'], push.before)
  assert.equal(followed[1].payload['after'], push.after)
  assert.equal(at(followed[2]?.payload, 'pull_request.head.sha'), push.after)
})

test('tells where it goes of a pull request from a fork, and lists none with its checks', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  github.addUser('mona')
  github.addFork({ of: APP, owner: 'mona' })
  const push = github.push({ repository: 'mona/app', branch: 'topic', files: { a: '1' } })
  github.openPullRequest({ repository: APP, head: 'topic', from: 'mona/app' })
  await world.checkRun({ head_sha: push.after })
  assert.deepEqual(await world.arrived(), ['pull_request opened', 'check_run created'])
  const [opened, created] = receiver.received
  assert.equal(at(opened?.payload, 'pull_request.head.repo.full_name'), 'mona/app')
  assert.equal(at(opened?.payload, 'repository.full_name'), APP)
  assert.deepEqual(at(created?.payload, 'check_run.check_suite.pull_requests'), [])
  assert.equal(at(created?.payload, 'check_run.check_suite.head_branch'), null)
})

test('tells of a repository under its new name, with the old one', async (t) => {
  const world = await startHooked(t)
  const { github, receiver } = world
  github.push({ repository: APP, branch: 'trunk', files: { a: '1' } })
  await world.arrived()
  receiver.clear()
  github.setDefaultBranch(APP, 'trunk')
  github.renameRepository(APP, 'app2')
  github.deleteRepository('acme/app2')
  assert.deepEqual(await world.arrived(), ['repository edited', 'repository renamed', 'repository deleted'])
  const [edited, renamed] = receiver.received
  assert.equal(at(edited?.payload, 'changes.default_branch.from'), 'main')
  assert.equal(at(edited?.payload, 'repository.default_branch'), 'trunk')
  assert.equal(at(renamed?.payload, 'changes.repository.name.from'), 'app')
  assert.equal(at(renamed?.payload, 'repository.full_name'), 'acme/app2')
  assert.throws(() => {
    github.setDefaultBranch('acme/site', 'nothing')
  })
})

test('tells the new owner’s installation of a transfer, and the old one what it lost', async (t) => {
  const world = await startHooked(t)
  const { github, receiver, hooked, hookedInstallation } = world
  github.addOrganization('other')
  const there = github.install({ app: hooked, account: 'other' })
  github.updateInstallation(hookedInstallation, { repositories: ['app'] })
  await world.arrived()
  receiver.clear()
  github.transferRepository(APP, 'other')
  assert.deepEqual(await world.arrived(), ['installation_repositories removed', 'repository transferred'])
  const [lost, transferred] = receiver.received
  assert.equal(at(lost?.payload, 'installation.id'), hookedInstallation.id)
  assert.equal(at(transferred?.payload, 'installation.id'), there.id)
  assert.equal(at(transferred?.payload, 'changes.owner.from.organization.login'), 'acme')
})

test('calls listeners with each event, pushes too', async (t) => {
  const { github } = await startHooked(t)
  const heard: string[] = []
  const stop = github.on('event', ({ kind }) => heard.push(kind))
  github.push(PUSH)
  github.renameRepository(APP, 'app2')
  stop()
  github.renameRepository('acme/app2', 'app')
  assert.deepEqual(heard, ['push', 'check_suite', 'repository'])
})
