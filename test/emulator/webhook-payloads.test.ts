import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'
import { startHooked } from './support/hooked.ts'
import { assertWebhookDescribed } from './support/openapi.ts'
import type { Received } from './support/receiver.ts'

const APP = 'acme/app'

/** Real payloads, of all kinds of webhooks. */
const examples = createRequire(import.meta.url)(
  '@octokit/webhooks-examples/api.github.com/index.json',
) as readonly { readonly name: string; readonly examples: readonly unknown[] }[]

/** Members that are newer than the examples, or that these happen not to have. GitHub's description has them all. */
const NOT_IN_EXAMPLES = [
  'allow_forking',
  'app_slug',
  'client_id',
  'has_discussions',
  'has_multiple_single_files',
  'merge_queues',
  'reason',
  'rerequestable',
  'runs_rerequestable',
  'single_file_paths',
  'user_view_type',
]

test('sends what GitHub sends, for each event', async (t) => {
  const world = await startHooked(t)
  const { github, hooked, hookedInstallation: installation, receiver } = world
  github.push({ repository: APP, files: { a: '1' } })
  github.push({ repository: APP, branch: 'topic', commits: [{ files: { a: '2' } }, { files: { a: null } }] })
  github.openPullRequest({ repository: APP, head: 'topic' })
  github.push({ repository: APP, branch: 'topic', from: 'main', force: true, files: { b: '1' } })
  github.closePullRequest(APP, 1)
  github.reopenPullRequest(APP, 1)
  github.pushTag(APP, 'v1')
  github.endMergeGroup(github.queueMerge({ repository: APP, pullRequest: 1 }), 'merged')
  const actions = [{ label: 'Fix', description: 'Fix it', identifier: 'fix' }]
  const output = { title: 'A title', summary: 'A summary' }
  const runId = await world.checkRun({ conclusion: 'success', actions, output })
  github.rerequestCheckRun(APP, runId)
  github.requestAction(APP, runId, 'fix')
  github.rerequestCheckSuite(APP, github.findRepository(APP)?.checkRuns.at(-1)?.suite.id ?? 0)
  await world.checkRun({ status: 'in_progress' })
  github.setDefaultBranch(APP, 'topic')
  github.deleteBranch(APP, 'main')
  github.suspend(installation)
  github.unsuspend(installation)
  github.updateInstallation(installation, { permissions: { checks: 'write', contents: 'read' } })
  github.updateInstallation(installation, { repositories: ['app'] })
  github.updateInstallation(installation, { repositories: 'all' })
  github.renameRepository(APP, 'app2')
  github.addUser('mona')
  github.addOrganization('other')
  github.install({ app: hooked, account: 'mona', repositories: [] })
  github.install({ app: hooked, account: 'other' })
  github.transferRepository('acme/app2', 'mona')
  github.transferRepository('mona/app2', 'other')
  github.deleteRepository('other/app2')
  github.uninstall(installation)

  const sent = new Set(await world.arrived())
  assert.deepEqual([...sent].sort(), [
    'check_run completed',
    'check_run created',
    'check_run requested_action',
    'check_run rerequested',
    'check_suite completed',
    'check_suite requested',
    'check_suite rerequested',
    'installation created',
    'installation deleted',
    'installation new_permissions_accepted',
    'installation suspend',
    'installation unsuspend',
    'installation_repositories added',
    'installation_repositories removed',
    'merge_group checks_requested',
    'merge_group destroyed',
    'pull_request closed',
    'pull_request opened',
    'pull_request reopened',
    'pull_request synchronize',
    'push',
    'repository deleted',
    'repository edited',
    'repository renamed',
    'repository transferred',
  ])
  for (const { event, action, payload } of receiver.received) {
    assertWebhookDescribed(action === undefined ? event : `${event} ${action}`, withoutMergeQueues(payload))
  }
  const unknown = new Set(receiver.received.flatMap(membersWithoutExample))
  assert.deepEqual([...unknown].sort(), NOT_IN_EXAMPLES)
})

/** What the description says of Apps in payloads, their permissions and events, is older than merge queues. */
function withoutMergeQueues(payload: unknown): unknown {
  const text = JSON.stringify(payload, (name, value: unknown) => {
    if (name === 'merge_queues') return undefined
    return Array.isArray(value) ? value.filter((item) => item !== 'merge_group') : value
  })
  return JSON.parse(text)
}

/** Names of members that no real payload of the event has in that place, whatever the action. */
function membersWithoutExample({ event, payload }: Received): readonly string[] {
  const real = examples.find(({ name }) => name === event)?.examples ?? []
  const known = new Set(real.flatMap((example) => membersOf(example)))
  return membersOf(payload)
    .filter((member) => !known.has(member))
    .map((member) => member.slice(member.lastIndexOf('.') + 1))
}

/** Paths of all members, without positions in lists. */
function membersOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, path))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`
    return [at, ...membersOf(member, at)]
  })
}
