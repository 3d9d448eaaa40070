import assert from 'node:assert/strict'
import test from 'node:test'
import { startTestGitHub } from './support/test-github.ts'

test('lets a token read what it was made for, and hides the rest of the private ones', async (t) => {
  const { github, ask, mint } = await startTestGitHub(t)
  github.addRepository({ owner: 'acme', name: 'secret' })
  const token = await mint({ repositories: ['app'], permissions: { contents: 'read' } })
  for (const [path, status] of [
    ['/repos/acme/app', 200],
    ['/repos/acme/app/contents/README.md', 200],
    ['/repos/acme/secret', 404],
    ['/repos/acme/secret/contents/README.md', 404],
    ['/repos/acme/nothing', 404],
    ['/repos/acme/app/issues', 403],
    ['/repos/acme/site/issues', 200],
  ] as const) {
    assert.equal((await ask('GET', path, { token })).status, status, path)
  }
})

test('says which permission is missing on a repository that the token can see', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const token = await mint({ permissions: { issues: 'read' } })
  const answer = await ask('GET', '/repos/acme/app/contents/README.md', { token })
  assert.equal(answer.status, 403)
  assert.equal(answer.json['message'], 'Resource not accessible by integration')
  assert.equal(answer.headers.get('x-accepted-github-permissions'), 'contents=read')
})

test('shows public repositories to anyone, and lets no one write without a permission there', async (t) => {
  const { github, ask, mint } = await startTestGitHub(t)
  github.addOrganization('other')
  github.addRepository({ owner: 'other', name: 'open', private: false })
  const token = await mint()
  const body = { title: 'x' }
  assert.equal((await ask('GET', '/repos/acme/site/contents/index.html')).status, 200)
  assert.equal((await ask('GET', '/repos/other/open/contents/README.md', { token })).status, 200)
  assert.equal((await ask('POST', '/repos/other/open/issues', { token, body })).status, 403)
  assert.equal((await ask('POST', '/repos/acme/site/issues', { token, body })).status, 201)
  assert.equal((await ask('POST', '/repos/acme/site/issues', { body })).status, 401)
  assert.equal((await ask('GET', '/repos/acme/app')).status, 404)
})

test('lists the repositories of a token', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  for (const [body, expected] of [
    [{ repositories: ['app'] }, ['acme/app']],
    [{}, ['acme/app', 'acme/site']],
  ] as const) {
    const { json } = await ask('GET', '/installation/repositories', { token: await mint(body) })
    const repositories = json['repositories'] as readonly { readonly full_name: string }[]
    assert.deepEqual(
      repositories.map((repository) => repository.full_name),
      expected,
    )
    assert.equal(json['total_count'], expected.length)
  }
  assert.equal((await ask('GET', '/installation/repositories')).status, 401)
  assert.equal(github.liveTokens().length, 2)
})

test('ends a token by revoking it, once', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const token = await mint()
  const other = await mint()
  assert.equal((await ask('DELETE', '/installation/token', { token })).status, 204)
  const again = await ask('DELETE', '/installation/token', { token })
  assert.equal(again.status, 401)
  assert.equal(again.json['message'], 'Bad credentials')
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 401)
  assert.equal((await ask('GET', '/repos/acme/app', { token: other })).status, 200)
  assert.deepEqual(
    github.liveTokens().map((live) => live.token),
    [other],
  )
})

test('ends a token after an hour by its own clock', async (t) => {
  const { ask, mint, clock } = await startTestGitHub(t)
  const token = await mint()
  clock.ms += 3_599_000
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 200)
  clock.ms += 1000
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 401)
})

test('stops tokens while the installation is suspended, and for good when it is gone', async (t) => {
  const { ask, mint, github, installation } = await startTestGitHub(t)
  const token = await mint()
  github.suspend(installation)
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 403)
  github.unsuspend(installation)
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 200)
  github.uninstall(installation)
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 401)
})

test('takes repositories away from living tokens when the selection shrinks', async (t) => {
  const { ask, mint, github, installation } = await startTestGitHub(t)
  const token = await mint({ repositories: ['app', 'site'] })
  github.updateInstallation(installation, { repositories: ['site'] })
  assert.equal((await ask('GET', '/repos/acme/app', { token })).status, 404)
})

test('creates and lists issues', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const token = await mint({ permissions: { issues: 'write' } })
  const path = '/repos/acme/app/issues'
  const first = await ask('POST', path, { token, body: { title: 'one', body: 'text' } })
  assert.equal(first.status, 201)
  assert.equal(first.headers.get('location'), first.json['url'])
  await ask('POST', path, { token, body: { title: 'two' } })
  const { text } = await ask('GET', `${path}?per_page=1`, { token })
  const issues = JSON.parse(text) as readonly { readonly title: string; readonly number: number }[]
  assert.deepEqual(
    issues.map(({ title, number }) => [title, number]),
    [['two', 2]],
  )
  assert.equal((await ask('POST', path, { token, body: {} })).status, 422)
  const reader = await mint({ permissions: { issues: 'read' } })
  assert.equal((await ask('POST', path, { token: reader, body: { title: 'x' } })).status, 403)
})

test('wants a User-Agent and a known API version, and names the version used', async (t) => {
  const { ask } = await startTestGitHub(t)
  const path = '/repos/acme/site'
  assert.equal((await ask('GET', path, { headers: { 'user-agent': '' } })).status, 403)
  assert.equal((await ask('GET', path, { headers: { 'x-github-api-version': '2020-01-01' } })).status, 400)
  const answer = await ask('GET', path, { headers: { 'x-github-api-version': '2026-03-10' } })
  assert.equal(answer.headers.get('x-github-api-version-selected'), '2026-03-10')
  assert.notEqual(answer.headers.get('x-github-request-id'), null)
})
