import assert from 'node:assert/strict'
import test from 'node:test'
import { symlink } from '../../emulator/index.ts'
import { listOf, startChecksGitHub } from './support/checks.ts'

const FILES = '/repos/acme/app/pulls/1/files'

test('lists what a pull request does to files, each in its way', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  const base = github.push({
    repository: 'acme/app',
    files: { changed: '1\n2\n', gone: '1\n', old: 'moved\n', linked: 'file', same: 'same' },
  })
  const head = github.push({
    repository: 'acme/app',
    branch: 'topic',
    files: {
      'a dir/#new': 'x\n',
      changed: '1\n3\n',
      gone: null,
      old: null,
      renamed: 'moved\n',
      linked: symlink('same'),
      same: 'same',
    },
  })
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const files = listOf(await ask('GET', FILES, { token }))
  assert.deepEqual(
    files.map((one) => [one['filename'], one['status'], one['additions'], one['deletions']]),
    [
      ['a dir/#new', 'added', 1, 0],
      ['changed', 'modified', 1, 1],
      ['gone', 'removed', 0, 1],
      ['linked', 'changed', 1, 1],
      ['renamed', 'renamed', 0, 0],
    ],
  )
  assert.equal(files[4]?.['previous_filename'], 'old')
  assert.equal(files[0]?.['sha'], '587be6b4c3f93f93c489c0111bba5596147a26cb')
  const contents = `/repos/acme/app/contents/a%20dir/%23new?ref=${head.after}`
  assert.equal(files[0]['contents_url'], github.baseUrl + contents)
  assert.equal((await ask('GET', contents, { token })).status, 200)
  assert.equal(files[2]?.['blob_url'], `https://github.com/acme/app/blob/${base.after}/gone`)
})

test('leaves out what happened to the base since', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.push({ repository: 'acme/app', branch: 'topic', files: { mine: '1' } })
  github.push({ repository: 'acme/app', files: { theirs: '1', 'README.md': null } })
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const files = listOf(await ask('GET', FILES, { token }))
  assert.deepEqual(
    files.map((one) => one['filename']),
    ['mine'],
  )
})

test('lists 30 files a page, 100 at most', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.push({ repository: 'acme/app', branch: 'topic', files: filesNamed(101) })
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const first = await ask('GET', FILES, { token })
  assert.equal(listOf(first).length, 30)
  assert.match(first.headers.get('link') ?? '', /[?&]page=2>; rel="next".*[?&]page=4>; rel="last"/)
  assert.equal(listOf(await ask('GET', `${FILES}?page=4`, { token })).length, 11)
  assert.equal(listOf(await ask('GET', `${FILES}?per_page=1000`, { token })).length, 100)
  assert.equal(listOf(await ask('GET', `${FILES}?per_page=100&page=2`, { token })).length, 1)
})

test('lists no file beyond the 3,000th', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.push({ repository: 'acme/app', branch: 'topic', files: filesNamed(3001) })
  github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const last = await ask('GET', `${FILES}?per_page=100&page=30`, { token })
  assert.equal(listOf(last).at(-1)?.['filename'], 'f-2999')
  assert.doesNotMatch(last.headers.get('link') ?? '', /rel="next"/)
  assert.deepEqual(listOf(await ask('GET', `${FILES}?per_page=100&page=31`, { token })), [])
  const { json } = await ask('GET', '/repos/acme/app/pulls/1', { token })
  assert.equal(json['changed_files'], 3001)
})

function filesNamed(count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, index) => `f-${String(index).padStart(4, '0')}`)
  return Object.fromEntries(names.map((name) => [name, name]))
}
