import assert from 'node:assert/strict'
import test from 'node:test'
import { startTestGitHub } from './support/test-github.ts'

test('finds the installation by repository, organization and either kind of login', async (t) => {
  const { ask, appJwt, github, installation, app } = await startTestGitHub(t)
  github.addUser('mona')
  const mona = github.install({ app, account: 'mona' })
  const token = await appJwt()
  for (const [path, id] of [
    ['/repos/acme/app/installation', installation.id],
    ['/repos/ACME/App/installation', installation.id],
    ['/orgs/acme/installation', installation.id],
    ['/users/acme/installation', installation.id],
    ['/users/mona/installation', mona.id],
    [`/app/installations/${installation.id}`, installation.id],
  ] as const) {
    const { status, json } = await ask('GET', path, { token })
    assert.equal(status, 200, path)
    assert.equal(json['id'], id, path)
  }
})

test('answers 404 where the App is not installed, and for what does not exist', async (t) => {
  const { ask, appJwt, github, app } = await startTestGitHub(t)
  github.addUser('mona')
  github.addOrganization('other')
  github.addRepository({ owner: 'other', name: 'repo' })
  github.install({ app, account: 'mona' })
  const token = await appJwt()
  for (const path of [
    '/repos/other/repo/installation',
    '/repos/acme/nothing/installation',
    '/orgs/mona/installation',
    '/orgs/other/installation',
    '/users/nobody/installation',
    '/app/installations/1',
    '/app/installations/x',
    '/nothing/here',
  ]) {
    assert.equal((await ask('GET', path, { token })).status, 404, path)
  }
})

test('does not show an App the installations of another', async (t) => {
  const { ask, appJwt, github, installation } = await startTestGitHub(t)
  const other = github.addApp({
    slug: 'other',
    owner: 'acme',
    permissions: { contents: 'read' },
    publicKeys: [],
  })
  const elsewhere = github.install({ app: other, account: 'acme' })
  const token = await appJwt()
  assert.equal((await ask('GET', `/app/installations/${elsewhere.id}`, { token })).status, 404)
  const { text } = await ask('GET', '/app/installations', { token })
  assert.deepEqual(idsOf(text), [installation.id])
})

test('tells what an installation is: permissions, selection, suspension', async (t) => {
  const { ask, appJwt, github, installation, clock } = await startTestGitHub(t)
  const token = await appJwt()
  const path = '/orgs/acme/installation'
  const before = (await ask('GET', path, { token })).json
  assert.deepEqual(before['permissions'], {
    contents: 'write',
    issues: 'write',
    checks: 'read',
    metadata: 'read',
  })
  assert.equal(before['repository_selection'], 'all')
  assert.equal(before['suspended_at'], null)

  github.updateInstallation(installation, { permissions: { contents: 'read' }, repositories: ['site'] })
  github.suspend(installation)
  const after = (await ask('GET', path, { token })).json
  assert.deepEqual(after['permissions'], { contents: 'read', metadata: 'read' })
  assert.equal(after['repository_selection'], 'selected')
  assert.equal(Date.parse(String(after['suspended_at'])), clock.ms)
  assert.equal((await ask('GET', '/repos/acme/app/installation', { token })).status, 404)
  assert.equal((await ask('GET', '/repos/acme/site/installation', { token })).status, 200)

  github.uninstall(installation)
  assert.equal((await ask('GET', path, { token })).status, 404)
})

test('pages through lists with link headers', async (t) => {
  const { ask, appJwt, github, app } = await startTestGitHub(t)
  for (const login of ['b', 'c', 'd']) {
    github.addUser(login)
    github.install({ app, account: login })
  }
  const token = await appJwt()
  const first = await ask('GET', '/app/installations?per_page=3', { token })
  assert.equal(idsOf(first.text).length, 3)
  assert.match(first.headers.get('link') ?? '', /<[^>]+[?&]page=2[^>]*>; rel="next"/)
  const second = await ask('GET', '/app/installations?per_page=3&page=2', { token })
  assert.equal(idsOf(second.text).length, 1)
  assert.doesNotMatch(second.headers.get('link') ?? '', /rel="next"/)
})

function idsOf(text: string): readonly number[] {
  const list = JSON.parse(text) as readonly { readonly id: number }[]
  return list.map(({ id }) => id)
}
