import assert from 'node:assert/strict'
import test from 'node:test'
import { submodule, symlink } from '../../emulator/index.ts'
import { startTestGitHub } from './support/test-github.ts'

const PATH = '/repos/acme/app/contents'
const RAW = { accept: 'application/vnd.github.raw+json' }

test('gives a file with its content, size and git’s own object id', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const { json } = await ask('GET', `${PATH}/README.md`, { token: await mint() })
  assert.equal(json['type'], 'file')
  assert.equal(json['sha'], 'ce013625030ba8dba906f756967f9e9ca394464a')
  assert.equal(json['size'], 6)
  assert.equal(json['encoding'], 'base64')
  assert.equal(Buffer.from(String(json['content']), 'base64').toString(), 'hello\n')
})

test('breaks long base64 into lines, as GitHub does', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.writeFile('acme/app', 'long', 'x'.repeat(100))
  const { json } = await ask('GET', `${PATH}/long`, { token: await mint() })
  assert.deepEqual(
    String(json['content'])
      .split('\n')
      .map((line) => line.length),
    [60, 60, 16, 0],
  )
})

test('lists a directory, with git’s own object ids', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.push({
    repository: 'acme/app',
    files: {
      'a/b/x': 'hello\n',
      'a.d/y': 'y',
      a0: 'z',
      link: symlink('a/b/x'),
      module: submodule('https://github.com/acme/site.git'),
      'README.md': null,
    },
  })
  const token = await mint()
  const { text } = await ask('GET', PATH, { token })
  const rows = JSON.parse(text) as readonly {
    readonly name: string
    readonly type: string
    readonly sha: string
    readonly download_url: string | null
  }[]
  assert.deepEqual(
    rows.filter(({ download_url: url }) => url === null).map(({ name }) => name),
    ['a', 'a.d', 'module'],
    'what cannot be downloaded',
  )
  assert.deepEqual(
    rows.map(({ name, type }) => [name, type]),
    [
      ['a', 'dir'],
      ['a.d', 'dir'],
      ['a0', 'file'],
      ['link', 'symlink'],
      ['module', 'file'],
    ],
  )
  assert.equal(rows[0]?.sha, 'e85c8ddedabee0bcf8944d9aaacfbb35e6216b9b')
  const object = await ask('GET', `${PATH}/a/`, {
    token,
    headers: { accept: 'application/vnd.github.object+json' },
  })
  assert.equal(object.json['type'], 'dir')
  assert.equal((object.json['entries'] as readonly unknown[]).length, 1)
  github.deleteFile('acme/app', 'module')
  const root = await ask('GET', PATH, { token, headers: { accept: 'application/vnd.github.object+json' } })
  assert.equal(root.json['sha'], '4c3fa7cb231ed0ca0579136207609e4429e7f8c2')
})

test('follows a symlink to a file, and describes one that leads anywhere else', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.push({
    repository: 'acme/app',
    files: {
      'dir/file': 'content',
      'dir/near': symlink('file'),
      'dir/chain': symlink('../dir/near'),
      loop: symlink('loop'),
      folder: symlink('dir'),
      outside: symlink('../../etc/passwd'),
      absolute: symlink('/dir/file'),
    },
  })
  const token = await mint()
  for (const path of ['dir/near', 'dir/chain']) {
    const { json } = await ask('GET', `${PATH}/${path}`, { token })
    assert.equal(json['type'], 'file', path)
    assert.equal(Buffer.from(String(json['content']), 'base64').toString(), 'content')
  }
  for (const path of ['loop', 'folder', 'outside', 'absolute']) {
    const { json } = await ask('GET', `${PATH}/${path}`, { token })
    assert.equal(json['type'], 'symlink', path)
  }
  assert.equal((await ask('GET', `${PATH}/folder/file`, { token })).status, 404)
})

test('describes a submodule', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.writeFile('acme/app', 'module', submodule('https://github.com/acme/site.git'))
  const { json } = await ask('GET', `${PATH}/module`, { token: await mint() })
  assert.equal(json['type'], 'submodule')
  assert.equal(json['submodule_git_url'], 'https://github.com/acme/site.git')
})

test('gives raw bytes on request', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.writeFile('acme/app', 'link', symlink('README.md'))
  const token = await mint()
  for (const path of ['README.md', 'link']) {
    const { text, headers } = await ask('GET', `${PATH}/${path}`, { token, headers: RAW })
    assert.equal(text, 'hello\n')
    assert.match(headers.get('content-type') ?? '', /^application\/vnd\.github\.raw/)
  }
})

test('leaves out the content of a file over 1 MB, but not in raw form', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.writeFile('acme/app', 'limit', Buffer.alloc(1024 * 1024))
  github.writeFile('acme/app', 'large', Buffer.alloc(1024 * 1024 + 1, 'x'))
  const token = await mint()
  assert.equal((await ask('GET', `${PATH}/limit`, { token })).json['encoding'], 'base64')
  const { json } = await ask('GET', `${PATH}/large`, { token })
  assert.deepEqual([json['encoding'], json['content'], json['size']], ['none', '', 1024 * 1024 + 1])
  assert.equal((await ask('GET', `${PATH}/large`, { token, headers: RAW })).text.length, 1024 * 1024 + 1)
})

test('reads at a branch or commit, and the default branch otherwise', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const first = github.writeFile('acme/app', 'file', 'one')
  github.writeFile('acme/app', 'file', 'two')
  github.push({ repository: 'acme/app', branch: 'feature/x', files: { file: 'three' } })
  const token = await mint()
  for (const [query, content] of [
    ['', 'two'],
    ['?ref=main', 'two'],
    ['?ref=refs/heads/main', 'two'],
    ['?ref=feature%2Fx', 'three'],
    [`?ref=${first.after}`, 'one'],
  ] as const) {
    const { text } = await ask('GET', `${PATH}/file${query}`, { token, headers: RAW })
    assert.equal(text, content, query)
  }
  assert.equal((await ask('GET', `${PATH}/file?ref=nothing`, { token })).status, 404)
})

test('answers 404 for what is not there, whatever the path looks like', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  github.addRepository({ owner: 'acme', name: 'empty', files: null })
  const token = await mint()
  for (const path of [
    `${PATH}/nothing`,
    `${PATH}/README.md/more`,
    `${PATH}/readme.md`,
    `${PATH}/..%2F..%2Fsite%2Fcontents%2Findex.html`,
    `${PATH}/%FF`,
    '/repos/acme/empty/contents/README.md',
  ]) {
    assert.equal((await ask('GET', path, { token })).status, 404, path)
  }
  assert.equal((await ask('GET', `${PATH}/%52EADME.md`, { token })).status, 200)
})

test('answers 304 to a known ETag until the file changes, whichever token asks', async (t) => {
  const { ask, mint, github } = await startTestGitHub(t)
  const url = `${PATH}/README.md`
  const first = await ask('GET', url, { token: await mint() })
  const etag = first.headers.get('etag') ?? ''
  assert.match(etag, /^W\/"[0-9a-f]{64}"$/)
  const token = await mint()
  for (const known of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const answer = await ask('GET', url, { token, headers: { 'if-none-match': known } })
    assert.equal(answer.status, 304, known)
    assert.equal(answer.headers.get('etag'), etag)
  }
  github.writeFile('acme/app', 'other', 'x')
  assert.equal((await ask('GET', url, { token, headers: { 'if-none-match': etag } })).status, 304)
  github.writeFile('acme/app', 'README.md', 'changed')
  const changed = await ask('GET', url, { token, headers: { 'if-none-match': etag } })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.get('etag'), etag)
  github.deleteFile('acme/app', 'README.md')
  assert.equal((await ask('GET', url, { token, headers: { 'if-none-match': etag } })).status, 404)
})

test('gives raw bytes a strong ETag of their own', async (t) => {
  const { ask, mint } = await startTestGitHub(t)
  const token = await mint()
  const json = (await ask('GET', `${PATH}/README.md`, { token })).headers.get('etag') ?? ''
  const raw = (await ask('GET', `${PATH}/README.md`, { token, headers: RAW })).headers.get('etag') ?? ''
  assert.match(raw, /^"/)
  assert.notEqual(`W/${raw}`, json)
})
