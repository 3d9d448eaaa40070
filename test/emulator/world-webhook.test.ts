import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { startWorld } from '../../emulator/index.ts'
import { at, startReceiver } from './support/receiver.ts'

const FOLDER = 'acme/app/.github/chainguard'

test('delivers a saved policy as a push, and asks for its checks', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'policies-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, FOLDER), { recursive: true })
  const world = await startWorld({ policiesDirectory: root })
  t.after(() => world.close())
  const receiver = await startReceiver(t)
  world.github.setWebhook(world.app, { url: receiver.url, secret: 's' })
  const pushed = new Promise((resolve) => world.github.on('push', resolve))
  await writeFile(join(root, FOLDER, 'x.sts.yaml'), 'issuer: x\n')
  await pushed
  await world.github.deliveriesSettled()
  assert.deepEqual(
    receiver.received.map(({ event, action }) => [event, action]),
    [
      ['push', undefined],
      ['check_suite', 'requested'],
    ],
  )
  assert.deepEqual(at(receiver.received[0]?.payload, 'commits.0.added'), ['.github/chainguard/x.sts.yaml'])
})

test('has an App that hears of all that concerns policies', async (t) => {
  const world = await startWorld({ watch: false })
  t.after(() => world.close())
  const receiver = await startReceiver(t)
  const { github } = world
  github.setWebhook(world.app, { url: receiver.url, secret: 's' })
  github.push({ repository: 'acme/app', branch: 'topic', files: { a: '1' } })
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  github.queueMerge({ repository: 'acme/app', head: 'topic' })
  github.renameRepository('acme/docs', 'docs2')
  github.addOrganization('other')
  github.install({ app: world.app, account: 'other' })
  await github.deliveriesSettled()
  assert.deepEqual([...new Set(receiver.received.map(({ event }) => event))].sort(), [
    'check_suite',
    'installation',
    'merge_group',
    'pull_request',
    'push',
    'repository',
  ])
})
