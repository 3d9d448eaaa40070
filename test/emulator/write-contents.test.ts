import assert from 'node:assert/strict'
import test from 'node:test'
import type { Push } from '../../emulator/index.ts'
import { startTestGitHub } from './support/test-github.ts'

const PATH = '/repos/acme/app/contents'
const content = Buffer.from('new').toString('base64')

test('writes a file as a push, and wants the sha of what it replaces', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const pushes: Push[] = []
  const stop = github.on('push', (push) => pushes.push(push))
  const token = await mint({ permissions: { contents: 'write' } })
  const body = { message: 'change', content }
  const created = await ask('PUT', `${PATH}/dir/file`, { token, body })
  assert.equal(created.status, 201)
  const file = created.json['content'] as { readonly sha: string }
  assert.equal((await ask('PUT', `${PATH}/dir/file`, { token, body })).status, 422)
  assert.equal((await ask('PUT', `${PATH}/dir/file`, { token, body: { ...body, sha: '0' } })).status, 409)
  const next = { ...body, content: 'eA==', sha: file.sha }
  assert.equal((await ask('PUT', `${PATH}/dir/file`, { token, body: next })).status, 200)
  assert.deepEqual(
    pushes.map(({ branch, added, modified }) => [branch, added, modified]),
    [
      ['main', ['dir/file'], []],
      ['main', [], ['dir/file']],
    ],
  )
  assert.equal(pushes[1]?.before, pushes[0]?.after)
  stop()
  github.deleteFile('acme/app', 'dir/file')
  assert.equal(pushes.length, 2)
})

test('refuses to write without permission, a message, or a clean path', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const token = await mint({ permissions: { contents: 'write' } })
  const reader = await mint({ permissions: { contents: 'read' } })
  const body = { message: 'change', content }
  assert.equal((await ask('PUT', `${PATH}/x`, { token: reader, body })).status, 403)
  assert.equal((await ask('PUT', `${PATH}/x`, { token, body: { content } })).status, 422)
  assert.equal((await ask('PUT', `${PATH}/x`, { token, body: { message: 'change' } })).status, 422)
  assert.equal((await ask('PUT', `${PATH}/a%2F..%2Fx`, { token, body })).status, 422)
})

test('reports what a push of several files did', async (t) => {
  const { github } = await startTestGitHub(t)
  github.push({ repository: 'acme/app', files: { kept: '1', changed: '1', gone: '1' } })
  const push = github.push({
    repository: 'acme/app',
    files: { kept: '1', changed: '2', gone: null, made: '1', never: null },
  })
  assert.deepEqual([push.added, push.modified, push.removed], [['made'], ['changed'], ['gone']])
  const branch = github.push({ repository: 'acme/app', branch: 'topic', files: { x: '1' } })
  assert.equal(branch.before, '0'.repeat(40))
})
