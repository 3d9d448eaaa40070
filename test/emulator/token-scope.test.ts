import assert from 'node:assert/strict'
import test from 'node:test'
import { startTestGitHub } from './support/test-github.ts'
import type { AskedAnswer, TestGitHub } from './support/test-github.ts'

async function mintAnswer({ ask, appJwt, installation }: TestGitHub, body?: unknown): Promise<AskedAnswer> {
  return await ask('POST', `/app/installations/${installation.id}/access_tokens`, {
    token: await appJwt(),
    ...(body === undefined ? {} : { body }),
  })
}

const EVERYTHING = { contents: 'write', issues: 'write', checks: 'read', metadata: 'read' }

const PERMISSIONS: readonly {
  readonly name: string
  readonly body: unknown
  readonly granted: Readonly<Record<string, string>> | number
}[] = [
  { name: 'no body', body: undefined, granted: EVERYTHING },
  { name: 'an empty object', body: { permissions: {} }, granted: EVERYTHING },
  {
    name: 'less than granted',
    body: { permissions: { contents: 'read' } },
    granted: { contents: 'read', metadata: 'read' },
  },
  {
    name: 'exactly what is granted',
    body: { permissions: { checks: 'read' } },
    granted: { checks: 'read', metadata: 'read' },
  },
  { name: 'metadata alone', body: { permissions: { metadata: 'read' } }, granted: { metadata: 'read' } },
  { name: 'a higher level', body: { permissions: { checks: 'write' } }, granted: 422 },
  { name: 'one not granted', body: { permissions: { contents: 'read', secrets: 'read' } }, granted: 422 },
  { name: 'an unknown name', body: { permissions: { content: 'read' } }, granted: 422 },
  { name: 'an inherited name', body: '{"permissions":{"__proto__":"read"}}', granted: 422 },
  { name: 'an unknown level', body: { permissions: { contents: 'owner' } }, granted: 422 },
  { name: 'a list', body: { permissions: ['contents'] }, granted: 422 },
  { name: 'broken JSON', body: '{"permissions":', granted: 400 },
  { name: 'JSON that is no object', body: '[]', granted: 400 },
]

for (const { name, body, granted } of PERMISSIONS) {
  test(`asked for ${name}, gives ${JSON.stringify(granted)}`, async (t) => {
    const { status, json } = await mintAnswer(await startTestGitHub(t), body)
    assert.equal(status, typeof granted === 'number' ? granted : 201)
    if (typeof granted !== 'number') assert.deepEqual(json['permissions'], granted)
  })
}

function names(json: AskedAnswer['json']): readonly string[] | undefined {
  const repositories = json['repositories'] as readonly { readonly full_name: string }[] | undefined
  return repositories?.map((repository) => repository.full_name)
}

test('gives the repositories asked for by name or id, and all for an empty list', async (t) => {
  const world = await startTestGitHub(t)
  const id = world.github.findRepository('acme/site')?.id
  for (const [body, expected] of [
    [{ repositories: ['app'] }, ['acme/app']],
    [{ repositories: ['APP', 'app'] }, ['acme/app']],
    [{ repository_ids: [id] }, ['acme/site']],
    [{ repositories: ['app'], repository_ids: [id] }, ['acme/app', 'acme/site']],
    [{ repositories: [] }, undefined],
    [{}, undefined],
  ] as const) {
    const { status, json } = await mintAnswer(world, body)
    assert.equal(status, 201)
    assert.deepEqual(names(json), expected)
    assert.equal(json['repository_selection'], expected === undefined ? 'all' : 'selected')
  }
})

test('refuses repositories that are absent, elsewhere, not selected, too many or no names', async (t) => {
  const world = await startTestGitHub(t)
  const { github, installation } = world
  github.addOrganization('other')
  const elsewhere = github.addRepository({ owner: 'other', name: 'theirs' })
  github.updateInstallation(installation, { repositories: ['app'] })
  for (const body of [
    { repositories: ['nothing'] },
    { repositories: ['app', 'nothing'] },
    { repositories: ['theirs'] },
    { repositories: ['acme/app'] },
    { repositories: ['site'] },
    { repository_ids: [elsewhere.id] },
    { repositories: Array.from({ length: 501 }, () => 'app') },
    { repositories: 'app' },
    { repositories: [1] },
    { repository_ids: ['1'] },
  ]) {
    assert.equal((await mintAnswer(world, body)).status, 422, JSON.stringify(body).slice(0, 60))
  }
  assert.equal(
    (await mintAnswer(world, { repositories: Array.from({ length: 500 }, () => 'app') })).status,
    201,
  )
  assert.deepEqual(names((await mintAnswer(world)).json), ['acme/app'])
})

test('does not take a renamed repository by its old name', async (t) => {
  const world = await startTestGitHub(t)
  world.github.renameRepository('acme/app', 'app2')
  assert.equal((await mintAnswer(world, { repositories: ['app'] })).status, 422)
  assert.deepEqual(names((await mintAnswer(world, { repositories: ['app2'] })).json), ['acme/app2'])
})

test('makes tokens of the new form, good for one hour', async (t) => {
  const world = await startTestGitHub(t)
  const { json } = await mintAnswer(world)
  const token = String(json['token'])
  assert.match(token, new RegExp(`^ghs_${world.app.id}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`))
  assert.ok(token.length > 480 && token.length < 560, String(token.length))
  assert.equal(Date.parse(String(json['expires_at'])), world.clock.ms + 3_600_000)
  assert.notEqual((await mintAnswer(world)).json['token'], token)
})

test('refuses a suspended installation with 403, one that is gone with 404, no App JWT with 401', async (t) => {
  const world = await startTestGitHub(t)
  const { github, installation, ask } = world
  github.suspend(installation)
  const suspended = await mintAnswer(world)
  assert.equal(suspended.status, 403)
  assert.match(String(suspended.json['message']), /suspended/)
  github.unsuspend(installation)
  assert.equal((await mintAnswer(world)).status, 201)
  github.uninstall(installation)
  assert.equal((await mintAnswer(world)).status, 404)
  assert.equal((await ask('POST', `/app/installations/${installation.id}/access_tokens`)).status, 401)
})
