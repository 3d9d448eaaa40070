import assert from 'node:assert/strict'
import test from 'node:test'
import { at, listOf, mintForOtherApp, RUNS, startChecksGitHub } from './support/checks.ts'

const output = { title: 'Lint', summary: 'All well' }
const LATER_MS = 60_000

test('makes a check run that is queued, of the calling App', async (t) => {
  const { createRun, ask, token, app, sha } = await startChecksGitHub(t)
  const { status, headers, json } = await createRun()
  assert.equal(status, 201)
  assert.deepEqual(
    [json['name'], json['head_sha'], json['status'], json['conclusion'], json['completed_at']],
    ['lint', sha, 'queued', null, null],
  )
  assert.equal(json['started_at'], '2026-09-01T12:00:00Z')
  assert.equal(json['details_url'], 'https://github.com/apps/test-app')
  assert.equal(at(json, 'app', 'id'), app.id)
  assert.equal(at(json, 'app', 'installations_count'), undefined)
  assert.deepEqual([at(json, 'output', 'title'), at(json, 'output', 'annotations_count')], [null, 0])
  assert.equal(headers.get('location'), json['url'])
  assert.deepEqual((await ask('GET', `${RUNS}/${String(json['id'])}`, { token })).json, json)
})

test('keeps what a request says of the run', async (t) => {
  const { createRun } = await startChecksGitHub(t)
  const { json } = await createRun({
    external_id: '42',
    details_url: 'https://ci.example.com/42',
    started_at: '2026-08-31T23:59:59+02:00',
    completed_at: '2026-09-01T00:00:00Z',
    conclusion: 'neutral',
    output: { ...output, text: 'more' },
  })
  assert.deepEqual(
    [json['external_id'], json['details_url'], json['started_at'], json['completed_at']],
    ['42', 'https://ci.example.com/42', '2026-08-31T21:59:59Z', '2026-09-01T00:00:00Z'],
  )
  assert.deepEqual([json['status'], json['conclusion']], ['completed', 'neutral'])
  assert.deepEqual([at(json, 'output', 'summary'), at(json, 'output', 'text')], ['All well', 'more'])
})

test('completes a run that is given a conclusion, and opens it again', async (t) => {
  const { createRun, updateRun, clock } = await startChecksGitHub(t)
  const { json: made } = await createRun({ status: 'in_progress', output })
  clock.ms += LATER_MS
  const { status, json } = await updateRun(made['id'], { status: 'in_progress', conclusion: 'failure' })
  assert.equal(status, 200)
  assert.deepEqual(
    [json['status'], json['conclusion'], json['completed_at']],
    ['completed', 'failure', '2026-09-01T12:01:00Z'],
  )
  assert.deepEqual(json['output'], made['output'])
  const { json: opened } = await updateRun(made['id'], { status: 'in_progress', name: 'lint again' })
  assert.deepEqual(
    [opened['name'], opened['status'], opened['conclusion'], opened['completed_at']],
    ['lint again', 'in_progress', null, null],
  )
})

test('adds the annotations of an update to those there are, and keeps the text', async (t) => {
  const { createRun, updateRun, ask, token, sha } = await startChecksGitHub(t)
  const page = (from: number, count: number): readonly unknown[] =>
    Array.from({ length: count }, (_, index) => ({
      path: 'dir/a file',
      start_line: from + index,
      end_line: from + index,
      annotation_level: 'failure',
      message: 'm',
      ...(index === 0 ? { start_column: 3, end_column: 4, title: 't', raw_details: 'r' } : {}),
    }))
  const { json } = await createRun({ output: { ...output, text: 'more', annotations: page(1, 50) } })
  const updated = await updateRun(json['id'], {
    output: { title: 'New', summary: 'New', annotations: page(51, 20) },
  })
  assert.equal(at(updated.json, 'output', 'annotations_count'), 70)
  assert.deepEqual([at(updated.json, 'output', 'title'), at(updated.json, 'output', 'text')], ['New', 'more'])

  const path = `${RUNS}/${String(json['id'])}/annotations`
  const first = await ask('GET', path, { token })
  assert.deepEqual(
    listOf(first).map((one) => one['start_line']),
    Array.from({ length: 30 }, (_, index) => index + 1),
  )
  assert.match(first.headers.get('link') ?? '', /page=2>; rel="next"/)
  assert.deepEqual(listOf(first)[0], {
    path: 'dir/a file',
    blob_href: `https://github.com/acme/app/blob/${sha}/dir/a%20file`,
    start_line: 1,
    start_column: 3,
    end_line: 1,
    end_column: 4,
    annotation_level: 'failure',
    title: 't',
    message: 'm',
    raw_details: 'r',
  })
  assert.equal(listOf(first)[1]?.['start_column'], null)
  assert.equal(listOf(await ask('GET', `${path}?per_page=100`, { token })).length, 70)
  assert.equal(listOf(await ask('GET', `${path}?page=3`, { token })).length, 10)
})

test('lets only the App that made a run change it', async (t) => {
  const started = await startChecksGitHub(t)
  const { createRun, ask, app } = started
  const { json } = await createRun({ output })
  const token = await mintForOtherApp(started)
  const path = `${RUNS}/${String(json['id'])}`
  const refused = await ask('PATCH', path, { token, body: { conclusion: 'success' } })
  assert.equal(refused.status, 403)
  assert.equal(
    refused.json['message'],
    `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
  )
  assert.deepEqual((await ask('GET', path, { token })).json, json)
})

test('wants checks: write to write, and checks: read to read', async (t) => {
  const { createRun, ask, mint, sha } = await startChecksGitHub(t)
  const { json } = await createRun()
  const path = `${RUNS}/${String(json['id'])}`
  const reader = await mint({ permissions: { checks: 'read' } })
  const stranger = await mint({ permissions: { contents: 'write' } })
  const body = { name: 'x', head_sha: sha, conclusion: 'success' }
  const reads = [path, `${path}/annotations`, `/repos/acme/app/commits/${sha}/check-runs`]
  const writes = [
    ['POST', RUNS],
    ['PATCH', path],
    ['POST', `${path}/rerequest`],
  ] as const
  for (const read of reads) {
    assert.equal((await ask('GET', read, { token: reader })).status, 200, read)
    assert.equal((await ask('GET', read, { token: stranger })).status, 403, read)
    assert.equal((await ask('GET', read)).status, 404, read)
  }
  for (const [method, write] of writes) {
    const refused = await ask(method, write, { token: reader, body })
    assert.deepEqual(
      [refused.status, refused.headers.get('x-accepted-github-permissions')],
      [403, 'checks=write'],
    )
  }
  assert.equal((await ask('POST', '/repos/acme/site/check-runs', { body })).status, 401)
})

test('knows no run of another repository, and no commit of one', async (t) => {
  const { createRun, ask, token, github } = await startChecksGitHub(t)
  const { json } = await createRun()
  const id = String(json['id'])
  assert.equal((await ask('GET', `/repos/acme/site/check-runs/${id}`, { token })).status, 404)
  assert.equal((await ask('GET', `${RUNS}/1`, { token })).status, 404)
  for (const sha of [github.findRepository('acme/site')?.branches.get('main')?.sha, 'main', '0'.repeat(40)]) {
    const { status, json: error } = await createRun({ head_sha: sha })
    assert.deepEqual([status, error['message']], [422, `No commit found for SHA: ${String(sha)}`])
  }
})

test('lists the runs of a commit, newest first and the latest of each name', async (t) => {
  const started = await startChecksGitHub(t)
  const { createRun, ask, token, app, github, sha } = started
  const other = await mintForOtherApp(started)
  const first = await createRun({ conclusion: 'failure' })
  const second = await createRun({ status: 'in_progress' })
  const third = await createRun({ name: 'test' })
  const foreign = await ask('POST', RUNS, { token: other, body: { name: 'lint', head_sha: sha } })
  const idsOf = (...answers: readonly (typeof first)[]) => answers.map(({ json }) => json['id'])
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['', idsOf(foreign, third, second)],
    ['?filter=latest&check_name=lint', idsOf(foreign, second)],
    ['?filter=all', idsOf(foreign, third, second, first)],
    ['?filter=all&status=completed', idsOf(first)],
    ['?status=completed', []],
    [`?app_id=${app.id}`, idsOf(third, second)],
    ['?check_name=other', []],
  ]
  for (const ref of [sha, 'main', 'heads%2Fmain']) {
    for (const [query, ids] of cases) {
      const { json } = await ask('GET', `/repos/acme/app/commits/${ref}/check-runs${query}`, { token })
      const runs: unknown = json['check_runs']
      assert.ok(Array.isArray(runs))
      assert.deepEqual(
        runs.map((run: unknown) => at(run, 'id')),
        ids,
        query,
      )
      assert.equal(json['total_count'], ids.length)
    }
  }
  const paged = await ask('GET', `/repos/acme/app/commits/${sha}/check-runs?per_page=1&page=2`, { token })
  assert.deepEqual([listOf(paged, 'check_runs').length, paged.json['total_count']], [1, 3])
  github.writeFile('acme/app', 'x', 'x')
  const { json } = await ask('GET', '/repos/acme/app/commits/main/check-runs', { token })
  assert.equal(json['total_count'], 0)
  const unknown = await ask('GET', '/repos/acme/app/commits/none/check-runs', { token })
  assert.deepEqual([unknown.status, unknown.json['message']], [422, 'No commit found for SHA: none'])
})

test('drops the oldest run of a name beyond 1,000', async (t) => {
  const { createRun, ask, token, sha, github } = await startChecksGitHub(t)
  const first = await createRun()
  const kept = await createRun({ name: 'kept' })
  const repository = github.findRepository('acme/app')
  const run = repository?.checkRuns[0]
  assert.ok(run)
  for (let more = 1; more < 1000; more++) repository.checkRuns.push({ ...run, id: -more })
  await createRun()
  assert.equal((await ask('GET', `${RUNS}/${String(first.json['id'])}`, { token })).status, 404)
  assert.equal((await ask('GET', `${RUNS}/${String(kept.json['id'])}`, { token })).status, 200)
  const { json } = await ask('GET', `/repos/acme/app/commits/${sha}/check-runs?filter=all`, { token })
  assert.equal(json['total_count'], 1001)
})

test('names the open pull requests of the repository whose head the commit is', async (t) => {
  const { createRun, updateRun, github } = await startChecksGitHub(t)
  const { after } = github.push({ repository: 'acme/app', branch: 'topic', files: { x: 'x' } })
  const pullRequest = github.openPullRequest({ repository: 'acme/app', head: 'topic' })
  const created = await createRun({ head_sha: after })
  const { json } = created
  const [named, ...rest] = listOf(created, 'pull_requests')
  assert.deepEqual(rest, [])
  assert.deepEqual(
    [at(named, 'number'), at(named, 'head', 'ref'), at(named, 'head', 'sha'), at(named, 'base', 'ref')],
    [pullRequest.number, 'topic', after, 'main'],
  )
  github.closePullRequest('acme/app', pullRequest.number)
  const closed = await updateRun(json['id'], {})
  assert.deepEqual(closed.json['pull_requests'], [])
})

test('names no pull request for a commit of a fork, and takes the check', async (t) => {
  const { createRun, github, ask, token } = await startChecksGitHub(t)
  github.addUser('mona')
  github.addFork({ of: 'acme/app', owner: 'mona' })
  const { after } = github.push({ repository: 'mona/app', branch: 'topic', files: { x: 'x' } })
  github.openPullRequest({ repository: 'acme/app', head: 'topic', from: 'mona/app' })
  const { status, json } = await createRun({ head_sha: after })
  assert.deepEqual([status, json['pull_requests']], [201, []])
  const suite = await ask('GET', `/repos/acme/app/check-suites/${String(at(json, 'check_suite', 'id'))}`, {
    token,
  })
  assert.deepEqual([suite.json['head_branch'], suite.json['pull_requests']], [null, []])
})
