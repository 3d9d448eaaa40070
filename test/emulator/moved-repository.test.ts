import assert from 'node:assert/strict'
import test from 'node:test'
import { startTestGitHub } from './support/test-github.ts'

const OLD = '/repos/acme/app'

test('redirects reads of a renamed repository by its id, keeping path and query', async (t) => {
  const { ask, mint, appJwt, github } = await startTestGitHub(t)
  const token = await mint()
  github.renameRepository('acme/app', 'app2')
  const id = github.findRepository('acme/app2')?.id
  for (const [path, rest] of [
    [OLD, ''],
    [`${OLD}/contents/README.md?ref=main`, '/contents/README.md?ref=main'],
  ] as const) {
    const moved = await ask('GET', path, { token })
    assert.equal(moved.status, 301)
    const location = moved.headers.get('location') ?? ''
    assert.equal(location, `${github.baseUrl}/repositories/${id ?? ''}${rest}`)
    assert.equal((await ask('GET', location.slice(github.baseUrl.length), { token })).status, 200)
  }
  const jwt = await appJwt()
  assert.equal((await ask('GET', `${OLD}/installation`, { token: jwt })).status, 301)
  assert.equal((await ask('GET', `/repositories/${id ?? ''}/installation`, { token: jwt })).status, 200)
})

test('redirects writes with 307', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const token = await mint()
  github.renameRepository('acme/app', 'app2')
  const body = { title: 'x' }
  assert.equal((await ask('POST', `${OLD}/issues`, { token, body })).status, 307)
})

test('does not tell of a move to those who may not see the repository', async (t) => {
  const { ask, github } = await startTestGitHub(t)
  github.renameRepository('acme/app', 'app2')
  assert.equal((await ask('GET', OLD)).status, 404)
})

test('gives a freed name to whoever takes it', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.renameRepository('acme/app', 'app2')
  const next = github.addRepository({ owner: 'acme', name: 'app' })
  assert.equal((await ask('GET', OLD, { token: await mint() })).json['id'], next.id)
})

test('takes a transferred repository out of the installation it was in', async (t) => {
  const { ask, mint, appJwt, github, app, installation } = await startTestGitHub(t)
  github.addOrganization('other')
  github.updateInstallation(installation, { repositories: ['app'] })
  const token = await mint()
  github.transferRepository('acme/app', 'other')
  assert.equal((await ask('GET', OLD, { token })).status, 404)
  const jwt = await appJwt()
  assert.equal((await ask('GET', `${OLD}/installation`, { token: jwt })).status, 404)
  const there = github.install({ app, account: 'other' })
  assert.equal((await ask('GET', `${OLD}/installation`, { token: jwt })).status, 301)
  const found = await ask('GET', '/repos/other/app/installation', { token: jwt })
  assert.equal(found.json['id'], there.id)
})

test('keeps an installation with its account when that is renamed and the name taken by another', async (t) => {
  const { ask, mint, appJwt, github, installation } = await startTestGitHub(t)
  const token = await mint()
  github.renameAccount('acme', 'acme-inc')
  assert.equal((await ask('GET', OLD, { token })).status, 301)
  const jwt = await appJwt()
  assert.equal((await ask('GET', '/orgs/acme/installation', { token: jwt })).status, 404)
  assert.equal((await ask('GET', '/orgs/acme-inc/installation', { token: jwt })).json['id'], installation.id)
  github.addOrganization('acme')
  github.addRepository({ owner: 'acme', name: 'app' })
  assert.equal((await ask('GET', OLD, { token })).status, 404)
  const { json } = await ask('POST', `/app/installations/${installation.id}/access_tokens`, {
    token: jwt,
    body: { repositories: ['app'] },
  })
  const repositories = json['repositories'] as readonly { readonly full_name: string }[]
  assert.equal(repositories[0]?.full_name, 'acme-inc/app')
})

test('forgets a deleted repository, under its old names too', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const token = await mint()
  github.renameRepository('acme/app', 'app2')
  github.deleteRepository('acme/app2')
  assert.equal((await ask('GET', '/repos/acme/app2', { token })).status, 404)
  assert.equal((await ask('GET', OLD, { token })).status, 404)
})

test('throws on control calls about what is not there', async (t) => {
  const { github, app } = await startTestGitHub(t)
  for (const call of [
    () => github.addOrganization('ACME'),
    () => github.addRepository({ owner: 'acme', name: 'APP' }),
    () => github.addRepository({ owner: 'nobody', name: 'x' }),
    () => {
      github.renameAccount('nobody', 'x')
    },
    () => {
      github.suspend({ id: 1 })
    },
    () => github.install({ app, account: 'acme', permissions: { secrets: 'read' } }),
    () => github.writeFile('acme/nothing', 'x', 'y'),
  ]) {
    assert.throws(call)
  }
})
