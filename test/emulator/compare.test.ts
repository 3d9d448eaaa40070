import assert from 'node:assert/strict'
import test from 'node:test'
import type { AskedAnswer } from './support/test-github.ts'
import { at, listOf, startChecksGitHub } from './support/checks.ts'

const COMPARE = '/repos/acme/app/compare'

test('compares by commit, branch, tag, and with the names that a ref has', async (t) => {
  const { github, ask, token, sha } = await startChecksGitHub(t)
  const { after } = github.push({ repository: 'acme/app', branch: 'feature/x', files: { x: 'x' } })
  github.pushTag('acme/app', 'v1', 'feature/x')
  for (const basehead of [
    `${sha}...${after}`,
    'main...feature%2Fx',
    'main...v1',
    'heads%2Fmain...refs%2Fheads%2Ffeature%2Fx',
    'acme:main...acme:feature%2Fx',
  ]) {
    const { status, json } = await ask('GET', `${COMPARE}/${basehead}`, { token })
    assert.equal(status, 200, basehead)
    assert.deepEqual(summaryOf(json), ['ahead', 1, 0, 1])
    assert.deepEqual([at(json, 'base_commit', 'sha'), at(json, 'merge_base_commit', 'sha')], [sha, sha])
  }
})

test('tells how two branches stand to one another, and lists what the second did since they parted', async (t) => {
  const { github, ask, token, sha } = await startChecksGitHub(t)
  const repository = 'acme/app'
  const one = github.push({ repository, branch: 'topic', files: { a: '1' } })
  const two = github.push({ repository, branch: 'topic', files: { b: '1' } })
  const main = github.push({ repository, files: { c: '1' } })
  const compare = async (basehead: string) => {
    const answer = await ask('GET', `${COMPARE}/${basehead}`, { token })
    return { ...answer, files: namesOf(answer), commits: shasOf(answer) }
  }
  const apart = await compare('main...topic')
  assert.deepEqual(summaryOf(apart.json), ['diverged', 2, 1, 2])
  assert.deepEqual(
    [apart.files, apart.commits],
    [
      ['a', 'b'],
      [one.after, two.after],
    ],
  )
  assert.equal(at(apart.json, 'merge_base_commit', 'sha'), sha)
  const back = await compare('topic...main')
  assert.deepEqual([summaryOf(back.json), back.files], [['diverged', 1, 2, 1], ['c']])
  const behind = await compare(`${main.after}...${sha}`)
  assert.deepEqual([summaryOf(behind.json), behind.files, behind.commits], [['behind', 0, 1, 0], [], []])
  const same = await compare('main...main')
  assert.deepEqual([summaryOf(same.json), same.files], [['identical', 0, 0, 0], []])
})

test('compares with a fork', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.addUser('mona')
  github.addFork({ of: 'acme/app', owner: 'mona' })
  const { after } = github.push({ repository: 'mona/app', branch: 'topic', files: { x: 'x' } })
  for (const head of ['mona:topic', after]) {
    const { json } = await ask('GET', `${COMPARE}/main...${head}`, { token })
    assert.deepEqual(summaryOf(json), ['ahead', 1, 0, 1])
  }
})

test('means the repository that is asked about where its owner has a fork too', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  github.addFork({ of: 'acme/app', owner: 'acme', name: 'copy' })
  github.push({ repository: 'acme/copy', files: { x: 'x' } })
  const { json } = await ask('GET', '/repos/acme/copy/compare/acme:main...main', { token })
  assert.deepEqual(summaryOf(json), ['identical', 0, 0, 0])
})

test('shows 250 commits without a page, the newest, and all by pages', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  const commits = Array.from({ length: 251 }, (_, index) => ({ files: { x: String(index) } }))
  github.push({ repository: 'acme/app', branch: 'topic', commits })
  const path = `${COMPARE}/main...topic`
  const whole = await ask('GET', path, { token })
  const newest = shasOf(whole)
  assert.equal(newest.length, 250)
  assert.deepEqual(summaryOf(whole.json), ['ahead', 251, 0, 251])
  assert.equal(newest.at(-1), github.findRepository('acme/app')?.branches.get('topic')?.sha)
  const first = await ask('GET', `${path}?per_page=100`, { token })
  const last = await ask('GET', `${path}?per_page=100&page=3`, { token })
  assert.match(first.headers.get('link') ?? '', /[?&]page=3>; rel="last"/)
  assert.deepEqual([shasOf(first)[1], shasOf(last)], [newest[0], newest.slice(-51)])
  assert.equal(shasOf(await ask('GET', `${path}?page=1`, { token })).length, 30)
})

test('shows 300 files, on the first page only', async (t) => {
  const { github, ask, token } = await startChecksGitHub(t)
  const files = Object.fromEntries(
    Array.from({ length: 301 }, (_, index) => [`f-${String(index).padStart(3, '0')}`, '1']),
  )
  github.push({ repository: 'acme/app', branch: 'topic', files })
  const path = `${COMPARE}/main...topic`
  for (const query of ['', '?page=1', '?per_page=100']) {
    const names = namesOf(await ask('GET', path + query, { token }))
    assert.deepEqual([names.length, names.at(-1)], [300, 'f-299'])
  }
  const { json } = await ask('GET', `${path}?page=2`, { token })
  assert.equal(json['files'], undefined)
})

test('answers 404 for what it cannot compare', async (t) => {
  const { github, ask, token, sha } = await startChecksGitHub(t)
  github.addUser('mona')
  github.addRepository({ owner: 'mona', name: 'app' })
  const site = github.findRepository('acme/site')?.branches.get('main')?.sha ?? ''
  for (const basehead of [
    'main...none',
    'none...main',
    `${sha}...${site}`,
    'main..main',
    'main',
    '...main',
    'main...main...main',
    'main...mona:main',
  ]) {
    const { status, json } = await ask('GET', `${COMPARE}/${basehead}`, { token })
    assert.deepEqual([status, json['message']], [404, 'Not Found'], basehead)
  }
  const repository = github.findRepository('acme/app')
  const orphan = github.findRepository('acme/site')?.branches.get('main')
  assert.ok(repository && orphan)
  repository.branches.set('orphan', orphan)
  repository.commits.set(orphan.sha, orphan)
  const { status, json } = await ask('GET', `${COMPARE}/main...orphan`, { token })
  assert.deepEqual([status, json['message']], [404, 'No common ancestor between main and orphan.'])
})

test('wants contents: read', async (t) => {
  const { ask, mint, sha } = await startChecksGitHub(t)
  const reader = await mint({ permissions: { contents: 'read' } })
  const stranger = await mint({ permissions: { checks: 'write' } })
  for (const path of [`${COMPARE}/main...main`, `/repos/acme/app/commits/${sha}`]) {
    assert.equal((await ask('GET', path, { token: reader })).status, 200)
    assert.equal((await ask('GET', path, { token: stranger })).status, 403)
    assert.equal((await ask('GET', path)).status, 404)
  }
})

test('gives one commit, with what it did', async (t) => {
  const { github, ask, token, sha } = await startChecksGitHub(t)
  const { after } = github.push({
    repository: 'acme/app',
    message: 'Say more',
    files: { 'README.md': 'hello\nworld\n' },
  })
  const { json } = await ask('GET', '/repos/acme/app/commits/main', { token })
  assert.deepEqual([json['sha'], at(json, 'commit', 'message')], [after, 'Say more'])
  assert.deepEqual(json['stats'], { total: 1, additions: 1, deletions: 0 })
  const parents = json['parents']
  assert.ok(Array.isArray(parents))
  assert.deepEqual([parents.length, at(parents[0], 'sha')], [1, sha])
  assert.deepEqual(
    listOf(await ask('GET', `/repos/acme/app/commits/${sha}`, { token }), 'files').map(
      (one) => one['status'],
    ),
    ['added'],
  )
  const unknown = await ask('GET', '/repos/acme/app/commits/none', { token })
  assert.deepEqual([unknown.status, unknown.json['message']], [422, 'No commit found for SHA: none'])
  github.addRepository({ owner: 'acme', name: 'empty', files: null })
  assert.equal((await ask('GET', '/repos/acme/empty/commits/main', { token })).status, 409)
})

function summaryOf(json: unknown): readonly unknown[] {
  return ['status', 'ahead_by', 'behind_by', 'total_commits'].map((name) => at(json, name))
}

function namesOf(answer: AskedAnswer): readonly unknown[] {
  return listOf(answer, 'files').map((one) => one['filename'])
}

function shasOf(answer: AskedAnswer): readonly unknown[] {
  return listOf(answer, 'commits').map((one) => one['sha'])
}
