import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { readIssuerList, readTrustPolicy } from '#pkg/policy'
import { startProgram } from './support/service-process.ts'

describe('the demo', () => {
  test('shows its tour, each step as it should be, and ends with 0', async (t) => {
    const demo = startProgram(t, 'cmd/demo/main.ts', { PORT: '0' }, ['--once'])
    assert.deepEqual(await demo.exit, { code: 0, signal: null }, demo.output())
    assert.match(demo.output(), /200: a GitHub token/)
    assert.match(demo.output(), /403: the token does not satisfy the trust policy: subject is .*pull_request/)
    assert.match(demo.output(), /check run "Trust Policy Validation": failure/)
    assert.match(demo.output(), /deploy\.sts\.yaml:2 failure: .*did you mean "subject"/)
    assert.match(demo.output(), /adds `pull_requests: write` on `acme\/app`/)
    assert.match(demo.output(), /curl -s 'http:\/\/127\.0\.0\.1:\d+\/sts\/exchange\?/)
    assert.doesNotMatch(demo.output(), /ghs_[0-9]/, 'no token is shown in full')
  })

  test('stays up until it is told to end', async (t) => {
    const demo = startProgram(t, 'cmd/demo/main.ts', { PORT: '0' })
    await demo.saw(/Ctrl-C ends it/)
    demo.child.kill('SIGINT')
    assert.deepEqual(await demo.exit, { code: 0, signal: null }, demo.output())
  })
})

describe('the policies of the demo', () => {
  const folder = new URL('../../emulator/policies/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  )

  test('are there', () => {
    assert.ok(files.length > 5, files.join())
  })

  for (const file of files) {
    test(`${file} is valid`, () => {
      const text = readFileSync(new URL(file, folder))
      const level = file.includes('/.github/.github/') ? 'organization' : 'repository'
      const result = file.endsWith('.sts.yaml') ? readTrustPolicy(text, { level }) : readIssuerList(text)
      assert.deepEqual(result.diagnostics, [])
      assert.equal(result.ok, true)
    })
  }
})
