import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { at, startChecksGitHub } from './support/checks.ts'
import type { ChecksGitHub } from './support/checks.ts'

const PULLS = '/repos/acme/app/pulls'

test('gives a pull request with the heads of both branches as they are now', async (t) => {
  const { github, ask, token, sha } = await startChecksGitHub(t)
  const topic = github.push({ repository: 'acme/app', branch: 'topic', files: { a: '1\n2\n', b: '1\n' } })
  github.openPullRequest({ repository: 'acme/app', head: 'topic', title: 'Try' })
  const { status, json } = await ask('GET', `${PULLS}/1`, { token })
  assert.equal(status, 200)
  assert.deepEqual([json['number'], json['title'], json['state'], json['body']], [1, 'Try', 'open', null])
  assert.deepEqual(sidesOf(json), ['acme:topic', 'topic', topic.after, 'acme:main', 'main', sha])
  assert.deepEqual(sizeOf(json), { commits: 1, files: 2, additions: 3, deletions: 0 })

  const main = github.push({ repository: 'acme/app', files: { c: '1' } })
  const next = github.push({ repository: 'acme/app', branch: 'topic', files: { 'README.md': 'bye\n' } })
  const { json: later } = await ask('GET', `${PULLS}/1`, { token })
  assert.deepEqual(sidesOf(later), ['acme:topic', 'topic', next.after, 'acme:main', 'main', main.after])
  assert.deepEqual(sizeOf(later), { commits: 2, files: 3, additions: 4, deletions: 1 })
})

test('opens one as the calling App', async (t) => {
  const { github, ask, token } = await startWithTopic(t)
  const heard: unknown[] = []
  github.on('event', (event) => heard.push(event))
  const body = { title: 'Try', head: 'topic', base: 'main', body: 'Why' }
  const { status, headers, json } = await ask('POST', PULLS, { token, body })
  assert.equal(status, 201)
  assert.deepEqual([json['title'], json['body'], at(json, 'user', 'login')], ['Try', 'Why', 'test-app[bot]'])
  assert.equal(headers.get('location'), json['url'])
  assert.deepEqual(
    heard.map((event) => [at(event, 'kind'), at(event, 'action'), at(event, 'pullRequest', 'number')]),
    [['pull_request', 'opened', 1]],
  )
  assert.deepEqual((await ask('GET', `${PULLS}/1`, { token })).json, json)
})

test('counts pull requests and issues as one', async (t) => {
  const { github, ask, mint, installation } = await startWithTopic(t)
  github.updateInstallation(installation, { permissions: { issues: 'write', pull_requests: 'write' } })
  const token = await mint()
  await ask('POST', '/repos/acme/app/issues', { token, body: { title: 'First' } })
  const body = { title: 'Second', head: 'topic', base: 'main' }
  assert.equal((await ask('POST', PULLS, { token, body })).json['number'], 2)
  const third = await ask('POST', '/repos/acme/app/issues', { token, body: { title: 'Third' } })
  assert.equal(third.json['number'], 3)
})

const refused: readonly (readonly [
  string,
  Readonly<Record<string, unknown>>,
  Readonly<Record<string, unknown>>,
])[] = [
  ['no title', { title: undefined }, { code: 'missing_field', field: 'title' }],
  ['no base', { base: undefined }, { code: 'invalid', field: 'base' }],
  ['a base that does not exist', { base: 'none' }, { code: 'invalid', field: 'base' }],
  ['a head that does not exist', { head: 'none' }, { code: 'invalid', field: 'head' }],
  ['a head of an owner without a fork', { head: 'mona:topic' }, { code: 'invalid', field: 'head' }],
  ['a head in no fork', { head: 'main', head_repo: 'acme/site' }, { code: 'invalid', field: 'head' }],
  ['nothing to take', { head: 'main' }, { code: 'custom', message: 'No commits between main and main' }],
]

for (const [what, change, error] of refused) {
  test(`refuses to open one with ${what}`, async (t) => {
    const { ask, token } = await startWithTopic(t)
    const body = { title: 'Try', head: 'topic', base: 'main', ...change }
    const { status, json } = await ask('POST', PULLS, { token, body })
    assert.equal(status, 422)
    assert.deepEqual(json['errors'], [{ resource: 'PullRequest', ...error }])
    assert.equal((await ask('GET', `${PULLS}/1`, { token })).status, 404)
  })
}

test('opens no second one for a branch, until the first is closed', async (t) => {
  const { github, ask, token } = await startWithTopic(t)
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const body = { title: 'Try', head: 'topic', base: 'main' }
  const { status, json } = await ask('POST', PULLS, { token, body })
  assert.equal(status, 422)
  assert.deepEqual(json['errors'], [
    {
      resource: 'PullRequest',
      code: 'custom',
      message: 'A pull request already exists for acme:topic.',
    },
  ])
  github.closePullRequest('acme/app', 1)
  assert.equal((await ask('POST', PULLS, { token, body })).json['number'], 2)
})

test('wants pull_requests: write to open one, and pull_requests: read to see it', async (t) => {
  const { github, ask, mint } = await startWithTopic(t)
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const reader = await mint({ permissions: { pull_requests: 'read' } })
  const stranger = await mint({ permissions: { contents: 'write' } })
  const body = { title: 'Try', head: 'topic', base: 'main' }
  assert.equal((await ask('POST', PULLS, { token: reader, body })).status, 403)
  for (const path of [`${PULLS}/1`, `${PULLS}/1/files`]) {
    assert.equal((await ask('GET', path, { token: reader })).status, 200)
    assert.equal((await ask('GET', path, { token: stranger })).status, 403)
    assert.equal((await ask('GET', path)).status, 404)
  }
  assert.equal((await ask('GET', `${PULLS}/2`, { token: reader })).status, 404)
})

test('keeps a closed one as it was, and has a reopened one follow its branch', async (t) => {
  const { github, ask, token, clock } = await startWithTopic(t)
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const get = async () => (await ask('GET', `${PULLS}/1`, { token })).json
  const last = github.push({ repository: 'acme/app', branch: 'topic', files: { a: '2' } })
  clock.ms += 1000
  github.closePullRequest('acme/app', 1)
  const next = github.push({ repository: 'acme/app', branch: 'topic', files: { b: '2' } })
  const closed = await get()
  assert.deepEqual(
    [closed['state'], closed['closed_at'], at(closed, 'head', 'sha'), closed['commits']],
    ['closed', '2026-09-01T12:00:01Z', last.after, 2],
  )
  github.reopenPullRequest('acme/app', 1)
  const opened = await get()
  assert.deepEqual(
    [opened['state'], opened['closed_at'], at(opened, 'head', 'sha')],
    ['open', null, next.after],
  )
})

test('takes changes from a fork, whose commits the base can be asked for', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.addUser('mona')
  const fork = github.addFork({ of: 'acme/app', owner: 'mona', name: 'app-fork' })
  const { after } = github.push({ repository: 'mona/app-fork', branch: 'topic', files: { x: 'of the fork' } })
  const contents = `/repos/acme/app/contents/x?ref=${after}`
  const { json: file } = await ask('GET', contents, { token })
  assert.equal(Buffer.from(String(file['content']), 'base64').toString(), 'of the fork')
  assert.equal((await ask('GET', '/repos/acme/app/contents/x?ref=topic', { token })).status, 404)

  for (const [index, head] of [
    { head: 'mona:topic' },
    { head: 'topic', head_repo: 'mona/app-fork' },
  ].entries()) {
    const { status, json } = await ask('POST', PULLS, {
      token,
      body: { title: 'Try', base: 'main', ...head },
    })
    assert.equal(status, 201)
    assert.deepEqual(
      [at(json, 'head', 'label'), at(json, 'head', 'sha'), at(json, 'head', 'repo', 'id')],
      ['mona:topic', after, fork.id],
    )
    assert.deepEqual([at(json, 'head', 'repo', 'fork'), at(json, 'base', 'repo', 'fork')], [true, false])
    github.closePullRequest('acme/app', index + 1)
  }
})

test('throws for what a control names and is not there', async (t) => {
  const { github } = await startWithTopic(t)
  const repository = 'acme/app'
  assert.throws(() => github.openPullRequest({ repository, head: 'none' }), /no branch none/)
  assert.throws(() => github.openPullRequest({ repository, head: 'topic', base: 'none' }), /no branch none/)
  assert.throws(() => github.openPullRequest({ repository, head: 'main', from: 'acme/site' }), /no fork/)
  assert.throws(() => github.closePullRequest(repository, 1), /no pull request 1/)
  assert.throws(() => github.addFork({ of: repository, owner: 'acme' }), /already/)
})

/** A GitHub whose `acme/app` has a branch `topic`, one commit ahead. */
async function startWithTopic(t: TestContext): Promise<ChecksGitHub> {
  const started = await startChecksGitHub(t)
  started.github.push({ repository: 'acme/app', branch: 'topic', files: { a: '1' } })
  return started
}

function sidesOf(json: unknown): readonly unknown[] {
  return ['head', 'base'].flatMap((side) => ['label', 'ref', 'sha'].map((name) => at(json, side, name)))
}

function sizeOf(json: unknown) {
  return {
    commits: at(json, 'commits'),
    files: at(json, 'changed_files'),
    additions: at(json, 'additions'),
    deletions: at(json, 'deletions'),
  }
}
