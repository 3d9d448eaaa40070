import assert from 'node:assert/strict'
import test from 'node:test'
import type { GitHubEmulator } from '../../emulator/index.ts'
import { at, RUNS, startChecksGitHub } from './support/checks.ts'

test('tells that a run was made, that it completed, and that its suite did', async (t) => {
  const { createRun, updateRun, github } = await startChecksGitHub(t)
  const told = listen(github)
  const { json: lint } = await createRun({ status: 'in_progress' })
  const { json: unit } = await createRun({ name: 'unit' })
  assert.deepEqual(told(), ['check_run created', 'check_run created'])
  await updateRun(lint['id'], { output: { title: 't', summary: 's' } })
  assert.deepEqual(told(), [])
  await updateRun(lint['id'], { conclusion: 'success' })
  assert.deepEqual(told(), ['check_run completed'])
  await updateRun(unit['id'], { conclusion: 'success' })
  assert.deepEqual(told(), ['check_run completed', 'check_suite completed'])
  await updateRun(unit['id'], { conclusion: 'failure' })
  assert.deepEqual(told(), [])
})

test('tells all of a run that is made complete', async (t) => {
  const { createRun, github } = await startChecksGitHub(t)
  const told = listen(github)
  await createRun({ conclusion: 'success' })
  assert.deepEqual(told(), ['check_run created', 'check_run completed', 'check_suite completed'])
})

test('tells that a run or a suite is asked for again', async (t) => {
  const { createRun, github, ask, token } = await startChecksGitHub(t)
  const { json } = await createRun({ conclusion: 'success' })
  const told = listen(github)
  await ask('POST', `${RUNS}/${String(json['id'])}/rerequest`, { token })
  const suite = String(at(json, 'check_suite', 'id'))
  await ask('POST', `/repos/acme/app/check-suites/${suite}/rerequest`, { token })
  assert.deepEqual(told(), ['check_run rerequested', 'check_suite rerequested'])
})

test('tells of no run that was refused', async (t) => {
  const { createRun, github } = await startChecksGitHub(t)
  const told = listen(github)
  await createRun({ status: 'completed' })
  await createRun({ head_sha: 'none' })
  assert.deepEqual(told(), [])
})

/** Gives what was told since it was asked last, as `kind action`. */
function listen(github: GitHubEmulator): () => readonly string[] {
  const heard: string[] = []
  github.on('event', (event) => {
    heard.push('action' in event ? `${event.kind} ${event.action}` : event.kind)
  })
  return () => heard.splice(0)
}
