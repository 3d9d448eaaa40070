import assert from 'node:assert/strict'
import test from 'node:test'
import { at, mintForOtherApp, RUNS, startChecksGitHub } from './support/checks.ts'

const SUITES = '/repos/acme/app/check-suites'

test('gives one suite to all runs of an App for a commit', async (t) => {
  const started = await startChecksGitHub(t)
  const { createRun, ask, token, sha, github, app } = started
  const suiteOf = (json: unknown): unknown => at(json, 'check_suite', 'id')
  const first = await createRun()
  const second = await createRun({ name: 'test' })
  const other = await mintForOtherApp(started)
  const foreign = await ask('POST', RUNS, { token: other, body: { name: 'lint', head_sha: sha } })
  const later = github.push({ repository: 'acme/app', files: { x: 'x' } })
  const next = await createRun({ head_sha: later.after })
  assert.equal(suiteOf(first.json), suiteOf(second.json))
  assert.equal(new Set([first, foreign, next].map(({ json }) => suiteOf(json))).size, 3)

  const { status, json } = await ask('GET', `${SUITES}/${String(suiteOf(next.json))}`, { token })
  assert.equal(status, 200)
  assert.deepEqual(
    [json['head_branch'], json['head_sha'], json['before'], json['after'], at(json, 'app', 'id')],
    ['main', later.after, sha, later.after, app.id],
  )
  assert.deepEqual([json['status'], json['conclusion'], json['latest_check_runs_count']], ['queued', null, 1])
  assert.deepEqual(at(json, 'head_commit', 'id'), later.after)
})

test('follows its runs: in progress until the last completes, then as bad as the worst', async (t) => {
  const { createRun, updateRun, ask, token } = await startChecksGitHub(t)
  const { json: lint } = await createRun()
  const { json: unit } = await createRun({ name: 'unit' })
  const suite = async (): Promise<readonly unknown[]> => {
    const id = String(at(lint, 'check_suite', 'id'))
    const { json } = await ask('GET', `${SUITES}/${id}`, { token })
    return [json['status'], json['conclusion']]
  }
  assert.deepEqual(await suite(), ['queued', null])
  await updateRun(lint['id'], { conclusion: 'failure' })
  assert.deepEqual(await suite(), ['in_progress', null])
  await updateRun(unit['id'], { conclusion: 'success' })
  assert.deepEqual(await suite(), ['completed', 'failure'])
  await createRun({ conclusion: 'neutral' })
  assert.deepEqual(await suite(), ['completed', 'neutral'])
  await createRun({ status: 'in_progress' })
  assert.deepEqual(await suite(), ['in_progress', null])
})

test('starts over when it or one of its runs is asked for again, and leaves the runs', async (t) => {
  const { createRun, ask, token } = await startChecksGitHub(t)
  const { json } = await createRun({ conclusion: 'failure' })
  const run = `${RUNS}/${String(json['id'])}`
  const suite = `${SUITES}/${String(at(json, 'check_suite', 'id'))}`
  for (const path of [run, suite]) {
    await createRun({ name: 'other', conclusion: 'success' })
    assert.equal((await ask('GET', suite, { token })).json['conclusion'], 'failure')
    const { status, json: answer } = await ask('POST', `${path}/rerequest`, { token })
    assert.deepEqual([status, answer], [201, {}])
    const { json: after } = await ask('GET', suite, { token })
    assert.deepEqual([after['status'], after['conclusion']], ['queued', null])
    assert.deepEqual((await ask('GET', run, { token })).json, json)
  }
})

test('hides suites from those without checks: read, and takes checks: write to ask again', async (t) => {
  const { createRun, ask, mint, token } = await startChecksGitHub(t)
  const { json } = await createRun()
  const path = `${SUITES}/${String(at(json, 'check_suite', 'id'))}`
  const reader = await mint({ permissions: { checks: 'read' } })
  const stranger = await mint({ permissions: { contents: 'read' } })
  assert.equal((await ask('GET', path, { token: reader })).status, 200)
  assert.equal((await ask('GET', path, { token: stranger })).status, 403)
  assert.equal((await ask('POST', `${path}/rerequest`, { token: reader })).status, 403)
  assert.equal((await ask('GET', `${SUITES}/1`, { token })).status, 404)
  assert.equal((await ask('POST', `${SUITES}/1/rerequest`, { token })).status, 404)
})
